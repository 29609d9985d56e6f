// What each command that judges nothing shows, through the real command line, as transcripts in fixtures/screens. The
// order matters: each test leaves the workspace as a learner who has not begun would have it.

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { columns } from './columns.ts'
import { type CourseCopy, courseCopy, type RunOptions } from './course-copy-fixture.ts'

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
})
afterAll(() => copy?.[Symbol.dispose]())

const STUB = 'katas/2-foundation/token-bucket.ts'
const NARROW: RunOptions = { env: { COLUMNS: '40' } }

/** Runs commands one after another; what they show, as one text. */
async function transcript(commands: readonly (readonly string[])[], options?: RunOptions): Promise<string> {
  const screens: string[] = []
  for (const command of commands) screens.push(await copy.screen(command, options))
  return screens.join('\n')
}

const fresh = () => {
  rmSync(join(copy.ws, '.kata/progress.jsonl'), { force: true })
  writeFileSync(copy.file(), readFileSync(join(copy.course, 'graders/2-foundation/token-bucket/stub.ts')))
}

/** Commands and paths are for copying: they are never broken. */
function fits(text: string, width = 80): void {
  for (const line of text.split('\n'))
    if (!/^\$|npx kata|kata \w|katas\/|\.kata\/|<workspace>/.test(line))
      expect(columns(line), line).toBeLessThanOrEqual(width)
}

async function shows(name: string, text: string, width?: number): Promise<void> {
  fits(text, width)
  await expect(text).toMatchFileSnapshot(`fixtures/screens/${name}.txt`)
}

test('next, list and stats before anything was done', async () => {
  fresh()
  await shows('begin', await transcript([['next'], ['list'], ['stats']]))
  await shows('begin.narrow', await transcript([['next'], ['list'], ['stats']], NARROW), 40)
})

test('list can be filtered', async () => {
  const filters = [
    ['list', '--volume', '3'],
    ['list', '--level', 'easy'],
    ['list', 'twice'],
    ['list', '--state', 'passed'],
  ]
  await shows('list', await transcript(filters))
})

test('a lesson tells everything but hints and answers', async () => {
  const { out } = await copy.kata(['lesson', 'ask-twice'])
  await shows('lesson', out)
  const data = await copy.json(['lesson', 'ask-twice'])
  for (const text of [out, String(data['markdown'])]) {
    expect(text).toContain('A refusal may be an accident')
    expect(text).not.toContain('How many questions at most?')
    expect(text).not.toContain('return the second attempt')
  }
})

