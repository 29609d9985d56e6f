// The arithmetic of confidence, against values that are known, and against simulation of what it is for.

import { expect, test } from 'vitest'
import { chiSquareUpperTail, judgeQuality, upperTail } from './quality.ts'

test('binomial tails are exact', () => {
  expect(upperTail(10, 10, 0.5)).toBeCloseTo(2 ** -10, 12)
  // P(X ≥ 8 of 10) = 56 / 1024
  expect(upperTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 12)
  // R: pbinom(159, 10000, 0.01, lower.tail = FALSE)
  expect(upperTail(160, 10_000, 0.01) / 1.1e-8).toBeGreaterThan(0.5)
  expect(upperTail(160, 10_000, 0.01) / 1.1e-8).toBeLessThan(2)
})

test('chi-square tails are exact', () => {
  // For an even number of degrees the tail is a sum of Poisson terms.
  const exact = (x: number, k: number) => {
    let term = Math.exp(-x / 2)
    let sum = 0
    for (let j = 0; j < k / 2; j++, term *= x / 2 / j) sum += term
    return sum
  }
  for (const [x, k] of [
    [149.449, 100],
    [59.703, 30],
    [66, 10],
    [93, 20],
    [230, 100],
  ] as const) {
    const ratio = chiSquareUpperTail(x, k) / exact(x, k)
    expect(ratio, `${x} of ${k}`).toBeCloseTo(1, 8)
  }
  // The exponent alone would be nothing.
  expect(chiSquareUpperTail(4_400, 4_000)).toBeGreaterThan(1e-6)
})

test('a share fails only far outside of chance, on the side that is promised', () => {
  const atMost = { quality: { what: 'false positives', shareAtMost: 0.01 } }
  const judge = (hits: number) => judgeQuality(atMost, { hits, of: 10_000 })?.kept
  // Six standard deviations are 60.
  expect([0, 100, 150, 155].map(judge)).toEqual([true, true, true, true])
  expect([175, 200, 10_000].map(judge)).toEqual([false, false, false])
  const atLeast = { quality: { what: 'recall', shareAtLeast: 0.95 } }
  expect([9_300, 9_480, 10_000].map((hits) => judgeQuality(atLeast, { hits, of: 10_000 })?.kept)).toEqual([
    false,
    true,
    true,
  ])
})

test('a standard error fails by spread and by bias', () => {
  const budget = { quality: { what: 'estimate', standardErrorAtMost: 0.01 } }
  const errors = (scale: number, bias = 0) =>
    Array.from({ length: 400 }, (_, i) => bias + scale * (i % 2 === 0 ? 1 : -1) * ((i % 20) / 11.5))
  const rms = (list: number[]) => Math.sqrt(list.reduce((sum, one) => sum + one * one, 0) / list.length)
  expect(rms(errors(0.01))).toBeCloseTo(0.0096, 3)
  expect(judgeQuality(budget, { errors: errors(0.01) })?.kept).toBe(true)
  expect(judgeQuality(budget, { errors: errors(0.014) })?.kept).toBe(false)
  expect(judgeQuality(budget, { errors: errors(0.009, 0.012) })?.kept).toBe(false)
})

test('what is no sample is no figure', () => {
  const share = { quality: { what: 'x', shareAtMost: 0.1 } }
  for (const raw of [null, {}, { hits: -1, of: 10 }, { hits: 11, of: 10 }, { hits: 0.5, of: 10 }, { hits: 0, of: 0 }])
    expect(judgeQuality(share, raw)).toBeUndefined()
  expect(judgeQuality({ quality: { what: 'x', standardErrorAtMost: 1 } }, { errors: [Number.NaN, 0] })).toBeUndefined()
  expect(judgeQuality({ quality: { what: 'x', figureAtMost: 1 } }, { figure: '0' })).toBeUndefined()
})
