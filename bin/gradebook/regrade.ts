// What a regrade would change, learner by learner: both sides are scored by the same policies, so a difference in points
// is what the learner would see.

import type { Verdict } from '../course/verdict.ts'
import type { Assignment } from './assignment.ts'
import type { GradedKata, Grades, Hundredths, KataGrade } from './grades.ts'
import { readGrades } from './read-class.ts'
import { gradedBy, type Proposal, type Store } from './store.ts'

export interface Difference {
  readonly learner: string
  /** slug */
  readonly kata: string
  readonly old: Side
  readonly new: Side
  /** promises and budgets that were kept and would be broken, or the other way round */
  readonly flipped: readonly { readonly name: string; readonly from: string; readonly to: string }[]
}

export interface Side {
  readonly verdict?: Verdict
  readonly points?: Hundredths
}

/** @returns by learner, then in the assignment's order; only where verdict, points or an item differ */
export function differences(
  store: Store,
  assignment: Assignment,
  katas: readonly GradedKata[],
  { changes }: Proposal,
): Difference[] {
  const results = new Map(changes.map(({ kata, content, new: comes }) => [`${kata} ${content}`, comes]))
  const now = readGrades(store, assignment, katas)
  const then = readGrades(store, assignment, katas, (kata, content) => {
    const comes = results.get(`${kata} ${content}`)
    if (comes === undefined) return store.outcomeOf(kata, content)
    return gradedBy(comes)
  })
  return between(now, then)
}

function between(now: Grades, then: Grades): Difference[] {
  return now.learners.flatMap(({ learner, katas }, i) =>
    katas.flatMap((grade, j): Difference[] => {
      const other = then.learners[i]?.katas[j]
      if (other === undefined) return []
      const flipped = flips(grade, other)
      const [old, comes] = [sideOf(grade), sideOf(other)]
      const same = old.verdict === comes.verdict && old.points === comes.points && flipped.length === 0
      return same ? [] : [{ learner: learner.id, kata: grade.kata, old, new: comes, flipped }]
    }),
  )
}

const sideOf = ({ report, points }: KataGrade): Side => ({
  ...(report === undefined ? {} : { verdict: report.verdict }),
  ...(points === undefined ? {} : { points }),
})

function flips(old: KataGrade, comes: KataGrade): Difference['flipped'] {
  const states = (grade: KataGrade) => [...grade.promises, ...grade.budgets]
  const after = new Map(states(comes).map(({ name, state }) => [name, state]))
  return states(old).flatMap(({ name, state }) => {
    const to = after.get(name)
    return to === undefined || to === state ? [] : [{ name, from: state, to }]
  })
}
