// How often a subject is replaced, and when no more: with sessions made here, for true ones take seconds to die.

import { expect, test } from 'vitest'
import { SubjectLost } from '../../graders/kit/subjects.ts'
import type { Answer, Death, Session } from '../sandbox/session.ts'
import type { Trail } from '../sandbox/trail.ts'
import type { Job } from './jobs.ts'
import { bench } from './subject-bench.ts'

const modules = { 'kata:/x.ts': 'export const x = 1' }
const driver = { url: 'kata:/driver.ts', modules: {} }
const job = (seeds: number[] = [1]): Job => ({
  id: 'x',
  kata: 'x',
  url: 'kata:/x.ts',
  modules,
  seeds,
  shrink: true,
  exhaustive: false,
})
const aftermath = () => ({ late: [], printed: [] })
const loaded = { alive: true, operations: ['run'] } as const
const fine: Session['call'] = async () => ({ alive: true, results: [{ ok: true, value: 7 }], aftermath: aftermath() })
const dead = (death: Death, item?: number) => ({
  alive: false as const,
  death,
  ...(item === undefined ? {} : { item }),
})
const crash = dead({ cause: 'crashed', why: 'it fell over' })
const hang = dead({ cause: 'timed-out', why: 'it hung', at: { during: 'call', item: 0, passes: 0 } }, 0)

/** Sessions one after another, each with its answers to load and call. */
function sessions(
  next: (nth: number) => { load?: Answer<{ operations: string[] }>; call?: Session['call']; cpuMs?: number },
) {
  const opened: (Trail | undefined)[] = []
  const open = (trail?: Trail): Session => {
    const { load = loaded, call = fine, cpuMs = 0 } = next(opened.length)
    opened.push(trail)
    return {
      load: async () =>
        ({ ...load, ...(load.alive ? { operations: [...load.operations] } : {}) }) as Awaited<
          ReturnType<Session['load']>
        >,
      call,
      measure: () => Promise.reject(new Error('no suite measures')),
      end: async () => ({ alive: true, aftermath: aftermath() }),
      kill() {},
      cpuMs: () => cpuMs,
      cpuNs: () => cpuMs * 1e6,
    }
  }
  return { opened, open }
}

const outcome = async (asked: Promise<unknown>) => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof SubjectLost) return { lost: error.cause, item: error.item }
    throw error
  }
}

test('a subject that was dead before it was given anything is nobody’s fault: another takes its place, once', async () => {
  const gone = dead({ cause: 'judge-error', why: 'somebody ended it' })
  const once = sessions((nth) => (nth === 0 ? { load: gone } : {}))
  expect(await outcome(bench(job(), driver, once.open).subject.call('run', [1]))).toEqual([
    { kind: 'returned', value: 7 },
  ])
  const always = sessions(() => ({ load: gone }))
  const { subject } = bench(job(), driver, always.open)
  expect(await outcome(subject.call('run', [1]))).toMatchObject({ lost: { cause: 'judge-error' } })
  await outcome(subject.call('run', [1]))
  expect(always.opened).toHaveLength(2)
})

test('one that dies at every question is replaced a few times for each seed, and then no more', async () => {
  for (const seeds of [[1], [1, 2]]) {
    const { open, opened } = sessions(() => ({ call: async () => crash }))
    const { subject, close } = bench(job(seeds), driver, open)
    for (let i = 0; i < 30; i++)
      expect(await outcome(subject.call('run', [1]))).toMatchObject({ lost: { cause: 'crashed' } })
    expect(opened).toHaveLength(4 * seeds.length)
    expect((await close()).deaths).toHaveLength(4 * seeds.length)
  }
})

test('one that hangs is run once more for its line and its input, and then no more', async () => {
  const { open, opened } = sessions(() => ({ call: async () => ({ ...hang, item: opened.length - 1 }) }))
  const { subject } = bench(job(), driver, open)
  expect(await outcome(subject.call('run', [1, 2]))).toMatchObject({
    lost: { cause: 'timed-out', why: 'it hung' },
    item: 1,
  })
  await outcome(subject.call('run', [1, 2]))
  expect(opened.map((trail) => trail?.from)).toEqual([undefined, { during: 'call', item: 0, passes: 0 }])
})

test('one that is slow, but never too slow, comes to an end too', async () => {
  const { open } = sessions(() => ({ cpuMs: 60_001 }))
  const { subject, close } = bench(job(), driver, open)
  expect(await outcome(subject.call('run', [1]))).toMatchObject({
    lost: { cause: 'timed-out', why: expect.stringContaining('60 s in all') },
  })
  await outcome(subject.call('run', [1]))
  expect((await close()).deaths).toHaveLength(1)
})
