// `npm run bench:history`: how long the history checkers take. Medians of interleaved runs, in time of the processor that
// was spent on them: on a machine that does other things besides, the clock on the wall says little.

import { linearizable } from '../../graders/kit/history/linearizable.ts'
import { type KvInput, kv, type Model, type RegisterInput, register } from '../../graders/kit/history/models.ts'
import type { Operation } from '../../graders/kit/history/operation.ts'
import { type Plan, randomHistory } from '../../graders/kit/history/random-histories-fixture.ts'
import { registerZones } from '../../graders/kit/history/register-zones.ts'
import { median, type Row, table } from './statistics.ts'

const ROUNDS = Number(process.argv[2] ?? 15)
const KEYS = 10
const OPERATIONS = 10_000

const keyed: Plan<string | null, KvInput, string | null | undefined> = {
  model: kv,
  clients: 10,
  count: OPERATIONS,
  input(draw, i) {
    const key = `k${draw(KEYS)}`
    return draw(2) === 0 ? { op: 'get', key } : { op: 'put', key, value: `${i}` }
  },
}
const single: Plan<unknown, RegisterInput, unknown> = {
  model: register,
  clients: 10,
  count: OPERATIONS,
  input: (draw, i) => (draw(2) === 0 ? { op: 'read' } : { op: 'write', value: i }),
}

/** The same with one read in the middle of the value that was there a hundred operations before. */
function stale<Input extends { op: string }, Output>(history: readonly Operation<Input, Output>[]) {
  const at = history.findIndex(({ input }, i) => i > history.length / 2 && /get|read/.test(input.op))
  const old = history.slice(0, at - 100).findLast(({ input }) => JSON.stringify(input).includes(keyOf(history[at])))
  const output = (old?.input as { value?: Output } | undefined)?.value ?? old?.output
  return history.with(at, { ...(history[at] as Operation<Input, Output>), output: output as Output })
}
const keyOf = (operation: Operation | undefined): string =>
  JSON.stringify((operation?.input as { key?: string } | undefined)?.key ?? 'op')

/** Collecting garbage and optimising code beside it are counted in. */
function spentMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function verdictOf<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
  expected: string,
): () => number {
  return () => {
    const startedMs = spentMs()
    const { verdict } = linearizable(history, model)
    const ms = spentMs() - startedMs
    if (verdict !== expected) throw new Error(`${verdict}, not ${expected}`)
    return ms
  }
}

const ofKeys = randomHistory(keyed, 1)
const ofOne = randomHistory(single, 1)
const given10 = randomHistory({ ...keyed, givesUp: 1 }, 2)
const benches: readonly { readonly what: string; readonly target?: number; readonly run: () => number }[] = [
  { what: '10,000 operations over 10 keys, linearizable', target: 30, run: verdictOf(ofKeys, kv, 'yes') },
  { what: 'the same, with one stale read', run: verdictOf(stale(ofKeys), kv, 'no') },
  { what: 'the same, 1 of 100 never answered', run: verdictOf(given10, kv, 'yes') },
  { what: '10,000 operations on one register', run: verdictOf(ofOne, register, 'yes') },
  {
    what: 'the same by zones',
    run() {
      const startedMs = spentMs()
      if (registerZones(ofOne).verdict !== 'yes') throw new Error('not yes')
      return spentMs() - startedMs
    },
  },
]
const times = benches.map(() => [] as number[])
// Two rounds warm up what a suite has long warmed up when it checks its hundredth history.
for (let round = -2; round < ROUNDS; round++)
  for (const [i, { run }] of benches.entries()) {
    const ms = run()
    if (round >= 0) times[i]?.push(ms)
  }
const rows = benches.map(({ what, target }, i): Row => {
  const ms = median(times[i] ?? [])
  return {
    what,
    value: `${ms.toFixed(1)} ms`,
    target: target === undefined ? '' : `≤ ${target} ms`,
    met: target === undefined ? undefined : ms <= target,
  }
})
console.log(`Processor time, medians of ${ROUNDS} interleaved runs, Node ${process.versions.node}\n\n${table(rows)}`)
