// Threads in lock step: one schedule is one interleaving; who waits for ever, spins for ever or races is found and named;
// and nothing that a submission does leads out of the lock step.

import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { History } from '../../graders/kit/threads.ts'
import { prepareOurs, prepareSubmission } from './prepare.ts'
import { openSession, type Session } from './session.ts'
import { tracedModules } from './trace-shared.ts'

const COURSE = join(import.meta.dirname, '../..')
const PATH = '9-x/threads'
const DRIVER = `kata:/graders/${PATH}/driver.ts`
const KIT = prepareOurs(COURSE, join(COURSE, 'graders/kit/threads.ts')).modules

/** Runs functions `a` and `b` of the submission as two threads, each with the words and a way to note things. */
const DRIVER_SOURCE = `
import * as kata from '#kata/${PATH}'
import { explore, lockStep, note } from '../../kit/threads.ts'
export const a = ({ memory, count }) => kata.a(new Int32Array(memory), count, note)
export const b = ({ memory, count }) => kata.b(new Int32Array(memory), count, note)
export const c = ({ memory, count }) => kata.c(new Int32Array(memory), count, note)
const threads = (count, names = ['a', 'b']) => {
  const memory = new SharedArrayBuffer(8192)
  return names.map((run) => ({ run, given: { memory, count } }))
}
export const go = ({ count = 1, names, ...schedule }) => lockStep(threads(count, names), schedule)
export const many = async ({ times, count }) => {
  for (let i = 0; i < times; i++) await lockStep(threads(count), { seed: 1, longest: 40 })
}
export const all = ({ count = 1, switches, names }) => explore(() => threads(count, names), { switches })
`

const open: Session[] = []
afterAll(() => {
  for (const session of open) session.kill()
})

async function load(source: string): Promise<Session> {
  const prepared = prepareSubmission(PATH, source, [])
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems))
  const session = openSession(KIT, undefined, 'threads')
  open.push(session)
  const { url, modules } = prepared
  const loaded = await session.load({
    url,
    modules: tracedModules(modules),
    driver: { url: DRIVER, modules: { [DRIVER]: DRIVER_SOURCE } },
  })
  if (!loaded.alive || 'threw' in loaded) throw new Error(JSON.stringify(loaded))
  return session
}

async function ask<T>(session: Session, operation: string, inputs: unknown[]): Promise<T[]> {
  const answer = await session.call(operation, inputs)
  if (!answer.alive) throw new Error(answer.death.why)
  return answer.results.map((result) => {
    if (!result.ok) throw new Error(JSON.stringify(result))
    return result.value as T
  })
}
const histories = async (source: string, ...inputs: object[]) => ask<History>(await load(source), 'go', inputs)

const RING = `
const HEAD = 32, TAIL = 64, DATA = 96, MASK = 63
export const a = (w, count) => {
  for (let i = 0; i < count; i++) {
    const tail = Atomics.load(w, TAIL)
    for (let head; tail - (head = Atomics.load(w, HEAD)) > MASK; ) Atomics.wait(w, HEAD, head)
    w[DATA + (tail & MASK)] = i
    Atomics.store(w, TAIL, tail + 1)
    Atomics.notify(w, TAIL)
  }
}
export const b = (w, count) => {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const head = Atomics.load(w, HEAD)
    while (Atomics.load(w, TAIL) === head) Atomics.wait(w, TAIL, head)
    sum += w[DATA + (head & MASK)]
    Atomics.store(w, HEAD, head + 1)
    Atomics.notify(w, HEAD)
  }
  return sum
}`

