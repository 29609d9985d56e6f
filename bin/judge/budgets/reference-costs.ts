// What the reference spends, kept beside the grader in `costs.json`: counted once by its author (`kata verify --write`)
// instead of in front of every learner. The course check counts again and holds the file to it, byte for byte.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graderFolder } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { fitted } from './fit.ts'
import type { CountedSteps, Measured } from './measure.ts'
import type { Series, Spent } from './spent.ts'
import { type CountedPart, stepsAt, UNITS } from './steps.ts'

interface Cost {
  readonly budget: string
  readonly spends: string
  readonly points?: readonly CostPoint[]
}

/** One size. What is promised of the worst call and of setting up is counted at the same sizes. */
interface CostPoint {
  readonly n: number
  readonly value: number
  readonly worstCall?: number
  readonly setUp?: number
}

export const costsFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'costs.json')

/** @param measured of the reference, on the seed of all approved messages */
export function costsText(measured: readonly Measured[]): string {
  const costs = measured.flatMap((one): Cost[] => {
    if (!('spent' in one)) return []
    const { spent, steps } = one
    const points = spent.series?.points.map(({ n, value }, i): CostPoint => {
      const also = (part: 'worstCall' | 'setUp') => {
        const point = steps?.counted?.[part]?.[i]
        return point === undefined ? {} : { [part]: tidy(point.value) }
      }
      return { n, value: tidy(value), ...also('worstCall'), ...also('setUp') }
    })
    return [{ budget: spent.budget, spends: spent.got, ...(points === undefined ? {} : { points }) }]
  })
  return `${JSON.stringify(costs, null, 2)}\n`
}

const tidy = (value: number) => Number(value.toPrecision(6))

/** @returns none for a kata whose author has not counted yet */
export function readCosts(ws: Workspace, kata: Kata): ReadonlyMap<string, Cost> {
  const file = costsFile(ws, kata)
  const costs = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cost[]) : []
  return new Map(costs.map((cost) => [cost.budget, cost]))
}

/**
 * The same figures beside the reference's own of the same part: its dearest call beside a dearest call, and nothing where
 * that was not counted. (Its average beside somebody's dearest call would look like a hundred times less than it is.)
 */
export function besideReference(measured: readonly Measured[], costs: ReadonlyMap<string, Cost>): Measured[] {
  return measured.map((one) => {
    const cost = 'spent' in one ? costs.get(one.spent.budget) : undefined
    if (cost === undefined || !('spent' in one)) return one
    const { series } = one.spent
    const text = referenceText(cost, one.steps)
    const points = series === undefined ? undefined : pointsOf(cost, seriesPart(one.steps))
    const spent: Spent = {
      ...one.spent,
      ...(text === undefined ? {} : { reference: text }),
      ...(series === undefined || points === undefined ? {} : { series: { ...series, reference: points } }),
    }
    return { ...one, spent }
  })
}

function referenceText(cost: Cost, { part = 'steps', at }: Partial<CountedSteps> = {}): string | undefined {
  switch (part) {
    case 'steps':
      return cost.spends
    case 'worstCall':
    case 'setUp': {
      const points = pointsOf(cost, part)
      return points && `${fitted(points, part === 'worstCall').growth} ${UNITS[part]}`
    }
    case 'ceiling':
    case 'constant':
    case 'later': {
      // Sizes are moved by the seed: of the reference's own, the one that is nearest.
      const distance = ({ n }: { n: number }) => Math.abs(n - (at ?? 0))
      const [nearest] = [...(cost.points ?? [])].sort((a, b) => distance(a) - distance(b))
      return nearest && stepsAt(nearest)
    }
    case 'import':
      return undefined
  }
}

/** Which part the series that is shown is of. */
const seriesPart = (steps: CountedSteps | undefined): CountedPart =>
  steps?.part === 'worstCall' || steps?.part === 'setUp' ? steps.part : 'steps'

/** @returns undefined where the part was not counted */
function pointsOf({ points }: Cost, part: CountedPart): Series['points'] | undefined {
  const values = points?.flatMap((point) => {
    const value = part === 'steps' ? point.value : point[part]
    return value === undefined ? [] : [{ n: point.n, value }]
  })
  return values !== undefined && values.length === points?.length ? values : undefined
}
