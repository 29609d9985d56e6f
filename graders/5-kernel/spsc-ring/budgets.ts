// A ring between two threads is there to be faster than any lock: a line of the cache that both want costs as much as one.

import type * as kata from '#kata/5-kernel/spsc-ring'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

/** Enough slots that none of them is written in every tenth call. */
const CAPACITY = 64
/** Few enough that they often wait, and still no slot is written in every tenth call. */
const WAITING_CAPACITY = 16
const CALLS = 1_024

const ringOf = ({ SpscRing }: Kata, capacity: number) =>
  new SpscRing(new SharedArrayBuffer(SpscRing.bytesFor(capacity)), capacity)
const memoryOf = ({ SpscRing }: Kata, capacity: number) => new SharedArrayBuffer(SpscRing.bytesFor(capacity))

export default [
  budget('A value in and out is constant work, however large the ring', {
    given: (module: Kata, { n }) => {
      const capacity = 2 ** Math.ceil(Math.log2(n))
      const ring = ringOf(module, capacity)
      // Half full, so that neither side meets the other.
      for (let i = 0; i < capacity / 2; i++) ring.tryPush(i)
      return ring
    },
    when: (ring, i) => [ring.tryPush(i), ring.tryPop()],
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A value in and out makes no garbage', {
    given: (module: Kata) => {
      const memory = memoryOf(module, CAPACITY)
      const { SpscRing } = module
      // Where small numbers end, so that those that do not stay small are found.
      SpscRing.prepare(memory, CAPACITY, 2 ** 31 - CALLS)
      return new SpscRing(memory, CAPACITY)
    },
    when: (ring, i) => {
      ring.tryPush(i)
      return ring.tryPop()
    },
    bytesPerCall: 0,
  }),
  budget('The two threads keep off each other’s cache lines', {
    given: (module: Kata) => memoryOf(module, CAPACITY),
    threads: [
      ({ SpscRing }: Kata, memory) => {
        const ring = new SpscRing(memory, CAPACITY)
        return (turn) => ring.tryPush(turn + 1)
      },
      ({ SpscRing }: Kata, memory) => {
        const ring = new SpscRing(memory, CAPACITY)
        return () => ring.tryPop()
      },
    ],
    sharedCacheLines: 0,
  }),
  budget('They keep off them while they wait for each other, too', {
    given: (module: Kata) => memoryOf(module, WAITING_CAPACITY),
    threads: [
      ({ SpscRing }: Kata, memory) => {
        const ring = new SpscRing(memory, WAITING_CAPACITY)
        return (turn) => ring.push(turn + 1)
      },
      ({ SpscRing }: Kata, memory) => {
        const ring = new SpscRing(memory, WAITING_CAPACITY)
        return () => ring.pop()
      },
    ],
    blocking: true,
    sharedCacheLines: 0,
  }),
  budget('A value in and out beside the reference', {
    given: (module: Kata) => ringOf(module, CAPACITY),
    when: (ring, i) => {
      ring.tryPush(i)
      return ring.tryPop()
    },
    throughput: 'reference',
  }),
]
