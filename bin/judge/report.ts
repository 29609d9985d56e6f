// What a judgement comes to: one verdict and one line of evidence per promise. Values, never exceptions.

import type { Trace, TraceEvent } from '../../graders/kit/world/trace.ts'
import type { Verdict } from '../course/verdict.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import type { Spent } from './budgets/spent.ts'

export type { Trace, TraceEvent }

export interface PromiseReport {
  /** the promise, to the letter of the lesson */
  readonly name: string
  readonly kept: boolean
  /** what this promise alone comes to where it is broken: it tells the one that the verdict is about from the others */
  readonly verdict?: Verdict
  /** judging ended before it came to this promise */
  readonly untried?: true
  /** the smallest sequence of calls found that breaks it, narrated */
  readonly counterexample?: readonly string[]
  readonly expected?: string
  readonly got?: string
  /** the simulated run that breaks it, read and cut to size by {@link readTrace} */
  readonly trace?: Trace
  /** line of the learner's file that the trouble was seen on */
  readonly line?: number
  /** the command that shows exactly this again, where it is broken */
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
  /** what it cost, by budget, in the grader's order; empty for a kata without budgets, and where a promise is broken */
  readonly spent: readonly Spent[]
  readonly seed: number
  /** the command that judges this file again on the same inputs */
  readonly replay: string
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

/**
 * The promise that a learner is told about: the first that broke in the way that the verdict names. None where the
 * verdict is about no single promise, such as an error that came when all calls had returned.
 */
export const leadingPromise = ({ promises, verdict }: Report): PromiseReport | undefined =>
  promises.find((promise) => !promise.kept && promise.verdict === verdict)

/**
 * The promise whose simulated run is drawn: the one that the learner is told about where it has a run, else the first that
 * has one.
 */
export function tracedPromise(report: Report): (PromiseReport & { readonly trace: Trace }) | undefined {
  const hasTrace = (promise: PromiseReport | undefined): promise is PromiseReport & { readonly trace: Trace } =>
    promise?.trace !== undefined
  const leading = leadingPromise(report)
  return hasTrace(leading) ? leading : report.promises.find(hasTrace)
}

/** Exit codes of the CLI. */
export const EXIT = { accepted: 0, notAccepted: 1, unknown: 2, judgeError: 3, usage: 64 } as const

export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'accepted') return EXIT.accepted
  return verdict === 'judge-error' ? EXIT.judgeError : EXIT.notAccepted
}
