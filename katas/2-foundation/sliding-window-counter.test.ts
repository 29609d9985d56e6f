// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/sliding-window-counter`.
// The judge looks closer: npx kata check sliding-window-counter

import { expect, test } from 'vitest'
import { SlidingWindowCounter } from './sliding-window-counter.ts'

/** A clock that stands still until the test moves it. */
function standingClock() {
  let nowMs = 0
  return { clock: () => nowMs, pass: (ms: number) => (nowMs += ms) }
}

/** How many requests are granted at once, before the first refusal. */
function drain(counter: SlidingWindowCounter): number {
  let granted = 0
  while (granted < 1_000 && counter.tryAcquire()) granted++
  return granted
}

test('a first window grants the limit', () => {
  const { clock } = standingClock()
  expect(drain(new SlidingWindowCounter({ limit: 100, windowMs: 1_000, clock }))).toBe(100)
})

test('the previous window counts for the part that still overlaps', () => {
  const { clock, pass } = standingClock()
  const counter = new SlidingWindowCounter({ limit: 100, windowMs: 1_000, clock })
  drain(counter)
  pass(1_000)
  expect(drain(counter)).toBe(0) // all of the 100 still count
  pass(250)
  expect(drain(counter)).toBe(25) // three quarters of them do
})

test('what is two windows old is forgotten', () => {
  const { clock, pass } = standingClock()
  const counter = new SlidingWindowCounter({ limit: 100, windowMs: 1_000, clock })
  drain(counter)
  pass(2_000)
  expect(drain(counter)).toBe(100)
})

test('the wait that it names is the wait that is needed', () => {
  const { clock, pass } = standingClock()
  const counter = new SlidingWindowCounter({ limit: 3, windowMs: 1_000, clock })
  drain(counter)
  expect(counter.retryAfterMs()).toBe(1_334) // 3 × 666 + 1,000 is the first sum that is at most 3,000
  pass(1_334)
  expect(counter.retryAfterMs()).toBe(0)
})

test('options that make no sense are refused by name', () => {
  const { clock } = standingClock()
  expect(() => new SlidingWindowCounter({ limit: 0, windowMs: 1_000, clock })).toThrow(RangeError)
  expect(() => new SlidingWindowCounter({ limit: 0, windowMs: 1_000, clock })).toThrow(/limit/)
  expect(() => new SlidingWindowCounter({ limit: 1, windowMs: 0.5, clock })).toThrow(/windowMs/)
})
