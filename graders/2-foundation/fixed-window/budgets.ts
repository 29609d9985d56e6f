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
      const time = passingClock(START_MS, n * WINDOW_MS + 1)
      return { time, window: new FixedWindow({ limit: n, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, window }, i) => {
      time.pass()
      if (i % 3 === 1) return window.remaining()
      return i % 3 === 0 ? window.tryAcquire(1 + (i % 5)) : window.retryAfterMs(2)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
    setUp: 'O(1)',
  }),
  budget('A call makes no garbage, granted or refused, in an old window or a new one', {
    given: ({ FixedWindow }: Kata) => {
      // Four calls to a window that has room for two.
      const time = passingClock(START_MS, WINDOW_MS / 4)
      return { time, window: new FixedWindow({ limit: 2, windowMs: WINDOW_MS, clock: time.clock }) }
    },
    when: ({ time, window }) => {
      time.pass()
      window.tryAcquire()
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
