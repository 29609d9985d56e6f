// The exactness of the log was given away for this: constant work and a few numbers, whatever the limit.

import type * as kata from '#kata/2-foundation/sliding-window-counter'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000
const WINDOW_MS = 1_000

export default [
  budget('A call is constant work, whatever the limit, the window and the silence before it', {
    given: ({ SlidingWindowCounter }: Kata, { n }) => {
      // A limit of n in windows of n seconds, and four calls a second, of which every other one only asks.
      const time = { nowMs: START_MS }
      const counter = new SlidingWindowCounter({ limit: n, windowMs: n * 1_000, clock: () => time.nowMs })
      return { n, time, counter }
    },
    when: ({ n, time, counter }, i) => {
      // Two windows, then a silence of n × n windows, and once more.
      time.nowMs += i % (8 * n) === 0 ? n * n * n * 1_000 : 250
      return i % 2 === 1 ? counter.retryAfterMs() : counter.tryAcquire()
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
    setUp: 'O(1)',
    calls: (n) => 16 * n,
  }),
  // Before garbage: what is never let go of comes in bursts, and would be told as that.
  budget('A window that is over leaves nothing behind', {
    given: ({ SlidingWindowCounter }: Kata, { n }) => {
      // n windows, one after another, with a grant in each.
      let nowMs = START_MS
      const counter = new SlidingWindowCounter({ limit: 4, windowMs: WINDOW_MS, clock: () => nowMs })
      for (let i = 0; i < n; i++) {
        nowMs += WINDOW_MS
        counter.tryAcquire()
      }
      return counter
    },
    bytesPerEntry: 0,
    // So far apart that what V8 keeps of its own, some 10 KB, is no byte an entry.
    sizes: [10_000, 160_000],
  }),
  budget('A call makes no garbage', {
    given: ({ SlidingWindowCounter }: Kata) => {
      // Eight calls to a window that has room for four; of each three calls one only asks.
      const time = passingClock(START_MS, WINDOW_MS / 8)
      return { time, counter: new SlidingWindowCounter({ limit: 4, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, counter }, i) => {
      time.pass()
      return i % 3 === 2 ? counter.retryAfterMs() : counter.tryAcquire()
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
