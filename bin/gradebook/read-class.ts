// A gradebook with an assignment, read as grades.

import type { Assignment } from './assignment.ts'
import type { GradedKata, Grades } from './grades.ts'
import { type ClassRecord, type Outcome, scoreClass } from './score.ts'
import type { Store } from './store.ts'

const LOOKED_FOR = 'katas that were looked for'

/** A kata that comes into the assignment later was looked for in nobody's work: it is not missing there. */
export function nowLookedFor(store: Store, katas: readonly string[]): void {
  const before = JSON.parse(store.setting(LOOKED_FOR) ?? '[]') as string[]
  store.set(LOOKED_FOR, JSON.stringify([...new Set([...before, ...katas])]))
}

/** @param outcomeOf in place of what stands, to see what a class would come to */
export function readGrades(
  store: Store,
  assignment: Assignment,
  katas: readonly GradedKata[],
  outcomeOf: ClassRecord['outcomeOf'] = store.outcomeOf,
): Grades {
  const { learners, notTaken } = store.takenIn()
  const lookedFor = store.setting(LOOKED_FOR)
  const asked = new Map<string, Outcome>()
  return scoreClass(assignment, katas, {
    learners,
    notTaken,
    attempts: store.attempts(),
    runs: store.runs(),
    ...(lookedFor === undefined ? {} : { lookedFor: new Set(JSON.parse(lookedFor) as string[]) }),
    // Many may have handed in the same file.
    outcomeOf(kata, content) {
      const key = `${kata} ${content}`
      const outcome = asked.get(key) ?? outcomeOf(kata, content)
      asked.set(key, outcome)
      return outcome
    },
  })
}
