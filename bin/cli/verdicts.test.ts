// Every verdict that this course can earn, through the real command line: the screen as a learner sees it, the exit
// code, and the JSON against its schema. The screens are texts in fixtures/screens; read a change before you accept it.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERDICTS } from '../course/verdict.ts'
import { ASK_TWICE, type CourseCopy, changed, courseCopy, rejected, SOLUTION } from './course-copy-fixture.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'report.schema.json'), 'utf8')) as {
  $id: string
  $defs: Record<string, { enum?: string[] }>
}
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
ajv.addSchema(schema)
const faults = (value: unknown, part = '') => {
  ajv.validate(`${schema.$id}${part}`, value)
  return ajv.errors ?? []
}

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
})
afterAll(() => copy?.[Symbol.dispose]())

interface Expected {
  readonly verdict: string
  readonly code?: number
  readonly kata?: string
}

/** Judges what lies in the learner's file, once to read and once as data. */
async function shows(screen: string, { verdict, code = 1, kata = 'token-bucket' }: Expected): Promise<void> {
  const [text, report] = await Promise.all([copy.screen(['check', kata]), copy.json(['check', kata])])
  expect(report['verdict']).toBe(verdict)
  expect(faults(report)).toEqual([])
  expect(text).toContain(`[exit ${code}]`)
  const lines = text.split('\n').slice(1, -2)
  expect(lines.length).toBeLessThanOrEqual(20)
  for (const line of lines) if (!line.includes('npx kata')) expect(line.length, line).toBeLessThanOrEqual(80)
  await expect(text).toMatchFileSnapshot(`fixtures/screens/verdict.${screen}.txt`)
}

const WAIT = 'if (missing <= 0) return 0'
const TAKE = 'this.#level -= count * 1000'

test.each<[screen: string, source: string, expected: Expected]>([
  ['accepted', SOLUTION, { verdict: 'accepted', code: 0 }],
  ['accepted-and-prints', `console.log('here')\n${SOLUTION}`, { verdict: 'accepted', code: 0 }],
  ['wrong-answer', rejected('wrong-answer.drifts'), { verdict: 'wrong-answer' }],
  [
    'wrong-answer-and-prints',
    changed(TAKE, `this.#level -= 1000\n    console.log('left', this.#level)`),
    { verdict: 'wrong-answer' },
  ],
  [
    'todo-and-wrong',
    changed('this.#level = this.#full', 'this.#level = 0', changed(WAIT, "throw new Error('TODO: name the wait')")),
    { verdict: 'todo' },
  ],
  ['timed-out', changed(TAKE, 'for (;;) {}'), { verdict: 'timed-out' }],
  ['crashed', changed('this.#clock = clock', 'this.#clock = undefined as never'), { verdict: 'crashed' }],
  ['crashed-late', changed(WAIT, `Promise.reject(new Error('nobody waits'))\n    ${WAIT}`), { verdict: 'crashed' }],
  ['crashed-while-loading', `throw new Error('not here\\u001b[2J')\n${SOLUTION}`, { verdict: 'crashed' }],
  ['rejected-source.syntax', changed('export class TokenBucket {', 'export class {'), { verdict: 'rejected-source' }],
  ['rejected-source.type', changed('= count * 1000', "= ''"), { verdict: 'rejected-source' }],
  ['rejected-source.api', changed('tryTake(count = 1)', 'tryTook(count = 1)'), { verdict: 'rejected-source' }],
  ['rejected-source.import', `import 'node:fs'\n${SOLUTION}`, { verdict: 'rejected-source' }],
])('%s', async (screen, source, expected) => {
  copy.write(source)
  await shows(screen, expected)
})

test('todo: the stub as it came; nothing is recorded of it', async () => {
  const { ws, course } = copy
  const progress = join(ws, '.kata/progress.jsonl')
  const before = existsSync(progress) ? readFileSync(progress) : undefined
  copy.write(readFileSync(join(course, 'graders/2-foundation/token-bucket/stub.ts'), 'utf8'))
  await shows('todo', { verdict: 'todo' })
  expect(existsSync(progress) ? readFileSync(progress) : undefined).toEqual(before)
})

test('timed-out: a promise that nothing can settle', async () => {
  copy.write(
    `export type Ask = () => Promise<string>
export function askTwice(ask: Ask): Promise<string> {
  return ask().catch(() => new Promise<string>(() => {}))
}
`,
    `katas/${ASK_TWICE}.ts`,
  )
  await shows('timed-out.pending', { verdict: 'timed-out', kata: 'ask-twice' })
})

