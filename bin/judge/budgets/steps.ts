// Judges what the steps probe has counted. Pure: figures in, a verdict out. The figures come from a process in which the
// submission has run, so that their shape is checked before anything is made of them.

import type { Growth, StepsBudget } from '../../../graders/kit/budget.ts'
import { fitted, isWithin, missedBy, type Point } from './fit.ts'
import type { Place, Spent } from './spent.ts'

/** Tables of constants may be made while a module is loaded; answers for all sizes may not. */
const IMPORT_STEPS = 100_000
const MAX_TEXT = 64

/**
 * A class that is missed by less than these may be missed by the luck of the inputs: the dearest call of a structure that is
 * balanced by chance is some steps dearer for one seed than for another.
 */
const CHANCE_STEPS = 4
/** Where few calls are counted, by less than this part of the dearest: what comes once in n calls is among them, or it is not. */
const CHANCE_SHARE = 0.3
/**
 * Nobody who keeps the class spends as much more than the reference. Without an end to it, a growth could be hidden beside a
 * constant that is a hundred times as large.
 */
const FAR_DEARER = 20
const FAR_DEARER_STEPS = 2_000
/** More calls at the same size: what is done now and then evens out, what was put off does not. */
const LATER = 2
const LATER_STEPS = 8

/** What is counted over several sizes, and how its values are told. */
export const UNITS = {
  steps: 'steps a call',
  worstCall: 'steps in the worst call',
  setUp: 'steps to set up',
} as const
export type CountedPart = keyof typeof UNITS
export type Part = CountedPart | 'import' | 'ceiling' | 'constant' | 'later'

export interface StepsVerdict extends Omit<Spent, 'budget' | 'kind' | 'allocations' | 'cacheLines' | 'reference'> {
  /** what is over, or else what was asked for */
  readonly part: Part
  /** it is over by so little that other inputs have to be looked at */
  readonly isClose?: true
  /** of what is no class: the size at which it is passed */
  readonly at?: number
  /** every part that the budget limits, whichever of them the verdict is about */
  readonly counted?: Partial<Readonly<Record<CountedPart, readonly Point[]>>>
  /** the first answer that is not the reference's: it may be cheap by being wrong */
  readonly wrongAnswer?: { readonly n: number; readonly call: number; readonly got: string; readonly expected: string }
}

type Lines = readonly (readonly [line: number, steps: number])[]

export interface Sample {
  readonly n: number
  readonly setUp: number
  readonly calls: number
  readonly total: number
  readonly worst: number
  /** of that call alone */
  readonly worstLines: Lines
  readonly lines: Lines
  readonly setUpLines: Lines
  readonly answers?: readonly string[]
}

interface Failure {
  readonly n: number
  readonly call?: number
  readonly stuck?: true
  readonly threw?: { readonly name: string; readonly message: string; readonly line?: number }
}

export interface Counts {
  readonly importSteps: number
  readonly series: readonly Sample[]
  /** at the smallest size, with as many calls as at the largest */
  readonly longer?: Sample
  readonly failed?: Failure
}

/** What the answers of another submission are held against. */
export type Answers = readonly { readonly n: number; readonly answers: readonly string[] }[]

/** Where a budget names no sizes of its own. */
export const DEFAULT_SIZES = [64, 256, 1024]

export type Limits = Pick<StepsBudget, 'steps' | 'worstCall' | 'setUp' | 'ceiling'>

/**
 * @param raw as a probe says it
 * @param spends steps a call of the reference at the largest size, where they are known
 * @param again what was counted for other inputs, where the growth of these may be luck
 * @returns undefined for figures that no probe of ours has made
 */
export function judgeSteps(
  budget: Limits,
  raw: unknown,
  reference?: Answers,
  spends?: number,
  again?: Counts,
): StepsVerdict | undefined {
  if (!isCounts(raw)) return undefined
  if (raw.failed !== undefined) return failedVerdict(budget.steps, raw.failed)
  return raw.series.length === 0 ? undefined : judgeCounts(budget, raw, reference, spends, again)
}

