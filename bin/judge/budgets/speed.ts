// Speed in words: for the report, and for who cannot see its bars.

import type { Speed } from './spent.ts'

/** On a machine that has other things to do, a smaller ratio says nothing. */
const SAYS_SOMETHING = 2

/** A ratio and a rate have no more digits than mean something. */
const rounded = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 2 })

/** @returns `0.95 × the reference's speed` */
export const ratioText = ({ yours, reference }: Speed): string =>
  `${rounded(yours / reference)} × the reference's speed`

/** @param callsPerSecond of processor time */
export function rateText(callsPerSecond: number): string {
  return callsPerSecond >= 1e6
    ? `${rounded(callsPerSecond / 1e6)} million calls a second`
    : `${rounded(callsPerSecond / 1e3)} thousand calls a second`
}

/** What the two bars say, as a sentence. */
export function speedMeans(speed: Speed): string {
  const ratio = speed.yours / speed.reference
  if (ratio >= SAYS_SOMETHING) return `Yours is ${rounded(ratio)} times as fast as the reference.`
  if (ratio <= 1 / SAYS_SOMETHING) return `The reference is ${rounded(1 / ratio)} times as fast as yours.`
  return 'As fast as the reference, as far as one run can tell: less than a factor of two says nothing.'
}

/** How it came about, and what hangs on it. */
export const HOW_IT_WAS_RACED = 'Here and now, in turns, by processor time. Shown, never judged.'
