// The exactness of the log was given away for this: constant work and a few numbers, whatever the limit.

import type * as kata from '#kata/2-foundation/sliding-window-counter'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000
const WINDOW_MS = 1_000

export default [
  budget('A call is constant work, whatever the limit and however long the silence', {
    given: ({ SlidingWindowCounter }: Kata, { n }) => {
      // A limit of n, asked n times a window; twice, n windows of silence.
      const time = { nowMs: START_MS }
      const counter = new SlidingWindowCounter({ limit: n, windowMs: WINDOW_MS * n, clock: () => time.nowMs })
      return { n, time, counter }
    },
    when: ({ n, time, counter }, i) => {
      time.nowMs += i % (2 * n) === 0 ? n * n * WINDOW_MS : WINDOW_MS
      return i % 4 === 3 ? counter.retryAfterMs() : counter.tryAcquire()
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
    calls: (n) => 4 * n,
  }),
  budget('A call makes no garbage', {
    given: ({ SlidingWindowCounter }: Kata) => {
      const time = passingClock(START_MS, WINDOW_MS / 8)
      return { time, counter: new SlidingWindowCounter({ limit: 4, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, counter }) => {
      time.pass()
      counter.tryAcquire()
    },
    bytesPerCall: 0,
  }),
  budget('Beside the reference', {
    given: ({ SlidingWindowCounter }: Kata) => {
      const time = passingClock(START_MS, WINDOW_MS / 8)
      return { time, counter: new SlidingWindowCounter({ limit: 4, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, counter }) => {
      time.pass()
      return counter.tryAcquire()
    },
    throughput: 'reference',
  }),
]