function judgeCounts(
  budget: Limits,
  counts: Counts,
  reference: Answers | undefined,
  spends: number | undefined,
  again: Counts = counts,
): StepsVerdict {
  const { importSteps, series, longer } = counts
  const perCall = (samples: readonly Sample[], of: (sample: Sample) => number): Point[] =>
    samples.map((sample) => ({ n: sample.n, value: of(sample) }))
  const inAll = ({ total, calls }: Sample) => total / calls
  const amortised = perCall(again.series, inAll)
  const worst = perCall(again.series, (sample) => sample.worst)
  const setUp = perCall(series, (sample) => sample.setUp)

  const { ceiling } = budget
  const ceilings = ceiling === undefined ? [] : series.map(({ n }) => ceiling.of(n))
  // The same for every size: where constant work is asked for, that is how much.
  const bound = new Set(ceilings).size === 1 ? (ceilings[0] ?? 0) : 0
  const over = (points: Point[], limit: Growth | undefined, isWorst = false) =>
    limit !== undefined && !isWithin(fitted(points, isWorst, points === amortised ? bound : 0).growth, limit)
  const close = (points: Point[], limit: Growth, areFew = false) => {
    const dearest = Math.max(...points.map(({ value }) => value))
    const chance = areFew ? Math.max(CHANCE_STEPS, CHANCE_SHARE * dearest) : CHANCE_STEPS
    return missedBy(points, limit) < chance ? { isClose: true as const } : {}
  }
  const areFew = again.series.some(({ n, calls }) => calls < n)
  const counted = {
    steps: amortised,
    ...(budget.worstCall === undefined ? {} : { worstCall: worst }),
    ...(budget.setUp === undefined ? {} : { setUp }),
  }
  const shown = (
    part: CountedPart,
    points: Point[],
    limit: string,
    lines: (sample: Sample) => Lines,
    samples = again.series,
  ) => ({
    part,
    counted,
    limit,
    got: fitted(points, part === 'worstCall', part === 'steps' ? bound : 0).growth as string,
    series: { unit: UNITS[part], points },
    ...places(samples, lines, part === 'steps' ? ({ calls }) => calls : () => 1),
  })
  const wrongAnswer = reference === undefined ? undefined : firstDifference(series, reference)
  const differs = wrongAnswer === undefined ? {} : { wrongAnswer }
  const inCalls = ({ lines }: Sample) => lines
  const base = shown('steps', amortised, budget.steps, inCalls)

  if (importSteps > IMPORT_STEPS)
    return {
      ...base,
      ...differs,
      part: 'import',
      kept: false,
      got: `${count(importSteps)} steps`,
      limit: `${count(IMPORT_STEPS)} steps while the file is loaded`,
    }
  if (over(amortised, budget.steps))
    return { ...base, ...differs, ...close(amortised, budget.steps, areFew), kept: false }
  if (over(worst, budget.worstCall, true))
    return {
      ...shown('worstCall', worst, budget.worstCall ?? '', (s) => s.worstLines),
      ...differs,
      ...close(worst, budget.worstCall ?? budget.steps),
      kept: false,
    }
  if (over(setUp, budget.setUp))
    return {
      ...shown('setUp', setUp, budget.setUp ?? '', (s) => s.setUpLines, series),
      ...differs,
      kept: false,
    }
  const first = perCall(series, inAll)
  const above = ceiling && first.find(({ n, value }) => value > ceiling.of(n))
  if (above !== undefined)
    return {
      ...base,
      ...differs,
      part: 'ceiling',
      at: above.n,
      kept: false,
      got: stepsAt(above),
      limit: `${ceiling?.says}: ${count(ceiling?.of(above.n) ?? 0)}`,
    }
  const most = first.reduce((a, b) => (b.value > a.value ? b : a))
  if (spends !== undefined && most.value > FAR_DEARER * spends + FAR_DEARER_STEPS)
    return {
      ...base,
      ...differs,
      part: 'constant',
      kept: false,
      at: most.n,
      got: stepsAt(most),
      limit: `${budget.steps}, and not ${FAR_DEARER} times the reference's ${count(spends)} steps a call and ${count(FAR_DEARER_STEPS)} more`,
    }
  const later = longer === undefined ? 0 : longer.total / longer.calls
  if (longer !== undefined && later > LATER * most.value + LATER_STEPS)
    return {
      ...base,
      ...places([longer], inCalls, ({ calls }) => calls),
      ...differs,
      part: 'later',
      at: longer.n,
      kept: false,
      got: `${count(later)} steps a call in ${count(longer.calls)} calls at n = ${count(longer.n)}`,
      limit: `${count(LATER * most.value + LATER_STEPS)} steps a call; it begins with ${count(most.value)}`,
    }
  return { ...base, ...differs, kept: wrongAnswer === undefined }
}

