// A true subject, asked by hand: what it answers, how it ends, and that it never outlives its judge.

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { marked, prepareSubmission, submissionUrl } from './prepare.ts'
import { openSession, type Session, type Submission } from './session.ts'
import { openTrail } from './trail.ts'

const PATH = '9-x/session'
const DRIVER = 'kata:/graders/9-x/session/driver.ts'

function submission(source: string, driver = "export { go, later } from '#kata/9-x/session'"): Submission {
  const prepared = prepareSubmission(PATH, source, [])
  if (!prepared.ok) throw new Error(prepared.problems[0]?.message)
  return { url: prepared.url, modules: prepared.modules, driver: { url: DRIVER, modules: { [DRIVER]: driver } } }
}

const GO =
  'export const go = (n: number): unknown => n + 1\nexport const later = async (n: number): Promise<unknown> => n + 2\n'

async function using<T>(use: (session: Session) => Promise<T>, session = openSession({})): Promise<T> {
  try {
    return await use(session)
  } finally {
    session.kill()
  }
}

/** Loads a source and calls `go` once per input. */
const going = (source: string, inputs: readonly unknown[] = [1], trail?: ReturnType<typeof openTrail>) =>
  using(
    async (session) => {
      const loaded = await session.load(submission(source))
      return loaded.alive && !('threw' in loaded) ? session.call('go', inputs) : loaded
    },
    openSession({}, trail),
  )

describe('answers', () => {
  test('come in order, with what was printed and what nobody caught', async () => {
    await using(async (session) => {
      expect(await session.load(submission(GO))).toEqual({ alive: true, operations: ['go', 'later'] })
      const aftermath = { late: [], printed: [] }
      expect(await session.call('go', [1, 2, 3])).toEqual({
        alive: true,
        results: [2, 3, 4].map((value) => ({ ok: true, value })),
        aftermath,
      })
      expect(await session.call('later', [1])).toEqual({ alive: true, results: [{ ok: true, value: 3 }], aftermath })
      expect(await session.end()).toEqual({ alive: true, aftermath })
      expect(await session.call('go', [1])).toMatchObject({ alive: false })
    })
  })

  test('a throw is one input’s, and has its line', async () => {
    const source =
      "export const later = 1\nexport function go(n: number) {\n  if (n === 2) throw new RangeError('two')\n  return n\n}"
    expect(await going(source, [1, 2, 3])).toMatchObject({
      results: [{ ok: true }, { ok: false, threw: { name: 'RangeError', message: 'two', line: 3 } }, { ok: true }],
    })
  })

  test('a stack that overflows has a line of those that call each other, wherever it ended', async () => {
    // A helper with frames of many sizes is what it overflows in, now here, now there.
    const source = `export const later = 1
let depth = 0
function helper(a: number, b = a, c = b, d = c) { return [a, b, c, d].length > 9 ? helper2(d) : d }
function helper2(a: number) { return [a, a].join() }
function even(n: number): number {
  depth += helper(n)
  return odd(n + 1)
}
function odd(n: number): number {
  depth += helper(n, n, n)
  return even(n + 1)
}
export function go(n: number) {
  return even(n)
}`
    const answer = await going(
      source,
      Array.from({ length: 40 }, (_, i) => i),
    )
    const threw = { name: 'RangeError', message: 'Maximum call stack size exceeded', line: 7 }
    expect(answer).toMatchObject({ results: Array.from({ length: 40 }, () => ({ ok: false, threw })) })
  })

  test('a promise that nothing can settle is stuck; one that only waits its turns is not', async () => {
    const source = `export const later = 1
      export const go = async (n: number) => {
        if (n === 0) await new Promise(() => {})
        for (let i = 0; i < 1_000; i++) await i
        return n
      }`
    expect(await going(source, [0, 1])).toMatchObject({
      results: [
        { ok: false, stuck: true },
        { ok: true, value: 1 },
      ],
    })
  })

  test('an answer that cannot be read is a throw of that input’s alone', async () => {
    const source =
      "export const later = 1\nexport const go = (n: number) => (n === 1 ? { get x() { throw new Error('trap') } } : n)"
    expect(await going(source, [1, 2])).toMatchObject({
      results: [
        { ok: false, threw: { message: 'trap' } },
        { ok: true, value: 2 },
      ],
    })
  })
})

