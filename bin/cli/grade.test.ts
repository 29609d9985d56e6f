// A class through the real command line: judged once, kept, looked at, regraded; with faults of ours, hostile neighbours,
// two graders at once and an interrupt. The tests follow one another on one class.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openStore } from '../gradebook/store.ts'
import {
  ASK_TWICE,
  ASK_TWICE_SOLUTION,
  type CourseCopy,
  changed,
  courseCopy,
  ended,
  rejected,
  SOLUTION,
} from './course-copy-fixture.ts'

// Each test is a handful of real commands, and each command starts a judge.
vi.setConfig({ testTimeout: 600_000 })

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
})
afterAll(() => copy?.[Symbol.dispose]())

const NEVER_AGAIN = changed('return ask()', "throw new RangeError('no')", ASK_TWICE_SOLUTION)

function handIn(path: string, text: string | Uint8Array, root = 'class'): void {
  const file = join(copy.ws, root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const assign = (more: object = {}) =>
  writeFileSync(
    join(copy.ws, 'hw.json'),
    JSON.stringify({
      name: 'Homework 1',
      katas: [
        { kata: 'token-bucket', points: 90 },
        { kata: 'ask-twice', points: 10 },
      ],
      ...more,
    }),
  )

interface Grade {
  readonly kata: string
  readonly state: string
  readonly points?: number
  readonly report?: { readonly verdict: string; readonly reason?: string }
  readonly flags: readonly string[]
}
interface Class {
  readonly learners: readonly { readonly learner: { readonly id: string }; readonly katas: readonly Grade[] }[]
  readonly runs: readonly { readonly judged: number; readonly fromCache: number; readonly judgeErrors: number }[]
}
const read = async (...args: string[]) => (await copy.json(['gradebook', ...args])) as unknown as Class
const table = async () =>
  Object.fromEntries(
    (await read()).learners.map(({ learner, katas }) => [
      learner.id,
      katas.map(({ state, points, report }) => `${report?.verdict ?? state} ${points ?? '–'}`),
    ]),
  )
async function grade(...args: string[]) {
  const { code, out, err } = await copy.kata(['grade', ...args, '--portable', '--json'])
  if (code === 64) throw new Error(out)
  const events = out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown> & { event: string })
  return { code, err, events, last: events.at(-1), judged: events.filter(({ event }) => event === 'judged') }
}
const results = (gradebook = 'gradebook.sqlite') => {
  const db = new DatabaseSync(join(copy.ws, gradebook), { readOnly: true })
  const rows = db.prepare('SELECT id, kata, content, verdict, report FROM results ORDER BY id').all()
  db.close()
  return rows
}

test('what the command line must say', async () => {
  const says = async (...args: string[]) => (await copy.kata(args)).err
  expect(await says('grade', 'class', '--kata', 'ask-twice', '--assignment', 'hw.json')).toContain(
    'both say which katas',
  )
  expect(await says('grade', 'class')).toContain('Nothing says which katas to grade.\nSay it: npx kata grade DIR')
  expect(await says('grade', 'class', '--kata', 'ask-twise')).toContain('Did you mean ask-twice?')
  expect(await says('grade', 'nowhere', '--kata', 'ask-twice')).toContain('There is no ')
  expect(await says('grade', '.', '--kata', 'ask-twice', '--roster', 'katas')).toContain(
    'Name the file itself: --roster',
  )
  writeFileSync(join(copy.ws, 'roster.csv'), 'id\nada\nada\n')
  expect(await says('grade', '.', '--kata', 'ask-twice', '--roster', 'roster.csv')).toContain('both have the id "ada"')
  mkdirSync(join(copy.ws, 'empty'))
  expect(await says('grade', 'empty', '--kata', 'ask-twice')).toContain('holds nothing')
  expect(await says('grade', 'empty', '--assignment', 'katas')).toContain('Name the file itself: --assignment')
  // None of these mistakes has made a gradebook, which would have hidden the next.
  expect(readdirSync(copy.ws).filter((name) => name.includes('sqlite'))).toEqual([])
  expect(await says('grade', 'class', '--assignment', 'no.json')).toContain('There is no file no.json.')
  expect(await says('gradebook', 'no.sqlite')).toContain('There is no gradebook')
  expect(await says('gradebook', '--redact')).toContain('--redact is about the files that --out writes.')
  for (const [one, other] of [
    ['--learner ada', '--kata ask-twice'],
    ['--learner ada', '--state missing'],
    ['--runs', '--learner ada'],
    ['--out out', '--runs'],
    ['--out out', '--learner ada'],
  ] as const) {
    const flags = [one, other].map((each) => each.split(' ')[0])
    expect(await says('gradebook', ...other.split(' '), ...one.split(' '))).toBe(
      `${flags.join(' and ')} do not go together.\nAsk for one of them; only --kata and --state go together.\n`,
    )
  }
  expect(await says('gradebook', '--kata', 'ask-twice', '--kata', 'token-bucket')).toContain('shows one kata, not 2.')
  expect(await says('grade', '--regrade', 'aply')).toMatch(/no folder\s+"aply"\.\s+Did you\s+mean apply\?\n/)
  expect(await says('grade', 'class', '--regrade')).not.toContain('Did you')
  expect(await says('grade', 'class', '--regrade')).toContain('needs no folder "class"')
  expect(await says('grade', 'class', '--portable', '--require-strict')).toContain('exclude each other')
  expect(await says('gradebook', 'katas')).toMatch(
    /katas is a folder\.\nName the file itself, such as gradebook\.sqlite/,
  )
  const { code, out } = await copy.kata(['grade', 'nowhere', '--kata', 'ask-twice', '--json'])
  expect([code, out.trim().split('\n')]).toEqual([64, [expect.stringMatching(/^\{"error":"There is no .*"\}$/)]])
  expect((await copy.kata(['help', 'grade'])).out).toContain('grade and watch: one a line')
})

test('a gradebook that is not there is named, and none is made in its place', async () => {
  mkdirSync(join(copy.ws, 'slips'))
  writeFileSync(
    join(copy.ws, 'slips/hw.json'),
    JSON.stringify({ name: 'Homework', katas: [{ kata: 'ask-twice', points: 10 }] }),
  )
  writeFileSync(join(copy.ws, 'slips/empty.sqlite'), '')
  const inSlips = { cwd: join(copy.ws, 'slips') }
  for (const args of [
    ['--regrade', '--gradebook', 'mistyped.sqlite'],
    ['--regrade', 'apply', '--gradebook', 'mistyped.sqlite'],
    ['--regrade', '--gradebook', 'mistyped.sqlite', '--assignment', 'hw.json'],
    ['--regrade', 'apply', '--assignment', 'hw.json'],
    ['--gradebook', 'mistyped.sqlite'],
    ['--assignment', 'hw.json'],
  ]) {
    const { code, err } = await copy.kata(['grade', ...args, '--portable'], inSlips)
    expect([code, err], args.join(' ')).toEqual([
      64,
      expect.stringMatching(/^There is no gradebook [\s\S]*sqlite\.\nName the one that holds the class/),
    ])
  }
  for (const args of [
    ['grade', '--regrade', '--assignment', 'hw.json', '--gradebook', 'empty.sqlite'],
    ['grade', '--regrade', 'apply', '--gradebook', 'empty.sqlite'],
    ['gradebook', 'empty.sqlite'],
    ['gradebook', 'empty.sqlite', '--assignment', 'hw.json'],
  ]) {
    const { code, err } = await copy.kata(args, inSlips)
    expect([code, err], args.join(' ')).toEqual([
      64,
      expect.stringMatching(/empty\.sqlite is\s+empty, and no\s+gradebook\.\n/),
    ])
  }
  expect(readdirSync(join(copy.ws, 'slips'))).toEqual(['empty.sqlite', 'hw.json'])
  expect(readFileSync(join(copy.ws, 'slips/empty.sqlite'))).toHaveLength(0)
})

test('a roster or an assignment that the system refuses to read is a sentence, and no bug of ours', async () => {
  mkdirSync(join(copy.ws, 'refused/class/ada'), { recursive: true })
  const cwd = join(copy.ws, 'refused')
  writeFileSync(join(cwd, 'hw.json'), JSON.stringify({ name: 'Homework', katas: [{ kata: 'ask-twice', points: 10 }] }))
  const says = async (...args: string[]) => {
    const { code, out } = await copy.kata([...args, '--json'], { cwd })
    return [code, out.trim()]
  }
  // Whoever is root may read everything, and yet not this.
  const long = 'x'.repeat(300)
  symlinkSync('itself', join(cwd, 'itself'))
  for (const [name, refusal] of [
    [long, 'ENAMETOOLONG'],
    ['itself', 'ELOOP'],
  ] as const) {
    const refused = (flag: string) => [
      64,
      expect.stringMatching(
        new RegExp(
          `^\\{"error":"[^"]*${name.slice(0, 6)}x*…? cannot be read \\(${refusal}\\)\\.","next":"Name the file itself: ${flag} FILE"\\}$`,
        ),
      ),
    ]
    expect(await says('grade', 'class', '--assignment', 'hw.json', '--roster', name)).toEqual(refused('--roster'))
    expect(await says('grade', 'class', '--assignment', name)).toEqual(refused('--assignment'))
  }
  expect(await says('grade', 'class', '--assignment', 'hw.json', '--roster', 'nix.csv')).toEqual([
    64,
    expect.stringMatching(/There is no file .*nix\.csv\.","next":"Name the file itself: --roster FILE"\}$/),
  ])
  // Of what the gradebook remembers the same is true.
  expect((await says('grade', 'class', '--assignment', 'hw.json', '--portable'))[0]).toBe(0)
  rmSync(join(cwd, 'hw.json'))
  mkdirSync(join(cwd, 'hw.json'))
  expect(await says('gradebook')).toEqual([64, expect.stringContaining('hw.json is not a file.')])
  rmSync(join(cwd, 'hw.json'), { recursive: true })
  expect((await says('gradebook'))[0]).toBe(0)
  if (process.getuid?.() === 0) return
  writeFileSync(join(cwd, 'secret'), '{}', { mode: 0 })
  for (const flag of ['--roster', '--assignment'])
    expect(
      await says('grade', 'class', ...(flag === '--roster' ? ['--kata', 'ask-twice'] : []), flag, 'secret'),
    ).toEqual([
      64,
      expect.stringMatching(/secret cannot be read \(EACCES\)\.","next":"Give yourself the right to read it\."/),
    ])
})

test('a bug of ours is our own error, and never "not accepted"', async () => {
  const command = join(copy.course, 'bin/cli/commands/stats.ts')
  const whole = readFileSync(command, 'utf8')
  try {
    for (const bug of ["throw new TypeError('our own')", 'return new Promise(() => setTimeout(() => nobody()))']) {
      writeFileSync(command, `export function stats() { ${bug} }\n`)
      const { code, err } = await copy.kata(['stats'])
      expect([code, err]).toEqual([3, expect.stringMatching(/our own|nobody is not defined/)])
    }
  } finally {
    writeFileSync(command, whole)
  }
})

test('budgets that their author has spoilt are told with their file, and no stack of ours', async () => {
  const budgets = join(copy.course, 'graders/2-foundation/token-bucket/budgets.ts')
  const whole = readFileSync(budgets, 'utf8')
  openStore(join(copy.ws, 'spoilt.sqlite'), 'write').close()
  writeFileSync(
    join(copy.ws, 'spoilt.json'),
    JSON.stringify({ name: 'Homework', katas: [{ kata: 'token-bucket', points: 10 }] }),
  )
  const args = ['gradebook', 'spoilt.sqlite', '--assignment', 'spoilt.json']
  try {
    for (const [text, why] of [
      ['export default [\n  { name: }\n]\n', ':2: Expression expected'],
      ['export default [nobody()]\n', ': nobody is not defined'],
      ['export const none = 1\n', ': exports no list of budgets'],
    ] as const) {
      writeFileSync(budgets, text)
      const { code, out, err } = await copy.kata([...args, '--json'])
      const { error, next } = JSON.parse(out) as { error: string; next: string }
      expect([code, err]).toEqual([64, ''])
      expect(error).toMatch(/^The budgets of token-bucket cannot be read: \//)
      expect(error).toContain(`${budgets}${why}`)
      expect(next).toContain('mend the file')
      expect(`${error}${(await copy.kata(args)).err}`).not.toMatch(/^ +at |node:internal/m)
    }
  } finally {
    writeFileSync(budgets, whole)
  }
})

test('a class is judged, each distinct file once, and what is missing is missing', async () => {
  assign()
  handIn('ada/token-bucket.ts', SOLUTION)
  handIn('ada/ask-twice.ts', ASK_TWICE_SOLUTION)
  handIn('bob/token-bucket.ts', rejected('wrong-answer.drifts'))
  handIn('eve/token-bucket.ts', rejected('wrong-answer.drifts'))
  handIn('eve/ask-twice.ts', NEVER_AGAIN)
  const { code, last, judged } = await grade('class', '--assignment', 'hw.json')
  expect(code).toBe(0)
  expect(judged.map(({ done, of }) => [done, of])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ])
  expect(last).toMatchObject({ event: 'graded', judged: 4, fromCache: 1, judgeErrors: 0 })
  expect(await table()).toEqual({
    ada: ['accepted 9000', 'accepted 1000'],
    bob: ['wrong-answer 5000', 'missing 0'],
    eve: ['wrong-answer 5000', 'wrong-answer 500'],
  })
  // Nothing is judged again, and a run that judges nothing is none.
  expect((await grade('class', '--assignment', 'hw.json')).last).toMatchObject({ judged: 0, fromCache: 5 })
  expect((await read()).runs).toHaveLength(1)
})

test('the screens', async () => {
  expect(await copy.screen(['gradebook'])).toMatch(
    /learner │ of 100\b[\s\S]*ada +│ 100 [\s\S]*bob +│ 50 +│ 50 ! +│ missing[\s\S]*2 grades to look at/,
  )
  expect(await copy.screen(['gradebook', '--learner', 'eve'])).toMatch(
    /eve · 55 of 100[\s\S]*✗ 0 of 10 +Tokens come back/,
  )
  expect(await copy.screen(['gradebook', '--kata', 'ask-twice'])).toMatch(/1 of 2 +│ 5 +│ A refusal is met/)
  expect(await copy.screen(['gradebook', '--state', 'missing'])).toContain('bob · ask-twice · missing · 0')
  expect(await copy.screen(['gradebook', '--state', 'missing', '--kata', 'token-bucket'])).toContain(
    'Nothing is missing.',
  )
  expect(await copy.screen(['gradebook', '--state', 'flagged'])).toContain('was handed in by eve.')
  expect(await copy.screen(['gradebook', '--state', 'wrong'])).toContain('--state takes graded, missing')
  expect(await copy.screen(['gradebook', '--learner', 'bub'])).toContain('No learner "bub". Did you mean bob?')
  expect(await copy.screen(['gradebook', '--runs'])).toContain('4 judged · 1 known from before · ')
})

test('what a screen tells to type is about this very gradebook, wherever it lies', async () => {
  handIn('Müller/ask-twice.ts', 'export const x: = 1\n', 'elsewhere')
  handIn('bob/askTwice.ts', ASK_TWICE_SOLUTION, 'elsewhere')
  handIn('bob/package.json', '{}', 'elsewhere')
  mkdirSync(join(copy.ws, 'a term'))
  const graded = await copy.kata([
    'grade',
    'elsewhere',
    '--kata',
    'ask-twice',
    '--gradebook',
    'a term/g.sqlite',
    '--portable',
  ])
  // A command is never broken: half of it is another command.
  expect(graded.out).toMatch(/could not be taken:\s+npx kata gradebook 'a term\/g\.sqlite' --state not-taken$/m)
  expect(graded.out).toContain("look       npx kata gradebook 'a term/g.sqlite'")
  const gradebook = ['gradebook', 'a term/g.sqlite']
  const overview = (await copy.kata(gradebook)).out
  expect(overview).toMatch(/to look at: npx kata gradebook 'a term\/g\.sqlite' --state flagged$/m)
  expect(overview).toMatch(/^\d things? not taken: npx kata gradebook 'a term\/g\.sqlite' --state not-taken$/m)
  // What the screen says of no learner and no kata, the document says too.
  const stray = { learner: 'bob', origin: 'bob/package.json', why: expect.stringContaining(' ') }
  expect(await copy.json([...gradebook, '--state', 'not-taken'])).toEqual([
    expect.objectContaining({ learner: 'bob', grade: expect.objectContaining({ state: 'not-taken' }) }),
    stray,
  ])
  expect((await copy.kata([...gradebook, '--state', 'not-taken'])).out).toContain('bob · bob/package.json: ')
  expect((await copy.kata([...gradebook, '--learner', 'nobody'])).err).toContain(
    "See: npx kata gradebook 'a term/g.sqlite'",
  )
  const undecided = await copy.kata(['grade', '--regrade', 'apply', '--gradebook', 'a term/g.sqlite', '--portable'])
  expect(undecided.err).toContain("Make one: npx kata grade --regrade --gradebook 'a term/g.sqlite'")
  // A regrade that finds nothing to judge is no run, and nothing is left to be decided on.
  const idle = await copy.kata(['grade', '--regrade', '--gradebook', 'a term/g.sqlite', '--portable'])
  expect([idle.code, idle.out]).toEqual([0, expect.stringContaining('nothing to regrade')])
  expect((await copy.kata([...gradebook, '--runs'])).out).not.toContain('anew')
  expect((await copy.kata(gradebook)).out).not.toContain('not decided on')
  const proposed = await copy.kata(['grade', '--regrade', '--no-cache', '--gradebook', 'a term/g.sqlite', '--portable'])
  expect(proposed.out).toContain("apply      npx kata grade --regrade apply --gradebook 'a term/g.sqlite'")
  expect((await copy.kata([...gradebook, '--runs'])).out).toMatch(/ judged anew · /)
  // On a line of its own: half of it would propose anew.
  expect((await copy.kata(gradebook)).out).toMatch(
    /^A regrade of 1 file is proposed and not decided on \(apply, or discard\):\n {2}npx kata grade --regrade apply --gradebook 'a term\/g\.sqlite'$/m,
  )
  expect(await copy.json(gradebook)).toMatchObject({ undecided: 1 })
  // The id is the folder's, and is typed as keyboards and systems have it; why nothing was judged is told.
  const screen = await copy.screen([...gradebook, '--learner', 'müller'.normalize('NFD')])
  expect(screen).toMatch(/Müller · 0 of 100[\s\S]*rejected-source[\s\S]*line 1: /)
})

test('the policies are those of the file as it is now', async () => {
  assign({ katas: [{ kata: 'token-bucket', points: 9, promises: { 'A refusal takes nothing': 0 } }] })
  expect((await table())['ada']).toEqual(['accepted 900'])
  assign()
  expect((await table())['ada']).toEqual(['accepted 9000', 'accepted 1000'])
})

test('an extension that is nobody’s is told', async () => {
  assign({ deadline: '2027-03-01T23:59:00Z', extensions: { ADA: '2027-03-03T23:59:00Z', bub: '2027-03-03T23:59:00Z' } })
  const remark = 'Nobody is called "bub", who has an extension. Did you mean bob?'
  expect((await grade()).last).toMatchObject({ event: 'graded', remarks: [remark] })
  expect(await copy.screen(['gradebook'])).toContain(remark)
  assign()
})

test('another attempt is judged beside the first; the best counts', async () => {
  handIn('bob/token-bucket.ts', SOLUTION.concat('// bob\n'))
  expect((await grade('class')).last).toMatchObject({ judged: 1, fromCache: 5 })
  expect((await table())['bob']).toEqual(['accepted 9000', 'missing 0'])
})

test('outputs are written for everybody', async () => {
  const { written, remarks } = await copy.json(['gradebook', '--out', 'out'])
  expect(remarks).toEqual([expect.stringMatching(/^No learner has an id that Canvas knows: /)])
  expect((await copy.kata(['gradebook', '--out', 'out'])).out).toContain('No learner has an id that Canvas knows')
  expect(written).toEqual(
    expect.arrayContaining([
      'gradebook.csv',
      'canvas.csv',
      'junit.xml',
      'class.html',
      expect.stringMatching(/^learners\/ada-\w+\.html$/),
      expect.stringMatching(/^gradescope\/ada-\w+\/results\.json$/),
    ]),
  )
  expect(readFileSync(join(copy.ws, 'out/gradebook.csv'), 'utf8')).toContain('\r\nbob,,,,90,100,yes,')
  for (const args of [
    ['gradebook', '--out', 'hw.json'],
    ['gradebook', '--out', 'hw.json/below'],
    ['classroom', 'hw.json', 'ask-twice'],
  ]) {
    const { code, err } = await copy.kata(args)
    expect([code, err], args.join(' ')).toEqual([
      64,
      expect.stringMatching(/cannot be written: a file is where .* should be/),
    ])
  }
})

test('files that attack, hang, or cannot be read stop nobody else', async () => {
  const all: Record<string, string | Uint8Array> = {
    loops: changed('return await ask()', 'for (;;);', ASK_TWICE_SOLUTION),
    exits: `${ASK_TWICE_SOLUTION}\nprocess.exit(0)\n`,
    bytes: new Uint8Array(100_000).fill(0xff),
    nothing: '',
    honest: `${ASK_TWICE_SOLUTION}// honest\n`,
  }
  for (const [name, text] of Object.entries(all)) handIn(`${name}/ask-twice.ts`, text, 'rough')
  const { code, last } = await grade('rough', '--kata', 'ask-twice', '--gradebook', 'rough.sqlite')
  expect([code, last]).toMatchObject([0, { judged: 5, judgeErrors: 0 }])
  const verdicts = (await read('rough.sqlite')).learners.map(({ learner, katas }) => [
    learner.id,
    katas[0]?.report?.verdict,
  ])
  expect(Object.fromEntries(verdicts)).toEqual({
    bytes: 'rejected-source',
    exits: 'crashed',
    honest: 'accepted',
    loops: 'timed-out',
    nothing: 'rejected-source',
  })
})

test('a fault of ours is listed apart, scores nothing, and is tried again by the next run', async () => {
  const suite = join(copy.course, 'graders', ASK_TWICE, 'suite.test.ts')
  const whole = readFileSync(suite, 'utf8')
  handIn('kim/ask-twice.ts', `${ASK_TWICE_SOLUTION}// kim\n`)
  handIn('kim/token-bucket.ts', `${SOLUTION}// kim\n`)
  writeFileSync(suite, `${whole}\nthrow new Error('our own')\n`)
  try {
    const { code, last } = await grade('class')
    expect(code).toBe(3)
    expect(last).toMatchObject({ judged: 1, judgeErrors: 1 })
    expect((await table())['kim']).toEqual(['accepted 9000', 'judge-error –'])
    expect(await copy.screen(['gradebook', '--state', 'judge-error'])).toContain('our own')
  } finally {
    writeFileSync(suite, whole)
  }
  expect(await grade('class')).toMatchObject({ code: 0, last: { judged: 1, judgeErrors: 0 } })
  expect((await table())['kim']).toEqual(['accepted 9000', 'accepted 1000'])
})

test('a regrade proposes, and changes nothing until it is applied', async () => {
  const suite = join(copy.course, 'graders', ASK_TWICE, 'suite.test.ts')
  const whole = readFileSync(suite, 'utf8')
  const before = await table()
  const raw = results()
  expect((await copy.kata(['grade', '--regrade', '--portable'])).out).toContain('there is nothing to regrade')
  expect((await copy.kata(['grade', '--regrade', 'apply'])).err).toContain('There is no proposal')

  // A grader that fails says so, proposes nothing, and takes nothing away.
  writeFileSync(suite, `${whole}\nthrow new Error('our own')\n`)
  const failed = await copy.kata(['grade', '--regrade', '--portable'])
  expect(failed.code).toBe(3)
  expect(failed.out).toMatch(
    /^Nothing is proposed: [\s\S]*ask-twice · 3 files · .*our own[\s\S]*kata grade --regrade$/m,
  )
  expect((await grade('--regrade')).last).toMatchObject({
    event: 'proposed',
    judgeErrors: 3,
    faults: [{ kata: 'ask-twice', files: 3 }],
  })
  expect(await table()).toEqual(before)

  // The second promise is not looked at any more.
  writeFileSync(
    suite,
    changed('holds(\n        same(got, { came: answers[1], asked: 2 })', 'holds(\n        got !== null', whole),
  )
  expect((await copy.kata(['grade', 'class', '--portable'])).out).toContain('3 results of an older grader or engine')
  const proposed = await grade('--regrade')
  expect(proposed.code).toBe(0)
  expect(proposed.last).toEqual({
    event: 'proposed',
    rejudged: 3,
    judgeErrors: 0,
    faults: [],
    outdated: 3,
    differences: [
      {
        learner: 'eve',
        kata: 'ask-twice',
        old: { verdict: 'wrong-answer', points: 500 },
        new: { verdict: 'accepted', points: 1000 },
        flipped: [{ name: 'A refusal is met by one more question', from: 'broken', to: 'kept' }],
      },
    ],
  })
  expect(await table()).toEqual(before)
  const screen = await copy.screen(['grade', '--regrade', '--portable'])
  expect(screen).toContain('eve · ask-twice · wrong-answer 5 → accepted 10')
  expect(results()).toHaveLength(raw.length + 3)

  expect((await grade('--regrade', 'discard')).last).toMatchObject({ event: 'discarded' })
  expect(await table()).toEqual(before)
  await grade('--regrade')
  // Taken back meanwhile: what was proposed is of a grader that is not there any more.
  const loose = readFileSync(suite, 'utf8')
  writeFileSync(suite, whole)
  const stale = await copy.kata(['grade', '--regrade', 'apply', '--portable'])
  expect(stale.code).toBe(64)
  expect(stale.err).toMatch(/another grader or engine than the present one\s\(ask-twice\)\. Nothing was applied\./)
  expect(await table()).toEqual(before)
  writeFileSync(suite, loose)
  expect((await grade('--regrade', 'apply')).last).toMatchObject({ event: 'applied', outdated: 0 })
  const runs = (await copy.json(['gradebook', '--runs'])) as unknown as { proposal?: string; endedMs?: number }[]
  expect(runs.flatMap(({ proposal }) => proposal ?? [])).toEqual(['applied', 'discarded', 'superseded'])
  expect(runs.every(({ endedMs }) => endedMs !== undefined)).toBe(true)
  expect(await copy.screen(['gradebook', '--runs'])).toMatch(/ portable\s+sandbox\s+·\s+applied$/m)
  expect(await table()).toEqual({ ...before, eve: ['wrong-answer 5000', 'accepted 1000'] })
  expect(results().slice(0, raw.length)).toEqual(raw)
  writeFileSync(suite, whole)
})

test('what a grader comes to ask for changes no grade until a regrade is applied', async () => {
  const files = [
    join(copy.course, 'lessons', `${ASK_TWICE}.md`),
    join(copy.course, 'graders', ASK_TWICE, 'suite.test.ts'),
  ]
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const before = await table()
  const ofEve = () => copy.screen(['gradebook', '--learner', 'eve'])
  const eve = await ofEve()
  try {
    for (const [i, file] of files.entries())
      writeFileSync(file, (texts[i] as string).replaceAll('A refusal is met by one more question', 'One more question'))
    expect(readFileSync(files[0] as string, 'utf8')).not.toBe(texts[0])
    expect(await table()).toEqual(before)
    expect(await ofEve()).toBe(eve)
    expect((await grade('--regrade')).last).toMatchObject({ event: 'proposed' })
    await grade('--regrade', 'discard')
    expect(await table()).toEqual(before)
  } finally {
    for (const [i, file] of files.entries()) writeFileSync(file, texts[i] as string)
  }
})

test('the same class, taken in again without its roster, keeps its names and those who handed in nothing', async () => {
  const roster = join(copy.ws, 'names.csv')
  writeFileSync(roster, 'id,name\neve,Eve Adams\nghost,Nobody Yet\n')
  const named = async () =>
    (
      (await copy.json(['gradebook', 'named.sqlite'])) as { learners: { learner: { id: string; name?: string } }[] }
    ).learners
      .map(({ learner: { id, name } }) => `${id} ${name ?? ''}`)
      .filter((one) => /^(eve|ghost) /.test(one))
  const again = () => copy.kata(['grade', 'class', '--kata', 'ask-twice', '--gradebook', 'named.sqlite', '--portable'])
  await grade('class', '--kata', 'ask-twice', '--gradebook', 'named.sqlite', '--roster', 'names.csv')
  expect(await named()).toEqual(['eve Eve Adams', 'ghost Nobody Yet'])
  expect((await again()).out).toContain('Roster as before: names.csv')
  expect(await named()).toEqual(['eve Eve Adams', 'ghost Nobody Yet'])
  rmSync(roster)
  expect((await again()).out.replace(/\s+/g, ' ')).toContain('The roster of before, names.csv, is not there any more')
})

test('a kata that comes into the assignment later is not missing: nobody has looked for it', async () => {
  const katasOf = async () => {
    const all = (await copy.json(['gradebook', 'later.sqlite', '--assignment', 'hw.json'])) as {
      learners: {
        learner: { id: string }
        katas: { kata: string; state: string; points?: number; flags: string[] }[]
      }[]
    }
    return all.learners.find(({ learner }) => learner.id === 'eve')?.katas
  }
  await grade('class', '--kata', 'ask-twice', '--gradebook', 'later.sqlite')
  const [other] = (await katasOf())?.filter(({ kata }) => kata !== 'ask-twice') ?? []
  expect(other).toMatchObject({ state: 'pending', flags: [expect.stringContaining('take it in again')] })
  expect(other).not.toHaveProperty('points')
  await grade('class', '--assignment', 'hw.json', '--gradebook', 'later.sqlite')
  expect((await katasOf())?.every(({ points }) => points !== undefined)).toBe(true)
})

test('without the cache identical files are judged one by one', async () => {
  const { last } = await grade('class', '--assignment', 'hw.json', '--gradebook', 'each.sqlite', '--no-cache')
  expect(last).toMatchObject({ judged: 7, fromCache: 0 })
  handIn('zoe/ask-twice.ts', NEVER_AGAIN)
  expect((await grade('class', '--gradebook', 'each.sqlite', '--no-cache')).last).toMatchObject({ judged: 1 })
  expect((await grade('class', '--gradebook', 'each.sqlite')).last).toMatchObject({ judged: 0 })
})

test('of two graders at once the second waits; nothing is judged twice', async () => {
  const start = () =>
    ended(copy.start(['grade', 'class', '--assignment', 'hw.json', '--gradebook', 'two.sqlite', '--portable']))
  const [a, b] = await Promise.all([start(), start()])
  expect([a.code, b.code]).toEqual([0, 0])
  const contents = results('two.sqlite').map(({ kata, content }) => `${kata} ${content}`)
  expect(contents).toHaveLength(7)
  expect(new Set(contents).size).toBe(7)
  expect(`${a.err}${b.err}`).toContain('Another kata grade is at work on two.sqlite')
})

test('an interrupt ends it in good order: what is judged stays, nothing half is kept', async () => {
  for (let i = 0; i < 12; i++)
    handIn(`l${i}/ask-twice.ts`, `${i % 2 ? NEVER_AGAIN : ASK_TWICE_SOLUTION}// ${i}\n`, 'many')
  const args = ['grade', 'many', '--kata', 'ask-twice', '--gradebook', 'many.sqlite', '--portable']
  const child = copy.start([...args, '--json'])
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('"judged"')) child.kill('SIGINT')
  })
  const { code, out } = await ended(child)
  expect(code).toBe(130)
  expect(out).toContain('"event":"stopped"')
  const kept = results('many.sqlite')
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(12)
  expect(kept.every(({ verdict }) => verdict === 'accepted' || verdict === 'wrong-answer')).toBe(true)
  expect((await copy.kata(args)).code).toBe(0)
  expect(results('many.sqlite')).toHaveLength(12)
  expect(results('many.sqlite').slice(0, kept.length)).toEqual(kept)
})

test('what a class was given is no news in what it hands in', async () => {
  cpSync(join(import.meta.dirname, '../../package-lock.json'), join(copy.course, 'package-lock.json'))
  expect((await copy.kata(['classroom', 'hw2', 'ask-twice'])).code).toBe(0)
  for (const learner of ['ada', 'bob'])
    cpSync(join(copy.ws, 'hw2/starter'), join(copy.ws, 'given', learner), { recursive: true })
  handIn('bob/package.json', '{}', 'given')
  await grade('given', '--assignment', 'hw2/assignment.json')
  const { notTaken } = await copy.json(['gradebook', 'hw2/gradebook.sqlite'])
  expect(notTaken).toMatchObject([{ learner: 'bob', origin: 'bob/package.json' }])
})
