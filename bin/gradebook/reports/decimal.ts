// Points as text. They are whole hundredths, so the decimal is exact: a sum never reads 3.0000000000000004, which other
// systems have imported as 0.

import type { Hundredths } from '../grades.ts'

/** `1250` is `12.5`, `300` is `3`. @throws {RangeError} for what is no whole number of hundredths */
export function decimal(points: Hundredths): string {
  if (!Number.isSafeInteger(points)) throw new RangeError(`${points} is no whole number of hundredths of a point.`)
  const size = Math.abs(points)
  const part = String(size % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  return `${points < 0 ? '-' : ''}${Math.floor(size / 100)}${part === '' ? '' : `.${part}`}`
}

/** The same as a number for JSON: a division by 100 is rounded to the double that prints as that very decimal. */
export const decimalNumber = (points: Hundredths): number => Number(decimal(points))