describe('one schedule is one interleaving', () => {
  test('on every run, in every process', async () => {
    const inputs = [1, 2, 3, 4, 5, 6].map((seed) => ({ seed, count: 200 }))
    const [once, twice, again] = await Promise.all([
      histories(RING, ...inputs, ...inputs),
      histories(RING, ...inputs),
      histories(RING, ...inputs.toReversed()),
    ])
    expect(once.map(({ end, threads }) => [end, threads[1]])).toEqual(Array(12).fill(['done', { returned: 19_900 }]))
    expect(once.slice(6)).toEqual(once.slice(0, 6))
    expect(twice).toEqual(once.slice(0, 6))
    expect(again.toReversed()).toEqual(twice)
    expect(new Set(twice.map(({ hash }) => hash)).size).toBe(6)
    expect(once.flatMap(({ races }) => races)).toEqual([])
  })

  test('more threads than were started ahead', async () => {
    const source =
      'const f = (w, count) => { for (let i = 0; i < count; i++) Atomics.add(w, 0, 1); return Atomics.load(w, 0) }\nexport const a = f, b = f, c = f'
    const [run] = await histories(source, { seed: 3, count: 50, names: ['a', 'b', 'c', 'a'] })
    expect(run?.end).toBe('done')
    expect(run?.touches).toBe(4 * 51)
    expect(run?.threads).toContainEqual({ returned: 200 })
  })
})

describe('found and named', () => {
  test('a notify that is forgotten', async () => {
    const source = `export const a = (w) => {
      while (Atomics.load(w, 0) === 0)
        Atomics.wait(w, 0, 0)
      return 'up'
    }
    export const b = (w) => {
      Atomics.store(w, 0, 1)
    }`
    const [slept, raced] = await histories(source, { switches: [], first: 0 }, { switches: [], first: 1 })
    expect(slept).toMatchObject({
      end: 'deadlock',
      waits: [{ thread: 0, line: 3, byteOffset: 0, changedBy: { thread: 1, line: 7 } }],
      threads: [{ stoppedAt: 3 }, { returned: undefined }],
    })
    expect(raced).toMatchObject({ end: 'done', threads: [{ returned: 'up' }, {}] })
  })

  test('a wake-up that is lost, by one switch at the only wrong place', async () => {
    const source = `export const a = (w) => {
      if (Atomics.load(w, 1) === 0)
        Atomics.wait(w, 0, 0)
    }
    export const b = (w) => {
      Atomics.store(w, 1, 1)
      Atomics.notify(w, 0)
    }`
    const [{ different, runs }] = (await ask(await load(source), 'all', [{ switches: 1 }])) as [
      { different: { switches: number[]; history: History }[]; runs: number },
    ]
    const lost = different.filter(({ history }) => history.end === 'deadlock')
    expect(lost).toMatchObject([
      { switches: [1], history: { waits: [{ thread: 0, line: 3, notifiedBefore: { thread: 1, line: 7 } }] } },
    ])
    expect(runs).toBeLessThan(12)
  })

  test('two who wait for each other', async () => {
    const source = `export const a = (w) => { Atomics.wait(w, 0, 0); Atomics.store(w, 1, 1); Atomics.notify(w, 1) }
    export const b = (w) => { Atomics.wait(w, 1, 0); Atomics.store(w, 0, 1); Atomics.notify(w, 0) }`
    const [run] = await histories(source, { seed: 1 })
    expect(run).toMatchObject({
      end: 'deadlock',
      waits: [
        { thread: 0, line: 1 },
        { thread: 1, line: 2 },
      ],
    })
  })

  test('one who spins for what never comes, with its line, and what was noted until then', async () => {
    const source = `export const a = (w, _, note) => {
      note('here')
      while (Atomics.load(w, 0) === 0)
        Atomics.pause()
    }
    export const b = (w, _, note) => { note('there') }`
    const [run] = await histories(source, { seed: 1 })
    expect(run).toMatchObject({ end: 'endless', threads: [{ stoppedAt: 3 }, { returned: undefined }] })
    expect(run?.events.map(({ what }) => what).sort()).toEqual(['here', 'there'])
  })

  test('spinning that somebody will end is no spinning for ever; time-outs are virtual', async () => {
    const source = `export const a = (w, _, note) => { note(Atomics.wait(w, 1, 0, 3_600_000)); Atomics.store(w, 0, 1) }
    export const b = (w, _, note) => { while (Atomics.load(w, 0) === 0); note(Atomics.wait(w, 1, 1, 5)); note(Atomics.wait(w, 1, 0, 5)) }`
    const runs = await histories(source, { seed: 1 }, { switches: [], first: 1 }, { switches: [], first: 0 })
    for (const run of runs)
      expect(run).toMatchObject({
        end: 'done',
        events: [{ what: 'timed-out' }, { what: 'not-equal' }, { what: 'timed-out' }],
      })
  })

  test('words that nothing orders', async () => {
    const publish = (store: string, load: string) => `export const a = (w) => {
      w[8] = 5
      ${store}
    }
    export const b = (w) => {
      while (${load} === 0);
      return w[8]
    }`
    const [plain] = await histories(publish('w[0] = 1', 'w[0]'), { seed: 1 })
    expect(plain?.races).toContainEqual({
      buffer: 0,
      byteOffset: 32,
      first: { thread: 0, line: 2 },
      second: { thread: 1, line: 7 },
    })
    const [half] = await histories(publish('w[0] = 1', 'Atomics.load(w, 0)'), { seed: 1 })
    expect(half?.races.map(({ byteOffset }) => byteOffset)).toContain(0)
    const [atomic] = await histories(publish('Atomics.store(w, 0, 1)', 'Atomics.load(w, 0)'), { seed: 1 })
    expect(atomic?.races).toEqual([])
  })

  test('a store that comes too early, and a lost update, by few switches', async () => {
    const source = `export const a = (w) => { w[0] = 1; w[1] = 9; w[2]++ }
    export const b = (w) => { w[2]++; return w[0] === 1 ? w[1] : undefined }
    export const c = (w) => w[2]`
    const [{ different }] = (await ask(await load(source), 'all', [{ switches: 2 }])) as [
      { different: { history: History }[] },
    ]
    expect(different.map(({ history }) => history.threads[1])).toContainEqual({ returned: 0 })
  })
})

