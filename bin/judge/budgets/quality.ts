// Judges a statistical promise from one sample. It is broken only where the sample would come from a submission that
// keeps it less than once in 10^9 runs; so a right one practically never fails, and the sample's size decides how far
// off a wrong one must be to fail practically always.

import type { Quality, QualityBudget } from '../../../graders/kit/budget.ts'
import type { Spent } from './spent.ts'

/** How often a submission that only just keeps the promise may fail. */
const CONFIDENCE = 1e-9

export function judgeQuality(
  { quality }: Pick<QualityBudget, 'quality'>,
  raw: unknown,
): Omit<Spent, 'budget' | 'kind'> | undefined {
  const { what } = quality
  const sample = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>
  if ('shareAtMost' in quality || 'shareAtLeast' in quality) {
    const { hits, of } = sample
    if (!isCount(hits) || !isCount(of) || of === 0 || hits > of) return undefined
    const atMost = 'shareAtMost' in quality
    const share = atMost ? quality.shareAtMost : quality.shareAtLeast
    // Too few hits are too many misses.
    const chance = atMost ? upperTail(hits, of, share) : upperTail(of - hits, of, 1 - share)
    return {
      kept: chance >= CONFIDENCE,
      limit: qualityLimit(quality),
      got: `${what}: ${percent(hits / of)} (${hits.toLocaleString('en-US')} of ${of.toLocaleString('en-US')})`,
    }
  }
  if ('standardErrorAtMost' in quality) {
    const { errors } = sample
    if (!Array.isArray(errors) || errors.length < 2 || !errors.every((one) => Number.isFinite(one))) return undefined
    const squares = (errors as number[]).reduce((sum, error) => sum + error * error, 0)
    const root = Math.sqrt(squares / errors.length)
    const limit = quality.standardErrorAtMost
    return {
      kept: chiSquareUpperTail(squares / limit ** 2, errors.length) >= CONFIDENCE,
      limit: qualityLimit(quality),
      got: `${what}: standard error ${percent(root)} over ${errors.length} runs`,
    }
  }
  const { figure } = sample
  if (typeof figure !== 'number' || !Number.isFinite(figure)) return undefined
  return {
    kept: figure <= quality.figureAtMost,
    limit: qualityLimit(quality),
    got: `${what}: ${round(figure)}`,
  }
}

/** What a quality promises, in words. */
export function qualityLimit(quality: Quality): string {
  if ('shareAtMost' in quality) return `${quality.what}: at most ${percent(quality.shareAtMost)}`
  if ('shareAtLeast' in quality) return `${quality.what}: at least ${percent(quality.shareAtLeast)}`
  if ('standardErrorAtMost' in quality)
    return `${quality.what}: standard error at most ${percent(quality.standardErrorAtMost)}`
  return `${quality.what}: at most ${round(quality.figureAtMost)}`
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`
const round = (value: number) => Number(value.toPrecision(4)).toLocaleString('en-US')

/** P(X ≥ hits) for X binomial(of, p), summed term by term from the largest one: exact to about 12 digits. */
export function upperTail(hits: number, of: number, p: number): number {
  if (hits <= 0) return 1
  if (p <= 0) return 0
  if (p >= 1) return 1
  // Below the mean the answer is near enough to one, and of no interest.
  if (hits <= of * p) return 1
  const logTerm = logFactorial(of) - logFactorial(hits) - logFactorial(of - hits)
  let term = Math.exp(logTerm + hits * Math.log(p) + (of - hits) * Math.log1p(-p))
  let sum = 0
  for (let k = hits; k <= of && term > sum * 1e-14; k++) {
    sum += term
    term *= ((of - k) / (k + 1)) * (p / (1 - p))
  }
  return Math.min(1, sum)
}

/** ln n!, by Stirling's series from 20 on (error below 10^-12). */
function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1
    for (let i = 2; i <= n; i++) product *= i
    return Math.log(product)
  }
  const x = n + 1
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3)
}

/**
 * P(X ≥ x) for X chi-square with k degrees of freedom: exact for even k, as a sum of Poisson terms from the largest one
 * down. An odd k is taken for the next even one, which gives the submission the benefit of one degree.
 */
export function chiSquareUpperTail(x: number, k: number): number {
  // Below the mean the answer is near enough to one, and of no interest.
  if (x <= k) return 1
  const half = x / 2
  const last = Math.ceil(k / 2) - 1
  let term = Math.exp(-half + last * Math.log(half) - logFactorial(last))
  let sum = 0
  for (let j = last; j >= 0 && term > sum * 1e-14; j--) {
    sum += term
    term *= j / half
  }
  return sum
}
