// A million clients, most of whom never come: what one costs is what the whole costs.

import type * as kata from '#kata/2-foundation/leaky-bucket'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000

const bucketOf = ({ LeakyBucket }: Kata, clients: number, clock: () => number) =>
  new LeakyBucket({ clients, requests: 2, periodMs: 1_000, burst: 3, clock })

export default [
  budget('A call is constant work, however many clients there are', {
    given: (kata: Kata, { n, random }) => {
      const time = passingClock(START_MS, 7)
      // A few come all the time and are refused, most come once.
      const visitors = Array.from({ length: 2 * n }, () => Math.floor(random() ** 3 * n))
      return { time, visitors, bucket: bucketOf(kata, n, time.clock) }
    },
    when: ({ time, visitors, bucket }, i) => {
      time.pass()
      const client = visitors[i % visitors.length] as number
      return i % 3 === 0 ? bucket.retryAfterMs(client) : bucket.tryAcquire(client)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A call makes no garbage', {
    given: (kata: Kata) => {
      // Ten clients, each of whom comes five times in the half second that a request takes; each third call only asks.
      const time = passingClock(START_MS, 10)
      return { time, bucket: bucketOf(kata, 10, time.clock) }
    },
    when: ({ time, bucket }, i) => {
      time.pass()
      return i % 3 === 2 ? bucket.retryAfterMs(i % 10) : bucket.tryAcquire(i % 10)
    },
    bytesPerCall: 0,
  }),
  budget('A client is one number', {
    given: (kata: Kata, { n }) => {
      // Each client comes once.
      const bucket = bucketOf(kata, n, () => START_MS)
      for (let client = 0; client < n; client++) bucket.tryAcquire(client)
      return bucket
    },
    // A number of eight bytes, and half as much for the slack of a list that has grown to its length.
    bytesPerEntry: 12,
  }),
  budget('Beside the reference', {
    given: (kata: Kata) => {
      const time = passingClock(START_MS, 20)
      return { time, bucket: bucketOf(kata, 10, time.clock) }
    },
    when: ({ time, bucket }, i) => {
      time.pass()
      return bucket.tryAcquire(i % 10)
    },
    throughput: 'reference',
  }),
]
