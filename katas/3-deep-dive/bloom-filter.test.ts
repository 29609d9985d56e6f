// Examples of the contract, to run from an editor or with `npx vitest run katas/3-deep-dive/bloom-filter`.
// The judge looks closer: npx kata check bloom-filter

import { expect, test } from 'vitest'
import { BloomFilter } from './bloom-filter.ts'

test('its size follows from how many entries it is for and how rarely it may err', () => {
  const filter = new BloomFilter({ entries: 1_000, oneIn: 100 })
  expect([filter.bits, filter.hashes]).toEqual([9_586, 7])
})

test('it says yes to all that was added, and to few others', () => {
  const filter = new BloomFilter({ entries: 1_000, oneIn: 100 })
  for (let i = 0; i < 1_000; i++) filter.add(`user:${i}`)
  const yes = (from: number) => Array.from({ length: 1_000 }, (_, i) => filter.has(`user:${from + i}`)).filter(Boolean)
  expect(yes(0).length).toBe(1_000)
  expect(yes(1_000).length).toBeLessThan(100)
})

test('a union has the keys of both', () => {
  const options = { entries: 100, oneIn: 1_000_000 }
  const [one, other] = [new BloomFilter(options), new BloomFilter(options)]
  one.add('one')
  other.add('other')
  const both = one.union(other)
  expect([both.has('one'), both.has('other'), both.has('neither'), one.has('other')]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('as bytes it is small, and answers the same elsewhere', () => {
  const options = { entries: 100, oneIn: 1_000_000 }
  const filter = new BloomFilter(options)
  filter.add('key')
  const bytes = filter.toBytes()
  expect(bytes.length).toBe(360)
  const elsewhere = BloomFilter.fromBytes(bytes, options)
  expect([elsewhere.has('key'), elsewhere.has('no key')]).toEqual([true, false])
  expect(() => BloomFilter.fromBytes(bytes.subarray(1), options)).toThrow(RangeError)
})

test('a filter for nobody is refused by name', () => {
  expect(() => new BloomFilter({ entries: 0, oneIn: 100 })).toThrow(RangeError)
})
