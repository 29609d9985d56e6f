import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

const slugs = ['fixed-window', 'sliding-window-log', 'token-bucket', 'leaky-bucket', 'hash-ring']

test.each([
  ['token-buket', ['token-bucket']],
  ['tokne-bucket', ['token-bucket']],
  ['Token_Bucket', ['token-bucket']],
  ['token', ['token-bucket']],
  ['bucket', ['token-bucket', 'leaky-bucket']],
  ['sliding', ['sliding-window-log']],
  ['raft', []],
  ['in', []],
  ['', []],
  ['x'.repeat(1_000_000), []],
])('%.20s → %s', (typed, expected) => {
  expect(nearest(typed, slugs)).toEqual(expected)
})

test('no names, no suggestion', () => {
  expect(nearest('token-bucket', [])).toEqual([])
})

test('a swap of neighbours is one slip, and distance does not depend on direction', () => {
  expect(editDistance('ab', 'ba')).toBe(1)
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance === 0).toBe(a === b)
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
    }),
  )
})