test('judge-error: a suite that fails is our fault, costs no attempt, and has an exit code of its own', async () => {
  const suite = join(copy.course, `graders/${ASK_TWICE}/suite.test.ts`)
  const good = readFileSync(suite, 'utf8')
  try {
    writeFileSync(suite, good.replace('holds(same(', 'holds(sane('))
    await shows('judge-error.one-promise', { verdict: 'judge-error', code: 3, kata: 'ask-twice' })
    writeFileSync(suite, `${good}\nthrow new Error('the suite is broken')\n`)
    await shows('judge-error.no-suite', { verdict: 'judge-error', code: 3, kata: 'ask-twice' })
  } finally {
    writeFileSync(suite, good)
  }
  const events = readFileSync(join(copy.ws, '.kata/progress.jsonl'), 'utf8')
  expect(events).not.toContain('judge-error')
})

/** Types a command as it stands on a screen, `npx kata` being the copy's. */
function typed(command: string): string {
  const npx = `npx() { shift; '${process.execPath}' '${copy.course}/bin/kata.js' "$@"; }; ${command}; true`
  return copy.mask(execFileSync('sh', ['-c', npx], { cwd: copy.ws, encoding: 'utf8' }))
}
const replayOf = (screen: string): string => /^replay {2}(.+)$/m.exec(screen)?.[1] ?? ''
const withoutPrompt = (screen: string): string => screen.replace(/^\$.*\n/, '').replace(/\[exit \d+\]\n$/, '')

test('the replay command shows exactly the same again', async () => {
  copy.write(rejected('wrong-answer.refusal-takes'))
  const shown = await copy.screen(['check', 'token-bucket'])
  expect(replayOf(shown)).toMatch(/^npx kata check token-bucket --seed \d+$/)
  expect(typed(replayOf(shown))).toBe(withoutPrompt(shown))
})

test('--from judges another file, records nothing, and is in the replay command however the file is called', async () => {
  copy.write(rejected('wrong-answer.drifts'))
  mkdirSync(join(copy.ws, 'other ideas'), { recursive: true })
  copy.write(rejected('wrong-answer.rounds-the-wait-down'), "other ideas/it's mine.ts")
  copy.write(SOLUTION, 'right.ts')
  const progress = () => readFileSync(join(copy.ws, '.kata/progress.jsonl'), 'utf8')
  const before = progress()
  const shown = await copy.screen(['check', 'token-bucket', '--from', "other ideas/it's mine.ts"])
  await expect(shown).toMatchFileSnapshot('fixtures/screens/verdict.from-another-file.txt')
  expect(typed(replayOf(shown))).toBe(withoutPrompt(shown))
  await expect(await copy.screen(['check', 'token-bucket', '--from', 'right.ts'])).toMatchFileSnapshot(
    'fixtures/screens/verdict.from-another-file-accepted.txt',
  )
  expect(progress()).toBe(before)
})

test('the same seed gives the same report, another seed is another run', async () => {
  copy.write(rejected('wrong-answer.never-full-enough'))
  const run = async (seed: string) => ({ ...(await copy.json(['check', 'token-bucket', '--seed', seed])), ms: 0 })
  const first = await run('7')
  expect(await run('7')).toEqual(first)
  expect(await run('4294967295')).toMatchObject({ seed: 4294967295, verdict: 'wrong-answer' })
})

test('the schema knows every verdict, describes a usage error, and refuses what is no report', async () => {
  expect(schema.$defs['verdict']?.enum).toEqual(VERDICTS)
  expect(faults(await copy.json(['check', 'token-buket']), '#/$defs/usageError')).toEqual([])
  copy.write(SOLUTION)
  const report = await copy.json(['check', 'token-bucket'])
  const kept = { name: 'A refusal takes nothing', kept: true }
  for (const wrong of [
    { ...report, verdict: 'ok' },
    { ...report, promises: [{ ...kept, kept: false }] },
    { ...report, promises: [{ ...kept, got: 'true' }] },
    { ...report, verdict: 'wrong-answer' },
    { ...report, verdict: 'rejected-source', promises: [] },
    { ...report, score: 100 },
  ])
    expect(faults(wrong)).not.toEqual([])
})
