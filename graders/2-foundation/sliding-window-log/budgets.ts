// The log is dearest exactly when somebody hammers: most calls are refusals, and the log is full.

import type * as kata from '#kata/2-foundation/sliding-window-log'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000

export default [
  budget('A call is constant work on average, however long the log', {
    given: ({ SlidingWindowLog }: Kata, { n }) => {
      // A log of n that is filled once, and then has four calls for each place that becomes free.
      const time = passingClock(START_MS, 1)
      const log = new SlidingWindowLog({ limit: n, windowMs: 4 * n, clock: time.clock })
      for (let i = 0; i < n; i++) {
        time.pass()
        log.tryAcquire()
      }
      return { time, log }
    },
    when: ({ time, log }, i) => {
      time.pass()
      return i % 4 === 3 ? log.retryAfterMs() : log.tryAcquire()
    },
    steps: 'O(1)',
    calls: (n) => 8 * n,
  }),
  budget('In the long run a call makes no garbage', {
    given: ({ SlidingWindowLog }: Kata) => {
      // Four calls for each place; of each five calls one only asks.
      const time = passingClock(START_MS, 1)
      return { time, log: new SlidingWindowLog({ limit: 100, windowMs: 400, clock: time.clock }) }
    },
    when: ({ time, log }, i) => {
      time.pass()
      return i % 5 === 4 ? log.retryAfterMs() : log.tryAcquire()
    },
    bytesPerCall: 0,
  }),
  budget('Refused requests take no memory, however many there are', {
    given: ({ SlidingWindowLog }: Kata, { n }) => {
      // Somebody hammers on a full log: n requests, one a millisecond, within its window.
      let nowMs = START_MS
      const log = new SlidingWindowLog({ limit: 50, windowMs: 1_000_000, clock: () => nowMs })
      for (let i = 0; i < n; i++) {
        nowMs++
        log.tryAcquire()
      }
      return log
    },
    bytesPerEntry: 0,
    // So far apart that what V8 keeps of its own, some 10 KB, is no byte an entry.
    sizes: [10_000, 160_000],
  }),
  budget('Beside the reference', {
    given: ({ SlidingWindowLog }: Kata) => {
      const time = passingClock(START_MS, 1)
      return { time, log: new SlidingWindowLog({ limit: 100, windowMs: 400, clock: time.clock }) }
    },
    when: ({ time, log }) => {
      time.pass()
      return log.tryAcquire()
    },
    throughput: 'reference',
  }),
]