describe('ended by its fuel, with its line', () => {
  const LOOP = `export const a = (w) => { Atomics.load(w, 0) }
    export const b = (w) => {
      BODY
    }`
  test.each([
    ['a loop that touches nothing', 'for (;;);', 3],
    ['one that swallows the end of the run', 'for (;;)\n try { Atomics.wait(w, 0, 0) } catch {}', 3],
  ])('%s', async (_, body, line) => {
    const session = await load(LOOP.replace('BODY', body))
    const answer = await session.call('go', [{ seed: 1 }])
    expect(answer).toMatchObject({ alive: false, death: { cause: 'timed-out', line } })
  })
})

test('what a thread throws is thrown, with its line', async () => {
  const session = await load('export const a = () => {}\nexport const b = () => {\n  throw new RangeError("no") }')
  const answer = await session.call('go', [{ seed: 1 }])
  expect(answer).toMatchObject({ results: [{ ok: false, threw: { name: 'RangeError', message: 'no', line: 3 } }] })
})

test('a thread that fills its memory is a crash, and nobody waits for it', async () => {
  const session = await load(
    'export const a = () => {}\nexport const b = () => { const all = []; for (;;) all.push(new Array(1e5).fill(1.5)) }',
  )
  const answer = await session.call('go', [{ seed: 1 }])
  expect(answer).toMatchObject(
    answer.alive
      ? { results: [{ ok: false, threw: { message: expect.stringContaining('memory') } }] }
      : { death: { cause: 'crashed' } },
  )
})

test('two thousand values are no endless run, unless its schedule says so', async () => {
  const [whole, cut] = await histories(RING, { seed: 1, count: 2_000 }, { seed: 1, count: 2_000, most: 5_000 })
  expect(whole).toMatchObject({ end: 'done', threads: [{}, { returned: 1_999_000 }] })
  expect(whole?.touches).toBeGreaterThan(20_000)
  expect(cut).toMatchObject({ end: 'endless', touches: 5_000 })
})

