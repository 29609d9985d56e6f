// A counter stands in the path of everything that is counted, on every core: what one thread spends on it, and what it
// takes away from the others.

import type * as kata from '#kata/5-kernel/striped-counter'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Shared = { memory: SharedArrayBuffer; stripes: number }

const shared = ({ StripedCounter }: Kata, stripes: number): Shared => ({
  memory: new SharedArrayBuffer(StripedCounter.bytesFor(stripes)),
  stripes,
})

const on = ({ StripedCounter }: Kata, { memory, stripes }: Shared, stripe: number) =>
  new StripedCounter({ memory, stripes, stripe })

const adder = (stripe: number) => (module: Kata, memory: Shared) => {
  const counter = on(module, memory, stripe)
  return () => counter.add()
}

export default [
  budget('An add costs the same however many stripes there are', {
    given: (module: Kata, { n }) => on(module, shared(module, n), n >> 1),
    when: (counter) => counter.add(),
    steps: 'O(1)',
  }),
  budget('A sum looks at each stripe once', {
    given: (module: Kata, { n }) => on(module, shared(module, n), 0),
    when: (counter) => counter.sum(),
    steps: 'O(n)',
    calls: () => 8,
    // Once is three steps in the reference; an honest design may take a few more.
    ceiling: { says: '10 · stripes + 32', of: (n) => 10 * n + 32 },
  }),
  budget('Threads of different stripes share no cache line', {
    given: (module: Kata) => shared(module, 4),
    threads: [adder(0), adder(1), adder(2), adder(3)],
    turns: 500,
    sharedCacheLines: 0,
  }),
  budget('An add makes no garbage', {
    given: (module: Kata) => on(module, shared(module, 8), 3),
    when: (counter) => counter.add(3),
    bytesPerCall: 0,
  }),
  budget('A sum makes no garbage', {
    // Small counts, so that the total is no number that has to be made: a double would be an object of its own.
    given: (module: Kata) => {
      const memory = shared(module, 8)
      for (let stripe = 0; stripe < 8; stripe++) on(module, memory, stripe).add(stripe)
      return on(module, memory, 0)
    },
    when: (counter) => counter.sum(),
    bytesPerCall: 0,
  }),
  budget('Beside the reference', {
    given: (module: Kata) => on(module, shared(module, 8), 3),
    when: (counter) => counter.add(),
    throughput: 'reference',
  }),
]
