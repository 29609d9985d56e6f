// What one report is worth, item by item: a promise that is kept earns its points, and so does a budget. Budgets are
// measured only of what keeps every promise; one that was not measured earns nothing and is called unknown, not broken.

import type { PromiseReport, Report } from '../judge/report.ts'
import type { GradedKata, Hundredths, ScoredItem } from './grades.ts'

export interface Items {
  readonly promises: readonly ScoredItem[]
  readonly budgets: readonly ScoredItem[]
}

/** @param report of what was judged; undefined where nothing was */
export function itemsOf({ promises, budgets }: GradedKata, report: Report | undefined): Items {
  // Whatever such a file seems to keep, it kept by other means.
  const trusted = report?.verdict === 'tampered' ? undefined : report
  const kept = new Map(trusted?.promises.map((promise) => [promise.name, promise]))
  const spent = new Map(trusted?.spent.map((one) => [one.budget, one.kept ? ('kept' as const) : ('broken' as const)]))
  return {
    promises: promises.map(({ name, of }) => scored(name, of, promiseState(kept.get(name)))),
    budgets: budgets.map(({ name, of }) => scored(name, of, spent.get(name) ?? 'unknown')),
  }
}

export const pointsOf = ({ promises, budgets }: Items): Hundredths =>
  [...promises, ...budgets].reduce((sum, { points }) => sum + points, 0)

const scored = (name: string, of: Hundredths, state: ScoredItem['state']): ScoredItem => ({
  name,
  of,
  points: state === 'kept' ? of : 0,
  state,
})

function promiseState(promise: PromiseReport | undefined): ScoredItem['state'] {
  if (promise === undefined || promise.untried === true) return 'unknown'
  return promise.kept ? 'kept' : 'broken'
}
