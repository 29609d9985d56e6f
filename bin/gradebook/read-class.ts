// A gradebook with an assignment, read as grades.

import type { Assignment } from './assignment.ts'
import type { GradedKata, Grades } from './grades.ts'
import { type ClassRecord, type Outcome, scoreClass } from './score.ts'
import type { Store } from './store.ts'

/** @param outcomeOf in place of what stands, to see what a class would come to */
export function readGrades(
  store: Store,
  assignment: Assignment,
  katas: readonly GradedKata[],
  outcomeOf: ClassRecord['outcomeOf'] = store.outcomeOf,
): Grades {
  const { learners, notTaken } = store.takenIn()
  const asked = new Map<string, Outcome>()
  return scoreClass(assignment, katas, {
    learners,
    notTaken,
    attempts: store.attempts(),
    runs: store.runs(),
    // Many may have handed in the same file.
    outcomeOf(kata, content) {
      const key = `${kata} ${content}`
      const outcome = asked.get(key) ?? outcomeOf(kata, content)
      asked.set(key, outcome)
      return outcome
    },
  })
}
