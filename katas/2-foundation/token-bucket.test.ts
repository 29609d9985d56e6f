// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/token-bucket`.
// The judge looks closer: npx kata check token-bucket

import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

/** A clock that stands still until the test moves it. */
function standingClock() {
  let nowMs = 0
  return { clock: () => nowMs, pass: (ms: number) => (nowMs += ms) }
}

test('a new bucket lets its capacity through at once, and then no more', () => {
  const { clock } = standingClock()
  const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 1, clock })
  expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, true, false])
})

test('a token is back exactly when it is due', () => {
  const { clock, pass } = standingClock()
  const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 4, clock })
  bucket.tryTake(3)
  pass(249)
  expect(bucket.tryTake()).toBe(false)
  pass(1)
  expect(bucket.tryTake()).toBe(true)
})

test('the wait that it names is the wait that is needed', () => {
  const { clock, pass } = standingClock()
  const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 3, clock })
  bucket.tryTake(3)
  expect(bucket.retryAfterMs()).toBe(334)
  pass(334)
  expect(bucket.retryAfterMs()).toBe(0)
  expect(bucket.retryAfterMs(4)).toBe(Number.POSITIVE_INFINITY)
})

test('a count that makes no sense is refused by name', () => {
  const { clock } = standingClock()
  const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 1, clock })
  expect(() => bucket.tryTake(-1)).toThrow(/count/)
  expect(bucket.tryTake(3)).toBe(true)
})
