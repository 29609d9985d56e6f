// Points are whole hundredths, so that sums are exact and no export rounds a second time.

import type { Hundredths } from './grades.ts'

/** @returns undefined for what has more than two decimals, or is no number to count with */
export function inHundredths(value: number): Hundredths | undefined {
  const whole = Math.round(value * 100)
  return Number.isSafeInteger(whole) && whole / 100 === value ? whole : undefined
}

/**
 * Splits points in proportion to weights by largest remainders: everybody gets the whole hundredths of their share, and
 * what remains goes, one each, to those with the largest part left over; of two alike to the first.
 * @param weights whole numbers, one of them above 0
 * @returns whole hundredths that come to exactly `of`
 */
export function split(of: Hundredths, weights: readonly number[]): Hundredths[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const shares = weights.map((weight, i) => ({ i, whole: Math.floor((of * weight) / sum), left: (of * weight) % sum }))
  const missing = of - shares.reduce((total, { whole }) => total + whole, 0)
  const lucky = new Set(
    [...shares]
      .sort((a, b) => b.left - a.left || a.i - b.i)
      .slice(0, missing)
      .map(({ i }) => i),
  )
  return shares.map(({ i, whole }) => whole + (lucky.has(i) ? 1 : 0))
}

/** A share of points in hundredths of a percent, rounded to the nearest hundredth of a point; a half goes up. */
export const percentOf = (points: Hundredths, percentHundredths: Hundredths): Hundredths =>
  Math.floor((points * percentHundredths + 5_000) / 10_000)
