// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/sliding-window-log`.
// The judge looks closer: npx kata check sliding-window-log

import { expect, test } from 'vitest'
import { SlidingWindowLog } from './sliding-window-log.ts'

/** A clock that stands still until the test moves it. */
function standingClock() {
  let nowMs = 0
  return { clock: () => nowMs, pass: (ms: number) => (nowMs += ms) }
}

test('requests of one millisecond are counted one by one', () => {
  const { clock } = standingClock()
  const log = new SlidingWindowLog({ limit: 2, windowMs: 1_000, clock })
  expect([log.tryAcquire(), log.tryAcquire(), log.tryAcquire()]).toEqual([true, true, false])
})

test('a place is free again when its own window is over, not before', () => {
  const { clock, pass } = standingClock()
  const log = new SlidingWindowLog({ limit: 2, windowMs: 1_000, clock })
  log.tryAcquire() // at 0
  pass(600)
  log.tryAcquire() // at 600
  pass(399)
  expect(log.tryAcquire()).toBe(false) // at 999: both still count
  pass(1)
  expect(log.tryAcquire()).toBe(true) // at 1,000: the first has left
  expect(log.tryAcquire()).toBe(false) // 600 and 1,000 count
})

test('the wait that it names is the wait that is needed', () => {
  const { clock, pass } = standingClock()
  const log = new SlidingWindowLog({ limit: 2, windowMs: 1_000, clock })
  log.tryAcquire()
  pass(600)
  expect(log.retryAfterMs()).toBe(0)
  log.tryAcquire()
  expect(log.retryAfterMs()).toBe(400)
})

test('options that make no sense are refused by name', () => {
  const { clock } = standingClock()
  expect(() => new SlidingWindowLog({ limit: 0, windowMs: 1_000, clock })).toThrow(RangeError)
  expect(() => new SlidingWindowLog({ limit: 0, windowMs: 1_000, clock })).toThrow(/limit/)
  expect(() => new SlidingWindowLog({ limit: 1, windowMs: 0.5, clock })).toThrow(/windowMs/)
})
