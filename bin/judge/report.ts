// What a judgement comes to: one verdict and one line of evidence per promise. Values, never exceptions.

import type { Verdict } from '../course/verdict.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'

export interface PromiseReport {
  /** the promise, to the letter of the lesson */
  readonly name: string
  readonly kept: boolean
  /** the smallest sequence of calls found that breaks it, narrated */
  readonly counterexample?: readonly string[]
  readonly expected?: string
  readonly got?: string
  /** line of the learner's file that the trouble was seen on */
  readonly line?: number
  /** the command that shows exactly this again */
  readonly replay?: string
}

export interface Report {
  /** slug */
  readonly kata: string
  /** the file that was judged, as the learner would name it */
  readonly file: string
  readonly verdict: Verdict
  /** in the lesson's order; empty where nothing ran */
  readonly promises: readonly PromiseReport[]
  /** what it cost, by budget; empty for a kata without budgets */
  readonly spent: readonly never[]
  readonly seed: number
  readonly ms: number
  /** of the kata: a pass holds for the revision that it was judged by */
  readonly revision: string
  /** one sentence more: why it crashed, what is ours to repair */
  readonly reason?: string
  /** why the source was refused */
  readonly problems?: readonly SourceProblem[]
  /** what the submission printed, cut short */
  readonly printed?: readonly string[]
}

/** Exit codes of the CLI. */
export const EXIT = { accepted: 0, notAccepted: 1, unknown: 2, judgeError: 3, usage: 64 } as const

export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'accepted') return EXIT.accepted
  return verdict === 'judge-error' ? EXIT.judgeError : EXIT.notAccepted
}
