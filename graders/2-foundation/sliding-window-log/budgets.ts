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
  budget('The log is bounded by its limit, however many requests it refuses', {
    given: ({ SlidingWindowLog }: Kata, { n }) => {
      // A grant each millisecond, and as soon as the log is full 32 refusals for each place.
      let nowMs = START_MS
      const log = new SlidingWindowLog({ limit: n, windowMs: 1_000_000_000, clock: () => nowMs })
      for (let i = 0; i < 33 * n; i++) {
        if (i < n || i % 32 === 0) nowMs++
        log.tryAcquire()
      }
      return log
    },
    // Any right log fits: an object with its time and its place in a list is some 60.
    bytesPerEntry: 100,
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
