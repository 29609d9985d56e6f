// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/leaky-bucket`.
// The judge looks closer: npx kata check leaky-bucket

import { expect, test } from 'vitest'
import { LeakyBucket } from './leaky-bucket.ts'

/** A clock that stands still until the test moves it. */
function standingClock(startMs = 0) {
  let nowMs = startMs
  return { clock: () => nowMs, set: (toMs: number) => (nowMs = toMs) }
}

test('the trace of the lesson', () => {
  const { clock, set } = standingClock()
  const limiter = new LeakyBucket({ clients: 1, requests: 10, periodMs: 1000, burst: 3, clock })
  expect([0, 0, 0, 0].map((client) => limiter.tryAcquire(client))).toEqual([true, true, true, false])
  set(90)
  expect(limiter.tryAcquire(0)).toBe(false)
  expect(limiter.retryAfterMs(0)).toBe(10)
  set(100)
  expect(limiter.tryAcquire(0)).toBe(true)
  set(1000)
  expect([0, 0, 0, 0].map((client) => limiter.tryAcquire(client))).toEqual([true, true, true, false])
})

test('three a second is three a second, although a third of a second is no whole number of milliseconds', () => {
  const { clock, set } = standingClock()
  const limiter = new LeakyBucket({ clients: 1, requests: 3, periodMs: 1000, burst: 2, clock })
  limiter.tryAcquire(0)
  limiter.tryAcquire(0)
  for (const dueMs of [334, 667, 1000]) {
    set(dueMs - 1)
    expect(limiter.tryAcquire(0)).toBe(false)
    set(dueMs)
    expect(limiter.tryAcquire(0)).toBe(true)
  }
})

test('clients do not share', () => {
  const { clock } = standingClock()
  const limiter = new LeakyBucket({ clients: 2000, requests: 1, periodMs: 1000, burst: 1, clock })
  expect([0, 0, 1, 1024, 1999].map((client) => limiter.tryAcquire(client))).toEqual([true, false, true, true, true])
})

test('a clock that steps back by an hour locks nobody out who had requests left', () => {
  const { clock, set } = standingClock(7_200_000)
  const limiter = new LeakyBucket({ clients: 1, requests: 1, periodMs: 1000, burst: 2, clock })
  expect(limiter.tryAcquire(0)).toBe(true)
  set(3_600_000)
  expect(limiter.tryAcquire(0)).toBe(true)
  expect(limiter.tryAcquire(0)).toBe(false)
  expect(limiter.retryAfterMs(0)).toBe(3_601_000)
})

test('there is no such client', () => {
  const { clock } = standingClock()
  const limiter = new LeakyBucket({ clients: 2, requests: 1, periodMs: 1000, burst: 1, clock })
  expect(() => limiter.tryAcquire(2)).toThrow(/client/)
})
