// Judges what the steps probe has counted. Pure: figures in, a verdict out. The figures come from a process in which the
// submission has run, so that their shape is checked before anything is made of them.

import type { Growth, StepsBudget } from '../../../graders/kit/budget.ts'
import { fitted, isWithin, type Point } from './fit.ts'
import type { Place, Spent } from './spent.ts'

/** Tables of constants may be made while a module is loaded; answers for all sizes may not. */
const IMPORT_STEPS = 100_000
const MAX_TEXT = 64

export type Part = 'import' | 'steps' | 'worstCall' | 'setUp' | 'ceiling'

export interface StepsVerdict extends Omit<Spent, 'budget' | 'kind' | 'allocations' | 'cacheLines' | 'reference'> {
  /** what is over, or else what was asked for */
  readonly part: Part
  /** the first answer that is not the reference's: it may be cheap by being wrong */
  readonly wrongAnswer?: { readonly n: number; readonly call: number; readonly got: string; readonly expected: string }
}

type Lines = readonly (readonly [line: number, steps: number])[]

interface Sample {
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

interface Raw {
  readonly importSteps: number
  readonly series: readonly Sample[]
  readonly failed?: Failure
}

/** What the answers of another submission are held against. */
export type Answers = readonly { readonly n: number; readonly answers: readonly string[] }[]

/** Where a budget names no sizes of its own. */
export const DEFAULT_SIZES = [64, 256, 1024]

/** @returns undefined for figures that no probe of ours has made */
export function judgeSteps(
  budget: Pick<StepsBudget, 'steps' | 'worstCall' | 'setUp' | 'ceiling'>,
  raw: unknown,
  reference?: Answers,
): StepsVerdict | undefined {
  if (!isRaw(raw)) return undefined
  const { series, importSteps, failed } = raw
  if (failed !== undefined) return failedVerdict(budget.steps, failed)
  if (series.length === 0) return undefined
  const perCall = (of: (sample: Sample) => number): Point[] =>
    series.map((sample) => ({ n: sample.n, value: of(sample) }))
  const amortised = perCall(({ total, calls }) => total / calls)
  const worst = perCall((sample) => sample.worst)
  const setUp = perCall((sample) => sample.setUp)

  const over = (points: Point[], limit: Growth | undefined, isWorst = false) =>
    limit !== undefined && !isWithin(fitted(points, isWorst).growth, limit)
  const shown = (part: Part, unit: string, points: Point[], limit: string, lines: (sample: Sample) => Lines) => ({
    part,
    limit,
    got: fitted(points, part === 'worstCall').growth as string,
    series: { unit, points },
    ...places(series, lines, part === 'steps' ? ({ calls }) => calls : () => 1),
  })
  const wrongAnswer = reference === undefined ? undefined : firstDifference(series, reference)
  const differs = wrongAnswer === undefined ? {} : { wrongAnswer }
  const inCalls = ({ lines }: Sample) => lines
  const base = shown('steps', 'steps a call', amortised, budget.steps, inCalls)

  if (importSteps > IMPORT_STEPS)
    return {
      ...base,
      ...differs,
      part: 'import',
      kept: false,
      got: `${count(importSteps)} steps`,
      limit: `${count(IMPORT_STEPS)} steps while the file is loaded`,
    }
  if (over(amortised, budget.steps)) return { ...base, ...differs, kept: false }
  if (over(worst, budget.worstCall, true))
    return {
      ...shown('worstCall', 'steps in the worst call', worst, budget.worstCall ?? '', (s) => s.worstLines),
      ...differs,
      kept: false,
    }
  if (over(setUp, budget.setUp))
    return {
      ...shown('setUp', 'steps to set up', setUp, budget.setUp ?? '', (s) => s.setUpLines),
      ...differs,
      kept: false,
    }
  const { ceiling } = budget
  const above = ceiling && amortised.find(({ n, value }) => value > ceiling.of(n))
  if (above !== undefined)
    return {
      ...base,
      ...differs,
      part: 'ceiling',
      kept: false,
      got: `${count(above.value)} steps a call at n = ${count(above.n)}`,
      limit: `${ceiling?.says}: ${count(ceiling?.of(above.n) ?? 0)}`,
    }
  return { ...base, ...differs, kept: wrongAnswer === undefined }
}

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

function isRaw(raw: unknown): raw is Raw {
  return (
    isRecord(raw) &&
    isCount(raw['importSteps']) &&
    Array.isArray(raw['series']) &&
    raw['series'].every(isSample) &&
    (raw['failed'] === undefined || isFailure(raw['failed']))
  )
}
