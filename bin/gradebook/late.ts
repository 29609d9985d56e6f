// What lateness costs, for one attempt.

import type { LatePolicy } from './assignment.ts'
import type { Hundredths } from './grades.ts'
import { percentOf } from './points.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const WHOLE = 100_00

/** Days that have begun since the deadline; 0 in time, and where nobody knows the time. */
export const lateDays = (atMs: number | undefined, deadlineMs: number | undefined): number =>
  atMs === undefined || deadlineMs === undefined || atMs <= deadlineMs ? 0 : Math.ceil((atMs - deadlineMs) / DAY_MS)

export interface Credit {
  readonly points: Hundredths
  /** of the bank, in all */
  readonly daysSpent: number
  /** it can be worth nothing, whatever it is */
  readonly tooLate: boolean
}

/** @param daysLeft late days that may be spent on this kata, those that it has spent already included */
export function credit(policy: LatePolicy, raw: Hundredths, days: number, daysLeft: number): Credit {
  const tooLate: Credit = { points: 0, daysSpent: 0, tooLate: true }
  const full: Credit = { points: raw, daysSpent: 0, tooLate: false }
  if (days === 0) return full
  switch (policy.policy) {
    case 'none':
      return full
    case 'per-day': {
      const off = Math.min(WHOLE, policy.percentHundredths * days)
      if (off === WHOLE || days > (policy.maxDays ?? Number.POSITIVE_INFINITY)) return tooLate
      return { points: percentOf(raw, WHOLE - off), daysSpent: 0, tooLate: false }
    }
    case 'late-days':
      return days > daysLeft ? tooLate : { points: raw, daysSpent: days, tooLate: false }
  }
}
