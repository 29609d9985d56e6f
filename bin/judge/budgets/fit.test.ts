// Every class is told from the others whatever is spent beside, at sizes that have been moved.

import { describe, expect, test } from 'vitest'
import { GROWTHS, type Growth } from '../../../graders/kit/budget.ts'
import { seededRandom } from '../../sandbox/subject/probes/random.mjs'
import { movedSizes } from '../../sandbox/subject/probes/sizes.mjs'
import { fitted, isWithin } from './fit.ts'

const CURVES: Record<Growth, (n: number) => number> = {
  'O(1)': () => 1,
  'O(log n)': Math.log2,
  'O(√n)': Math.sqrt,
  'O(n)': (n) => n,
  'O(n log n)': (n) => n * Math.log2(n),
  'O(n²)': (n) => n * n,
}

function found(growth: Growth, besides = [0, 1, 10, 100, 300]): Growth[] {
  const all = new Set<Growth>()
  for (let seed = 0; seed < 50; seed++)
    for (const beside of besides)
      for (const factor of [1, 2, 7])
        for (const whole of [Math.floor, Math.ceil]) {
          const sizes = movedSizes([64, 256, 1024], seed)
          all.add(fitted(sizes.map((n) => ({ n, value: beside + factor * whole(CURVES[growth](n)) }))).growth)
        }
  return [...all]
}

describe('fit', () => {
  test.each(GROWTHS.filter((growth) => growth !== 'O(n log n)'))(
    '%s is what it is, whatever is spent beside',
    (growth) => {
      expect(found(growth)).toEqual([growth])
    },
  )

  test('O(n log n) is, too, unless hundreds of steps beside hide it: then it is never taken for more', () => {
    expect(found('O(n log n)', [0, 1, 10, 100])).toEqual(['O(n log n)'])
    expect(GROWTHS.filter((growth) => found('O(n log n)', [300]).includes(growth))).toEqual(['O(n)', 'O(n log n)'])
  })

  test('a scan that ends at random is linear for every seed', () => {
    const all = new Set<Growth>()
    for (let seed = 0; seed < 2_000; seed++) {
      const random = seededRandom(seed, 9)
      const scan = (n: number) => Array.from({ length: 2 * n }, () => Math.ceil(random() * n)).reduce((a, b) => a + b)
      all.add(fitted(movedSizes([64, 256, 1024], seed).map((n) => ({ n, value: scan(n) / (2 * n) }))).growth)
    }
    expect([...all]).toEqual(['O(n)'])
  })

  test('a little wear on a constant is no growth; a falling cost is none either', () => {
    expect(fitted([64, 256, 1024].map((n, i) => ({ n, value: 200 + i }))).growth).toBe('O(1)')
    expect(fitted([64, 256, 1024].map((n, i) => ({ n, value: 300 - 90 * i }))).growth).toBe('O(1)')
  })

  test('a quarter of a step for each item is linear all the same', () => {
    expect(fitted([64, 256, 1024].map((n) => ({ n, value: 40 + n / 64 }))).growth).toBe('O(n)')
  })

  test('classes are ordered from cheap to dear', () => {
    expect(isWithin('O(log n)', 'O(n)')).toBe(true)
    expect(isWithin('O(n)', 'O(n)')).toBe(true)
    expect(isWithin('O(n log n)', 'O(n)')).toBe(false)
  })

  test('the dearest call may move by chance; less than a step a doubling is no growth of it', () => {
    const points = [29, 29, 30].map((value, i) => ({ n: 64 * 4 ** i, value }))
    expect(fitted(points, true).growth).toBe('O(1)')
    expect(
      fitted(
        [29, 31, 33].map((value, i) => ({ n: 64 * 4 ** i, value })),
        true,
      ).growth,
    ).toBe('O(log n)')
    expect(
      fitted(
        [29, 40, 84].map((value, i) => ({ n: 64 * 4 ** i, value })),
        true,
      ).growth,
    ).toBe('O(n)')
  })

  test('a few steps more over sixteen times the size are no more than logarithmic', () => {
    expect(fitted([20, 20, 27].map((value, i) => ({ n: 64 * 4 ** i, value }))).growth).toBe('O(log n)')
  })
})

test('what rises by little of a bound that is stated is bounded by it, and a search is not', () => {
  const points = (...values: number[]) => values.map((value, i) => ({ n: 64 * 4 ** i, value }))
  const once = points(1, 1, 6_241)
  expect(fitted(once).growth).toBe('O(n²)')
  expect(fitted(once, false, 12 * 16_384).growth).toBe('O(1)')
  expect(fitted(once, false, 100_000).growth).toBe('O(n²)')
  expect(fitted(points(10, 12, 14), false, 80).growth).toBe('O(log n)')
})
