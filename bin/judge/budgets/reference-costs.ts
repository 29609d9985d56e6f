// What the reference spends, kept beside the grader in `costs.json`: counted once by its author (`kata verify --write`)
// instead of in front of every learner. The course check counts again and holds the file to it, byte for byte.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graderFolder } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import type { Measured } from './measure.ts'
import type { Series, Spent } from './spent.ts'

interface Cost {
  readonly budget: string
  readonly spends: string
  readonly points?: Series['points']
}

export const costsFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'costs.json')

/** @param measured of the reference, on the seed of all approved messages */
export function costsText(measured: readonly Measured[]): string {
  const costs = measured.flatMap((one): Cost[] => {
    if (!('spent' in one)) return []
    const { budget, got, series } = one.spent
    return [{ budget, spends: got, ...(series === undefined ? {} : { points: series.points.map(tidy) }) }]
  })
  return `${JSON.stringify(costs, null, 2)}\n`
}

const tidy = ({ n, value }: { n: number; value: number }) => ({ n, value: Number(value.toPrecision(6)) })

/** @returns none for a kata whose author has not counted yet */
export function readCosts(ws: Workspace, kata: Kata): ReadonlyMap<string, Cost> {
  const file = costsFile(ws, kata)
  const costs = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cost[]) : []
  return new Map(costs.map((cost) => [cost.budget, cost]))
}

/** The same figures beside the reference's. */
export function besideReference(measured: readonly Measured[], costs: ReadonlyMap<string, Cost>): Measured[] {
  return measured.map((one) => {
    const cost = 'spent' in one ? costs.get(one.spent.budget) : undefined
    if (cost === undefined || !('spent' in one)) return one
    const { series } = one.spent
    const spent: Spent = {
      ...one.spent,
      reference: cost.spends,
      ...(series === undefined || cost.points === undefined ? {} : { series: { ...series, reference: cost.points } }),
    }
    return { spent }
  })
}
