// A limiter stands before every request; the price of a quiet night must not be paid by the first visitor of the morning.

import type * as kata from '#kata/2-foundation/fixed-window'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000
const WINDOW_MS = 1_000

export default [
  budget('A call is constant work, however many windows went by unseen', {
    given: ({ FixedWindow }: Kata, { n }) => {
      // n windows between two calls, and a limit of n.
      const time = { nowMs: START_MS }
      return { n, time, window: new FixedWindow({ limit: n, windowMs: WINDOW_MS, clock: () => time.nowMs }) }
    },
    when: ({ n, time, window }, i) => {
      time.nowMs += n * WINDOW_MS + 1
      if (i % 3 === 1) return window.remaining()
      return i % 3 === 0 ? window.tryAcquire(1 + (i % 5)) : window.retryAfterMs(2)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
    setUp: 'O(1)',
  }),
  // Before garbage: what is never let go of comes in bursts, and would be told as that.
  budget('A window that is over leaves nothing behind', {
    given: ({ FixedWindow }: Kata, { n }) => {
      // n windows, one after another, with a grant in each.
      let nowMs = START_MS
      const window = new FixedWindow({ limit: 2, windowMs: WINDOW_MS, clock: () => nowMs })
      for (let i = 0; i < n; i++) {
        nowMs += WINDOW_MS
        window.tryAcquire()
      }
      return window
    },
    bytesPerEntry: 0,
    // So far apart that what V8 keeps of its own, some 10 KB, is no byte an entry.
    sizes: [10_000, 160_000],
  }),
  budget('A call makes no garbage, granted or refused, in an old window or a new one', {
    given: ({ FixedWindow }: Kata) => {
      // Five calls to a window that has room for two; of each four calls two only look.
      const time = passingClock(START_MS, WINDOW_MS / 5)
      return { time, window: new FixedWindow({ limit: 2, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, window }, i) => {
      time.pass()
      if (i % 4 === 2) return window.remaining()
      return i % 4 === 3 ? window.retryAfterMs() : window.tryAcquire()
    },
    bytesPerCall: 0,
  }),
  budget('Beside the reference', {
    given: ({ FixedWindow }: Kata) => {
      const time = passingClock(START_MS, WINDOW_MS / 4)
      return { time, window: new FixedWindow({ limit: 2, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, window }) => {
      time.pass()
      return window.tryAcquire()
    },
    throughput: 'reference',
  }),
]
