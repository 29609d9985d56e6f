// How a cost grows with n, from a few sizes: an affine fit, so that whatever each call spends beside (up to hundreds of
// steps) does not hide the growth. Log–log slopes and fits without a constant were wrong 4 to 43 times of 220.

import { GROWTHS, type Growth } from '../../../graders/kit/budget.ts'

export interface Point {
  readonly n: number
  readonly value: number
}

export interface Fit {
  readonly growth: Growth
  /** what the class leaves unexplained: root mean square, as a share of the range of values */
  readonly error: number
}

/**
 * A rise that is noise, not growth. (A search adds a step for each of the four doublings between 64 and 1,024. Half a step,
 * as it was first, took for growth what a limiter spends at the edges of its windows.)
 */
const FLAT_STEPS = 0.9
const FLAT_SHARE = 0.01
/**
 * What takes one way for a few and another for many rises once, and by no curve. (A sketch of 16,384 registers may spend
 * 12 steps on each; what a merge does to those that rise is 0.5 % of that, what a count of few does not do, 3 %.)
 */
const FLAT_SHARE_OF_BOUND = 0.04
/** A dearer class has to explain this many times better, or at least this error not to be zero noise. */
const TOLERATED_RATIO = 2
const TOLERATED_ERROR = 0.02
const RISE_BY_ITEM = 1.08

const CURVES: readonly { readonly growth: Growth; readonly of: (n: number) => number }[] = [
  { growth: 'O(log n)', of: Math.log2 },
  { growth: 'O(√n)', of: Math.sqrt },
  { growth: 'O(n)', of: (n) => n },
  { growth: 'O(n log n)', of: (n) => n * Math.log2(n) },
  { growth: 'O(n²)', of: (n) => n * n },
]

/** What the dearest single call may owe to chance: less than a step for each doubling of n. */
const FLAT_STEPS_A_DOUBLING = 0.75
/** What grows faster than a logarithm rises by more than this, or takes less than a hundredth of a step an item. */
const LOGARITHMIC_STEPS = 8

/**
 * @param series at least two sizes, ascending
 * @param isWorst of the dearest calls: a maximum moves a little with the inputs, and that is no growth
 * @param bound what no size may pass, where that is known: what rises by little of it is bounded by it, and does not grow
 */
export function fitted(series: readonly Point[], isWorst = false, bound = 0): Fit {
  const values = series.map(({ value }) => value)
  const first = values[0] ?? 0
  const last = values.at(-1) ?? 0
  const doublings = Math.log2((series.at(-1)?.n ?? 1) / (series[0]?.n ?? 1))
  const flat = isWorst ? FLAT_STEPS_A_DOUBLING * doublings : FLAT_STEPS
  if (last - first <= Math.max(flat, FLAT_SHARE * Math.abs(last), FLAT_SHARE_OF_BOUND * bound))
    return { growth: 'O(1)', error: 0 }
  const range = Math.max(...values) - Math.min(...values)
  const errors = CURVES.map(({ growth, of }) => ({ growth, error: residual(series, of) / range }))
  const best = Math.min(...errors.map(({ error }) => error))
  const enough = Math.max(TOLERATED_RATIO * best, TOLERATED_ERROR)
  const simplest = errors.find(({ error }) => error <= enough) ?? { growth: 'O(n²)' as const, error: 1 }
  const sorted = errors.find(({ growth }) => growth === 'O(n log n)')
  if (last - first < LOGARITHMIC_STEPS && !isWithin(simplest.growth, 'O(log n)'))
    return { growth: 'O(log n)', error: simplest.error }
  const isSorted = simplest.growth === 'O(n)' && sorted !== undefined && TOLERATED_RATIO * sorted.error < simplest.error
  return isSorted && everDearerByItem(series) ? sorted : simplest
}

/**
 * n and n log n fit each other within 1.4 %, less than honest counts stray. But what is linear never rises by item, unless
 * it is below zero at n = 0. With hundreds of steps beside, n log n does not either, and passes for linear: nobody is
 * accused of it by chance.
 */
function everDearerByItem(series: readonly Point[]): boolean {
  return series.every(({ n, value }, i) => {
    const before = series[i - 1]
    return before === undefined || value / n >= RISE_BY_ITEM * (before.value / before.n)
  })
}

/** Root mean square of what `value = a + b · curve(n)` leaves, by least squares; b is above zero. */
function residual(series: readonly Point[], curve: (n: number) => number): number {
  const mean = (of: (point: Point) => number) => series.reduce((sum, point) => sum + of(point), 0) / series.length
  const x = ({ n }: Point) => curve(n)
  const [meanX, meanY] = [mean(x), mean(({ value }) => value)]
  const variance = mean((point) => (x(point) - meanX) ** 2)
  const slope = mean((point) => (x(point) - meanX) * (point.value - meanY)) / variance
  if (!(slope > 0)) return Number.POSITIVE_INFINITY
  return Math.sqrt(mean((point) => (point.value - meanY - slope * (x(point) - meanX)) ** 2))
}

/** What a class leaves unexplained of these, in their own unit: root mean square. */
export function missedBy(series: readonly Point[], growth: Growth): number {
  const mean = series.reduce((sum, { value }) => sum + value, 0) / series.length
  const about = Math.sqrt(series.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / series.length)
  const curve = CURVES.find((one) => one.growth === growth)
  return curve === undefined ? about : Math.min(about, residual(series, curve.of))
}

export const isWithin = (growth: Growth, limit: Growth): boolean => GROWTHS.indexOf(growth) <= GROWTHS.indexOf(limit)