describe('a file that does not load', () => {
  test.each([
    ['throws', "throw new Error('no')", 'no'],
    ['waits for ever', 'await new Promise(() => {})', 'waits for what never comes'],
    ['lacks an export that only its types have', 'export declare const go: () => void', 'does not provide an export'],
    ['throws when its driver is loaded', '', 'from the driver'],
  ])('%s', async (_, source, message) => {
    const driver = message === 'from the driver' ? "import { make } from '#kata/9-x/session'; make()" : undefined
    const text =
      driver === undefined
        ? `export const later = 1\n${source}`
        : "export const make = () => { throw new Error('from the driver') }"
    const loaded = await using((session) => session.load(submission(text, driver)))
    expect(loaded).toMatchObject({ alive: true, threw: { message: expect.stringContaining(message) } })
  })

  test('a driver that fails by itself is our fault', async () => {
    const loaded = await using((session) => session.load(submission(GO, "throw new Error('ours')")))
    expect(loaded).toMatchObject({
      alive: false,
      death: { cause: 'judge-error', why: expect.stringContaining('ours') },
    })
  })
})

describe('an end', () => {
  test('by fuel comes after the same number of passes, on the same line, every time', async () => {
    const source = `export const later = 1
      let passes = 0
      export const go = (n: number) => {
        if (n < 2) return n
        for (;;)
          try {
            for (;;) passes++
          } catch {
            passes++
          }
      }`
    const ends = await Promise.all([going(source, [0, 1, 2, 3]), going(source, [0, 1, 2, 3])])
    expect(ends[0]).toMatchObject({ alive: false, item: 2, death: { cause: 'timed-out', line: 7 } })
    expect(ends[1]).toEqual(ends[0])
  })

  test('by fuel in what is left behind is blamed on an input that there is', async () => {
    const source =
      'export const later = 1\nexport const go = (n: number) => {\n  if (n === 3) queueMicrotask(() => { for (;;); })\n  return n\n}'
    const end = await going(source, [1, 2, 3])
    expect(end).toMatchObject({ alive: false, item: 2, death: { cause: 'timed-out', line: 3 } })
  })

  test.runIf(process.platform === 'linux')(
    'by the clock has its line found by a second run, deep behind loops',
    { timeout: 120_000 },
    async () => {
      const source = `export const later = 1
      const helper = (x: number) => x + 1
      export function go(n: number) {
        let sum = 0
        for (let i = 0; i < 1_000_000; i++) sum = helper(sum)
        if (n < 2) return sum
        helper(sum)

        return /^(a+)+$/.test('a'.repeat(64) + '!')
      }`
      const end = await going(source, [0, 1, 2])
      if (end.alive || end.death.cause !== 'timed-out' || end.death.at === undefined)
        throw new Error(JSON.stringify(end))
      expect(end).toMatchObject({ item: 2, death: { at: { during: 'call', item: 2 } } })
      expect(end.death.at.passes).toBeGreaterThan(1_000_000)
      const trail = openTrail(end.death.at)
      const { url, modules, driver } = submission(source)
      await using(
        async (session) => {
          await session.load({ url, modules: marked(modules), driver })
          await session.call('go', [0, 1, 2])
        },
        openSession({}, trail),
      )
      expect(trail.lastLine()).toBe(9)
      trail.close()
    },
  )

  test('of the heap is a crash', async () => {
    const source =
      'export const later = 1\nexport const go = () => { const a: number[][] = []; for (;;) a.push(new Array<number>(1e5).fill(1)) }'
    expect(await going(source)).toMatchObject({
      alive: false,
      death: { cause: 'crashed', why: expect.stringContaining('memory') },
    })
  })

  test('before it was ready is our fault', async () => {
    const session = openSession({ 'kata:/kit.ts': 'this is no module' })
    expect(await session.load(submission(GO))).toMatchObject({ alive: false, death: { cause: 'judge-error' } })
  })
})