test('what threads touch is charged to the fuel of their request, so that it ends at a count', async () => {
  const session = await load(RING)
  const threads = await ask<History>(session, 'go', [{ seed: 1, count: 400, longest: 1 }])
  // 50,000,000 passes of fuel, 16 for each touch: what one request may touch is a count, the same on every machine.
  const { touches } = threads[0] as History
  expect(touches).toBeGreaterThan(3_000)
  const answer = await session.call('many', [{ times: Math.ceil(50_000_000 / 16 / touches) + 1, count: 400 }])
  expect(answer).toMatchObject({
    alive: false,
    death: { cause: 'timed-out', why: expect.stringContaining('50,000,000') },
  })
}, 120_000)

test('the next run is as good as new', async () => {
  const session = await load(`${RING}\nexport const c = (w) => { Atomics.wait(w, 0, 0) }`)
  const inputs = [
    { seed: 1, count: 5 },
    { seed: 1, names: ['c', 'c'] },
    { seed: 1, count: 5 },
  ]
  const [before, dead, after] = await ask<History>(session, 'go', inputs)
  expect(dead?.end).toBe('deadlock')
  expect(after).toEqual(before)
})

/** Each looks for a way out, and returns what it has found; `nothing` if none. */
const HOSTILE: Record<string, string> = {
  'other memory than its own':
    "const names = Reflect.ownKeys(globalThis).filter((k) => /process|require|Worker|Channel|workerData|port/i.test(String(k))); return names.join() || 'nothing'",
  'the engine': "return globalThis[Symbol.for('kata.subject')] === undefined ? 'nothing' : 'the engine'",
  'a real wait':
    "const own = new Int32Array(new SharedArrayBuffer(4)); return Atomics.wait(own, 0, 0, 1e9) === 'timed-out' ? 'nothing' : 'time'",
  'another realm’s Atomics':
    "return [Atomics.constructor, (() => {}).constructor].some((F) => { try { F('return 1')(); return true } catch { return false } }) ? 'code' : 'nothing'",
  'built-ins that can be changed':
    "try { Atomics.load = () => 7 } catch {} try { Int32Array.prototype.at = () => 7 } catch {} w[0] = 1; return Atomics.load(w, 0) === 1 && w.at(0) === 1 && Object.isFrozen(Atomics) ? 'nothing' : 'a patch'",
  'the proxies of its arrays':
    "let seen = 'nothing'; w.find((v, i, array) => { if (array !== w) seen = 'a proxy'; return true }); w.fill(0, 0, 1) === w || (seen = 'a proxy'); return seen",
  'frames of ours on the stack':
    "let s = ''; w.find(() => { s = new Error().stack; return true }); return /threads?\\.mjs|lock-step|file:|shared-memory/.test(s) ? s : 'nothing'",
  'promises that run between turns':
    "Promise.resolve().then(() => { w[100] = 1 }); for (let i = 0; i < 50; i++) Atomics.load(w, 0); return w[100] === 0 ? 'nothing' : 'a turn'",
  'asynchronous waiting': "try { Atomics.waitAsync(w, 0, 0); return 'async' } catch { return 'nothing' }",
  'what it left in the realm of another run': "globalThis.x ??= 0; return 'x'",
}

test.each(Object.entries(HOSTILE))('no way to %s', async (_, body) => {
  const session = await load(`const f = (w) => { ${body} }\nexport const a = f, b = f`)
  const answer = await session.call('go', [{ seed: 2 }])
  if (!answer.alive) throw new Error(answer.death.why)
  const [result] = answer.results
  if (result?.ok) expect((result.value as History).threads).toEqual([{ returned: 'nothing' }, { returned: 'nothing' }])
  else expect(result).toMatchObject({ threw: { name: 'TypeError' } })
})

test('a counter that another thread counts up is no clock: it stands still while one works', async () => {
  const source = `export const a = (w) => { for (let i = 0; i < 500; i++) Atomics.add(w, 0, 1) }
  export const b = (w) => {
    const before = Atomics.load(w, 0)
    let x = 1
    for (let i = 0; i < 3e6; i++) x = Math.imul(x, 48271)
    return [before, Atomics.load(w, 0), x]
  }`
  const [once, twice] = await Promise.all([
    histories(source, { seed: 7, longest: 5 }),
    histories(source, { seed: 7, longest: 5 }),
  ])
  expect(once).toEqual(twice)
})