/** One figure of the steps a call, with the size that it was counted at. */
export const stepsAt = ({ n, value }: Point): string => `${count(value)} ${UNITS.steps} at n = ${count(n)}`

const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 })

function failedVerdict(limit: string, { n, call, threw }: Failure): StepsVerdict {
  const what = threw === undefined ? 'never answered' : `threw ${threw.name}: ${threw.message}`
  const where = call === undefined ? `while n = ${count(n)} was set up` : `in call ${count(call)} at n = ${count(n)}`
  return { part: 'steps', kept: false, limit, got: 'nothing to be counted', trouble: `It ${what}, ${where}.` }
}

/** Where most is spent at the largest size, and which line's share grows most with n. */
function places(
  series: readonly Sample[],
  linesOf: (sample: Sample) => Lines,
  per: (sample: Sample) => number,
): { spendsMost?: Place & { share: number }; growsMost?: Place & { growth: Growth } } {
  const last = linesOf(series.at(-1) as Sample)
  const total = last.reduce((sum, [, steps]) => sum + steps, 0)
  const dearest = last[0]
  if (dearest === undefined || total === 0) return {}
  const grown = last
    .map(([line, steps]) => {
      const points = series.map((sample) => ({
        n: sample.n,
        value: (linesOf(sample).find(([other]) => other === line)?.[1] ?? 0) / per(sample),
      }))
      const rise = (points.at(-1)?.value ?? 0) - (points[0]?.value ?? 0)
      return { line, steps, growth: fitted(points).growth, rise }
    })
    .filter(({ growth }) => growth !== 'O(1)')
    .sort((a, b) => b.rise - a.rise)[0]
  return {
    spendsMost: { line: dearest[0], share: dearest[1] / total },
    ...(grown === undefined ? {} : { growsMost: { line: grown.line, growth: grown.growth } }),
  }
}

function firstDifference(series: readonly Sample[], reference: Answers): StepsVerdict['wrongAnswer'] {
  for (const { n, answers = [] } of series) {
    const expected = reference.find((other) => other.n === n)?.answers ?? []
    const call = expected.findIndex((answer, i) => answer !== answers[i])
    if (call >= 0) return { n, call, got: answers[call] ?? 'nothing', expected: expected[call] ?? 'nothing' }
  }
  return undefined
}

// ---- what the probe says, held against what it may say -------------------------------------------------------------

type Fields = Record<string, unknown>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT
const isLines = (value: unknown): value is Lines =>
  Array.isArray(value) && value.every((row) => Array.isArray(row) && row.length === 2 && row.every(isCount))

const isSample = (value: unknown): value is Sample =>
  isRecord(value) &&
  isCount(value['n']) &&
  value['n'] > 0 &&
  isCount(value['setUp']) &&
  isCount(value['calls']) &&
  value['calls'] > 0 &&
  isCount(value['total']) &&
  isCount(value['worst']) &&
  isLines(value['worstLines']) &&
  isLines(value['lines']) &&
  isLines(value['setUpLines']) &&
  (value['answers'] === undefined ||
    (Array.isArray(value['answers']) && value['answers'].length === value['calls'] && value['answers'].every(isText)))

const isFailure = (value: unknown): value is Failure => {
  if (!isRecord(value) || !isCount(value['n'])) return false
  if (value['call'] !== undefined && !isCount(value['call'])) return false
  const { threw } = value as { threw?: unknown }
  if (threw === undefined) return value['stuck'] === true
  return isRecord(threw) && typeof threw['name'] === 'string' && typeof threw['message'] === 'string'
}

export function isCounts(raw: unknown): raw is Counts {
  return (
    isRecord(raw) &&
    isCount(raw['importSteps']) &&
    Array.isArray(raw['series']) &&
    raw['series'].every(isSample) &&
    (raw['longer'] === undefined || isSample(raw['longer'])) &&
    (raw['failed'] === undefined || isFailure(raw['failed']))
  )
}
