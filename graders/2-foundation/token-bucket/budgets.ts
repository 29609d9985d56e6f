// A limiter stands before every request, also before those that an attacker sends.

import type * as kata from '#kata/2-foundation/token-bucket'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000

export default [
  budget('A call is constant work, however long the client was away', {
    given: ({ TokenBucket }: Kata, { n }) => {
      // Each call finds the bucket as full as it can be: all that the call before took has come back in n ms.
      const time = { nowMs: START_MS }
      return { n, time, bucket: new TokenBucket({ capacity: n, refillPerSecond: 1_000, clock: () => time.nowMs }) }
    },
    when: ({ n, time, bucket }, i) => {
      time.nowMs += n
      return i % 3 === 2 ? bucket.retryAfterMs(n) : bucket.tryTake(n)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
    setUp: 'O(1)',
  }),
  budget('A call makes no garbage, granted or refused', {
    given: ({ TokenBucket }: Kata, { n }) => {
      const time = passingClock(START_MS, 250)
      return { time, bucket: new TokenBucket({ capacity: 2 + (n % 7), refillPerSecond: 1, clock: time.clock }) }
    },
    // Each third call only asks.
    when: ({ time, bucket }, i) => {
      time.pass()
      return i % 3 === 2 ? bucket.retryAfterMs() : bucket.tryTake()
    },
    bytesPerCall: 0,
  }),
  budget('Beside the reference', {
    given: ({ TokenBucket }: Kata) => {
      const time = passingClock(START_MS, 250)
      return { time, bucket: new TokenBucket({ capacity: 3, refillPerSecond: 1, clock: time.clock }) }
    },
    when: ({ time, bucket }) => {
      time.pass()
      return bucket.tryTake()
    },
    throughput: 'reference',
  }),
]
