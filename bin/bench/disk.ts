// `npm run bench:disk`: how many states after a power failure are made, and how many logs opened on them, in a second of
// the subject's own time: with gauged code, as a learner waits for it.

import type { Crashes, Workload } from '../../graders/kit/crash-lab.ts'
import { openWorld } from '../sandbox/simulation-fixture.ts'

/** Code is optimised late. */
const ROUNDS = 6

const log = await openWorld('3-deep-dive/write-ahead-log')
const appends = (sizes: readonly number[]) =>
  sizes.flatMap((size, id) => [['append', id, size] as const, ['flush'] as const])
await bench('one life, small records', [appends([10, 20, 30, 40, 50, 60])])
await bench('one life, records of some sectors', [appends([600, 1_500, 700, 2_000])])
await bench('two lives', [appends([600, 600]), appends([600])])
log.close()

async function bench(what: string, lives: Workload<unknown>['lives']): Promise<void> {
  const inputs = Array.from({ length: 20 }, (_, seed) => ({ lives, seed }))
  let best = { ms: Number.POSITIVE_INFINITY, states: 0, openings: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = log.cpuMs()
    const crashes = await log.call<Crashes<unknown>>('everyCrash', inputs)
    const ms = log.cpuMs() - startedMs
    const sum = (key: 'states' | 'openings') => crashes.reduce((all, { tried }) => all + tried[key], 0)
    if (ms < best.ms) best = { ms, states: sum('states'), openings: sum('openings') }
  }
  const perSecond = (count: number) => `${Math.round((count / best.ms) * 1_000).toLocaleString('en-US')}`.padStart(9)
  console.log(
    `${what.padEnd(36)} ${perSecond(best.states)} states/s ${perSecond(best.openings)} openings/s   at least 5,000`,
  )
}
