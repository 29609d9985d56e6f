// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/fixed-window`.
// The judge looks closer: npx kata check fixed-window

import { expect, test } from 'vitest'
import { FixedWindow } from './fixed-window.ts'

/** A clock that stands still until the test moves it. */
function standingClock(startMs: number) {
  let nowMs = startMs
  return { clock: () => nowMs, set: (toMs: number) => (nowMs = toMs) }
}

test('a window lets its limit through, and then no more', () => {
  const { clock } = standingClock(60_000)
  const window = new FixedWindow({ limit: 3, windowMs: 60_000, clock })
  expect([window.tryAcquire(), window.tryAcquire(2), window.tryAcquire()]).toEqual([true, true, false])
})

test('the border lets through twice the limit in two milliseconds: that is the contract', () => {
  const { clock, set } = standingClock(119_999)
  const window = new FixedWindow({ limit: 100, windowMs: 60_000, clock })
  expect(window.tryAcquire(100)).toBe(true)
  expect(window.tryAcquire()).toBe(false)
  set(120_000)
  expect(window.tryAcquire(100)).toBe(true)
})

test('a request that does not fit is not counted', () => {
  const { clock } = standingClock(60_000)
  const window = new FixedWindow({ limit: 10, windowMs: 60_000, clock })
  window.tryAcquire(8)
  expect(window.tryAcquire(5)).toBe(false)
  expect(window.remaining()).toBe(2)
  expect(window.tryAcquire(2)).toBe(true)
})

test('the wait leads to the end of the window, wherever in it the client asks', () => {
  const { clock, set } = standingClock(60_000)
  const window = new FixedWindow({ limit: 1, windowMs: 60_000, clock })
  window.tryAcquire()
  set(75_000)
  expect(window.retryAfterMs()).toBe(45_000)
  set(120_000)
  expect(window.retryAfterMs()).toBe(0)
  expect(window.retryAfterMs(2)).toBe(Number.POSITIVE_INFINITY)
})

test('a count that makes no sense is refused by name', () => {
  const { clock } = standingClock(60_000)
  const window = new FixedWindow({ limit: 3, windowMs: 60_000, clock })
  expect(() => window.tryAcquire(-1)).toThrow(/count/)
  expect(window.tryAcquire(3)).toBe(true)
})
