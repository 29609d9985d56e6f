// What `kata verify` comes to for one kata. Values, so that all of an author's faults come at once.

import type { Verdict } from '../../course/verdict.ts'

export interface Fault {
  /** file, with line where there is one */
  readonly where: string
  readonly message: string
}

export interface ProvenSubmission {
  /** relative to the grader's folder, or `solution`, `stub` */
  readonly name: string
  readonly expected: Verdict
  /** seeds on which it was judged */
  readonly seeds: number
  readonly good: boolean
}

export interface BudgetMargin {
  readonly budget: string
  readonly limit: string
  /** what the reference spends */
  readonly reference: string
  /** what those spend that are too dear */
  readonly traps: readonly string[]
}

export interface Proof {
  readonly kata: string
  readonly faults: readonly Fault[]
  readonly submissions: readonly ProvenSubmission[]
  readonly budgets?: readonly BudgetMargin[]
  readonly mutants?: { readonly killed: number; readonly equivalent: number; readonly survived: number }
  readonly ms: number
}
