// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/lru-cache`.
// The judge looks closer: npx kata check lru-cache

import { expect, test } from 'vitest'
import { LruCache } from './lru-cache.ts'

/** A clock that stands still until the test moves it. */
function standingClock() {
  let nowMs = 0
  return { clock: () => nowMs, pass: (ms: number) => (nowMs += ms) }
}

test('the entry that has not been used for longest makes room', () => {
  const { clock } = standingClock()
  const cache = new LruCache<string, number>({ maxWeight: 2, clock })
  cache.set('a', 1)
  cache.set('b', 2)
  cache.get('a')
  cache.set('c', 3)
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
})

test('as many leave as a heavy one needs, and no more', () => {
  const { clock } = standingClock()
  const cache = new LruCache<string, string>({ maxWeight: 10, clock, weigh: (text) => text.length })
  for (const key of ['a', 'b', 'c']) cache.set(key, 'xxx')
  expect(cache.set('d', 'xxxxxxx')).toBe(true)
  expect([cache.has('a'), cache.has('b'), cache.has('c'), cache.weight]).toEqual([false, false, true, 10])
  expect(cache.set('e', 'xxxxxxxxxxx')).toBe(false)
  expect(cache.size).toBe(2)
})

test('an entry lives for its time from when it was set, however often it is read', () => {
  const { clock, pass } = standingClock()
  const cache = new LruCache<string, number>({ maxWeight: 2, ttlMs: 1_000, clock })
  cache.set('a', 0)
  pass(999)
  expect(cache.get('a')).toBe(0)
  pass(1)
  expect([cache.get('a'), cache.has('a'), cache.size]).toEqual([undefined, false, 0])
})

test('a weight that makes no sense is refused by name, and the old value is still there', () => {
  const { clock } = standingClock()
  const cache = new LruCache<string, number>({ maxWeight: 10, clock, weigh: (value) => value })
  cache.set('a', 4)
  expect(() => cache.set('a', Number.NaN)).toThrow(/weight/)
  expect([cache.get('a'), cache.weight]).toEqual([4, 4])
})