test('no module is found but those that were given', async () => {
  // As a submission would look to the subject if intake had let it through.
  const leaky = (script: string): Submission => ({
    url: submissionUrl(PATH),
    modules: { [submissionUrl(PATH)]: script },
    driver: { url: DRIVER, modules: { [DRIVER]: "export { go } from '#kata/9-x/session'" } },
  })
  for (const name of [
    'node:fs',
    'fs',
    'node:process',
    '/etc/passwd',
    'file:///etc/passwd',
    'data:text/javascript,1',
    './main.mjs',
    'vitest',
  ]) {
    const still = await using((session) => session.load(leaky(`import '${name}'; export const go = 1`)))
    expect(still, name).toMatchObject({ threw: { message: expect.stringContaining('there is no module') } })
  }
  await using(async (session) => {
    await session.load(leaky("export const go = (name) => import(name).then(() => 'in', (error) => error.message)"))
    expect(await session.call('go', ['node:fs'])).toMatchObject({ results: [{ value: 'there is no module node:fs' }] })
  })
})

test('many at a time do not mix', { timeout: 120_000 }, async () => {
  const ends = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      going(
        i % 3 === 0
          ? `${GO}throw new Error('${i}')`
          : `export const later = 1\nexport const go = (n: number) => n + ${i}`,
      ),
    ),
  )
  for (const [i, end] of ends.entries())
    expect(end).toMatchObject(i % 3 === 0 ? { threw: { message: `${i}` } } : { results: [{ ok: true, value: 1 + i }] })
})

describe('the judge', () => {
  /** A judge of its own, as a process. Says the pid of its subject. */
  const judge = (body: string): ChildProcess =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openSession } from ${JSON.stringify(join(import.meta.dirname, 'session.ts'))}
         import { prepareSubmission } from ${JSON.stringify(join(import.meta.dirname, 'prepare.ts'))}
         const load = (session, source) => session.load({ ...prepareSubmission('${PATH}', source, []), driver: { url: '${DRIVER}', modules: { '${DRIVER}': "export { go } from '#kata/${PATH}'" } } })
         const session = openSession({})
         ${body}`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
  const exit = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', resolve))
  const said = (child: ChildProcess) =>
    new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())))

  test('is kept alive by a question, and by nothing else', { timeout: 120_000 }, async () => {
    expect(await exit(judge(''))).toBe(0)
    const asking = judge(
      "await load(session, 'export const go = () => { for (let i = 0; i < 1e7; i++); return 1 }'); console.log(JSON.stringify(await session.call('go', [1])))",
    )
    const [answer, code] = await Promise.all([said(asking), exit(asking)])
    expect(JSON.parse(answer)).toMatchObject({ results: [{ ok: true, value: 1 }] })
    expect(code).toBe(0)
  })

  test.runIf(process.platform === 'linux').each([
    ['waits', "await load(session, 'export const go = 1')"],
    [
      'loops and catches everything',
      "await load(session, 'export const go = () => { for (;;) try { for (;;); } catch {} }'); session.call('go', [1])",
    ],
    [
      'floods microtasks',
      "await load(session, 'export const go = async () => { for (;;) await 1 }'); session.call('go', [1])",
    ],
  ])('may be killed: a subject that %s ends with it', { timeout: 120_000 }, async (_, body) => {
    const child = judge(`${body}; console.log('on'); setInterval(() => {}, 1000)`)
    await said(child)
    const subjects = childrenOf(child.pid ?? 0)
    expect(subjects).toHaveLength(1)
    child.kill('SIGKILL')
    await exit(child)
    for (let tries = 0; tries < 600 && subjects.some(isAlive); tries++) await pause(100)
    expect(subjects.filter(isAlive)).toEqual([])
  })
})

test.runIf(process.platform === 'linux')(
  'the system ends what nobody is left to end, and leaves no core of it',
  async () => {
    await using(async (session) => {
      await session.load(submission(GO))
      const subjects = childrenOf(process.pid).filter((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('subject/main.mjs'),
      )
      const limits = readFileSync(`/proc/${subjects.at(-1)}/limits`, 'latin1')
      expect(limits).toMatch(/^Max cpu time +600 +600 /m)
      expect(limits).toMatch(/^Max core file size +0 +0 /m)
    })
  },
)

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => parentOf(child) === pid)
}

const isAlive = (pid: number): boolean => parentOf(pid) !== undefined

/** undefined for a process that is gone, or is only waiting to be buried */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}