test('a lesson is written as a page, and where it cannot be that is said', async () => {
  expect(await copy.screen(['lesson', 'ask-twice', '--html', 'page.html'])).toContain('Written to page.html.')
  expect(readFileSync(join(copy.ws, 'page.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*Ask twice/)
  expect(await copy.json(['lesson', 'ask-twice', '--html', 'page.html'])).toMatchObject({ html: 'page.html' })
  expect(await copy.screen(['lesson', 'ask-twice', '--html', 'no/page.html'])).toContain('[exit 64]')
})

test('hints climb rung by rung, the solution stays shut', async () => {
  fresh()
  const commands = [
    ...Array(5).fill(['hint']),
    ['hint', '--promise', '6'],
    ['solution'],
    ['diff', '--with', 'solution'],
  ]
  await shows('stuck', await transcript(commands))
})

test('diff against the stub', async () => {
  copy.write(readFileSync(copy.file(), 'utf8').replace('constructor(', '// mine\n  constructor('))
  await expect(await transcript([['diff'], ['diff', '--with', 'attempt']])).toMatchFileSnapshot(
    'fixtures/screens/diff.txt',
  )
})

test('reset keeps what was there, undo brings it back, redo begins again', async () => {
  fresh()
  copy.write('// all my work\n')
  const text = await transcript([['reset'], ['reset'], ['reset', '--undo']])
  expect(readFileSync(copy.file(), 'utf8')).toBe('// all my work\n')
  await shows('reset', `${text}\n${await transcript([['redo'], ['redo', 'token-bucket']])}`)
})

test('help and version', async () => {
  await shows('help', await transcript([['help'], ['help', 'check']]))
  await shows('help.narrow', await transcript([['help']], NARROW), 40)
  expect((await copy.json(['help', 'check']))['flags']).toContainEqual({
    flag: 'seed',
    value: 'N',
    what: expect.any(String),
  })
  expect(await copy.json(['version'])).toMatchObject({ node: process.versions.node })
})

test('mistakes say what is wrong and what to do', async () => {
  const mistakes = [
    ['check', 'token-buket'],
    ['chekc'],
    ['check', '--sed', '7'],
    ['check', '--seed', 'seven'],
    ['check', 'token-bucket', 'ask-twice'],
    ['next', 'please'],
    ['check', '--from', 'nowhere.ts'],
    ['check', '--from', '.'],
    ['list', '--state', 'done'],
    ['diff', '--with', 'yours'],
    ['hint', '--promise', '8'],
    ['redo'],
    ['stats', '--merge', 'nowhere.jsonl'],
    ['init'],
    ['new', 'bloom-filter'],
    ['verify', 'token-buket'],
    ['verify', '--part', '3/2'],
    ['verify', '--part', '1/2', '--write'],
  ]
  fresh()
  const text = await transcript(mistakes)
  expect(text.match(/\[exit 64\]/g)?.length).toBe(mistakes.length)
  await shows('mistakes', text)
})

test('with --json a mistake is data, on standard output', async () => {
  const { code, out, err } = await copy.kata(['check', 'token-buket', '--json'])
  expect([code, err]).toEqual([64, ''])
  expect(JSON.parse(out)).toEqual({
    error: 'No kata "token-buket". Did you mean token-bucket?',
    next: 'See: npx kata list',
  })
})

test('doctor tries everything, and what it finds wrong it says', async () => {
  fresh()
  const text = await transcript([['doctor']])
  const masked = text
    .replace(/Node \d+\.\d+\.\d+, V8 [\w.-]+/, 'Node <version>, V8 <version>')
    // With bubblewrap it is there, without it says how to get it; both are right.
    .replace(
      /^strict +(good +strangers' code can|doubtful +no sandbox for strangers')[\s\S]*?(?=^compiler)/m,
      'strict       <of this machine>\n',
    )
  await shows('doctor', masked)
  appendFileSync(join(copy.ws, '.kata/progress.jsonl'), 'not an event\n')
  expect(await copy.json(['doctor'])).toMatchObject({
    findings: expect.arrayContaining([expect.objectContaining({ what: 'progress', state: 'doubtful' })]),
  })
})

test('init: a new folder, again, after the course has changed what the learner has changed too', async () => {
  const stub = join(copy.course, 'graders/2-foundation/token-bucket/stub.ts')
  const original = readFileSync(stub, 'utf8')
  const parts = [
    await transcript([
      ['init', '../other'],
      ['init', '../other'],
    ]),
  ]
  try {
    writeFileSync(stub, `// newer\n${original}`)
    writeFileSync(join(copy.ws, '../other', STUB), `// mine\n${original}`)
    parts.push(await transcript([['init', '.']], { cwd: join(copy.ws, '../other') }))
  } finally {
    writeFileSync(stub, original)
  }
  parts.push(await transcript([['init', '../course']]))
  await shows('init', copy.mask(parts.join('\n')))
})

test('a course that has grown: next says how the new kata comes here', async () => {
  fresh()
  rmSync(copy.file())
  await shows('grown', await transcript([['next'], ['check'], ['init', '.']]))
  expect(readFileSync(copy.file(), 'utf8')).toContain('TODO')
})

type Proven = { proofs: { submissions: { name: string }[]; faults: { message: string }[] }[] }

test('verify proves a kata, and names the place of every fault', async () => {
  // Messages are approved in passing, so that this test is about the command and not about the kata's present wording.
  const [good, bad] = await Promise.all([
    copy.screen(['verify', 'token-bucket', '--seeds', '2', '--write']),
    copy.screen(['verify', 'ask-twice', '--seeds', '1']),
  ])
  await shows('verify', good)
  expect(bad).toMatch(/^1\/1 ✗ ask-twice · .*\n {4}graders\/3-patience\/ask-twice\/accepted\n {6}\S/m)
  expect(bad).toMatch(/\n\d+ faults in 1 of 1 kata\.\n\[exit 1\]\n$/)
  const messages = readFileSync(join(copy.course, 'graders/2-foundation/token-bucket/messages.txt'), 'utf8')
  expect(messages).toContain('=== rejected/wrong-answer.drifts.ts')

  // Parts take turns: each wrong file is in one of them, and the messages of the others are nobody's fault.
  const [first, second] = (await Promise.all(
    ['1/2', '2/2'].map((part) => copy.json(['verify', 'token-bucket', '--seeds', '1', '--part', part])),
  )) as [Proven, Proven]
  expect([first, second].flatMap(({ proofs }) => proofs.flatMap(({ faults }) => faults))).toEqual([])
  const wrong = ({ proofs }: Proven) =>
    proofs.flatMap(({ submissions }) =>
      submissions.map(({ name }) => name).filter((name) => name.startsWith('rejected/')),
    )
  const inTurn = [...wrong(first), ...wrong(second)]
  expect(inTurn.sort()).toEqual([...messages.matchAll(/^=== (.+)$/gm)].map(([, name]) => `${name}`).sort())
  expect(Math.abs(wrong(first).length - wrong(second).length)).toBeLessThan(2)
})

test('verify: what a wrong file breaks on some seeds only stands apart, and is a promise all the same', async () => {
  const drifts = join(copy.course, 'graders/2-foundation/token-bucket/rejected/wrong-answer.drifts.ts')
  const source = readFileSync(drifts, 'utf8')
  const faultsWith = async (header: string): Promise<string[]> => {
    writeFileSync(drifts, source.replace(/^(\/\/ breaks: .*\n)+/, header))
    const { proofs } = (await copy.json(['verify', 'token-bucket', '--seeds', '1'])) as Proven
    return proofs.flatMap(({ faults }) => faults.map(({ message }) => message))
  }
  const [one = '', other = ''] = source.split('\n')
  expect(await faultsWith(`${one}\n${other.replace('breaks', 'perhaps')}\n// perhaps: It flies\n`)).toEqual([
    'breaks "It flies", which neither lesson nor budgets promise',
  ])
  // Of several katas, what is wrong is said once more at the end, where a log is read first.
  writeFileSync(drifts, source.replace(/^(\/\/ breaks: .*\n)+/, `${one}\n`))
  const two = await copy.screen(['verify', 'token-bucket', 'ask-twice', '--seeds', '1'])
  const [above = '', below = ''] = two.split(/\n\d+ faults in 2 of 2 katas\.\n/)
  for (const part of [above, below]) expect(part.replace(/\s+/g, ' ')).toContain('it also breaks "The wait')
  expect(below).toMatch(/^ {2}token-bucket\n {4}rejected\/wrong-answer\.drifts\.ts\n {6}on seed 1: /m)
  writeFileSync(drifts, source)
})

test('colour only where it is wanted', async () => {
  fresh()
  const coloured = async (env: NodeJS.ProcessEnv) => (await copy.kata(['next'], { env })).out.includes('\u001b[')
  expect(await coloured({})).toBe(false)
  expect(await coloured({ FORCE_COLOR: '1' })).toBe(true)
  expect(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
  expect(await coloured({ FORCE_COLOR: '1', TERM: 'dumb' })).toBe(false)
})

test('a reader who leaves early is no error', async () => {
  const child = copy.start(['help'])
  child.stdout?.destroy()
  let err = ''
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect([code, err]).toEqual([0, ''])
})
