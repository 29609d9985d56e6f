// The seam between a hidden suite and whoever runs it. The kit knows no process, no vitest server and no verdict: the
// judge says which submissions there are and how to ask them, before the first suite is loaded.

import type { Trace } from './world/trace.ts'

/** One call of a driver operation, as the suite sees it. Mirrors what the subject's protocol says. */
export type Outcome =
  | { kind: 'returned'; value: unknown }
  | { kind: 'threw'; name: string; message: string; line?: number }
  /** a promise that nothing can settle any more */
  | { kind: 'stuck' }

/** The submission is gone, or did something that no answer can make good. Carried up as it is. */
export class SubjectLost extends Error {
  override readonly name = 'SubjectLost'
  override readonly cause: unknown
  /** index of the input that it was at, where known */
  readonly item: number | undefined
  story: readonly string[] = []
  constructor(cause: unknown, item?: number) {
    super('the subject is lost')
    this.cause = cause
    this.item = item
  }
}

/** A submission under judgement. */
export interface Subject {
  readonly id: string
  /** the master seeds to judge it on, one after another */
  readonly seeds: readonly number[]
  /** whether to look for the smallest input that fails, on the first seed */
  readonly shrink: boolean
  /** whether to go on with the other seeds after one on which the promise is broken */
  readonly exhaustive: boolean
  /** whether all that anybody wants to know of it on this seed is known: the rest of the promises is not tried there */
  isDecided(seed: number): boolean
  /** @throws {SubjectLost} */
  call(operation: string, inputs: readonly unknown[]): Promise<Outcome[]>
  /** told after each promise, whatever became of it */
  report(promise: string, seed: number, result: PromiseResult): void
}

export type PromiseResult =
  | { kept: true }
  /** what stands in the trace comes from a submission: the judge reads it as such */
  | { kept: false; kind: 'broken'; story: readonly string[]; expected: string; got: string; trace?: Trace }
  | { kept: false; kind: 'threw'; story: readonly string[]; name: string; message: string; line?: number }
  | { kept: false; kind: 'stuck'; story: readonly string[] }
  | { kept: false; kind: 'lost'; story: readonly string[]; cause: unknown }
  /** there was nothing to judge it by: the suite's fault, unless the submission breaks another */
  | { kept: false; kind: 'for-nothing'; message: string }
  /** the suite itself failed: never the learner's fault */
  | { kept: false; kind: 'fault'; message: string }

export interface Judging {
  readonly subjects: readonly Subject[]
  /** all that became of them is in: called when the last promise of the suite is through */
  finish(): Promise<void>
}

/** Called with the suite's file; set by the judge's vitest setup. */
let judging: ((suiteFile: string) => Promise<Judging>) | undefined

export function serveSubjects(serve: (suiteFile: string) => Promise<Judging>): void {
  judging = serve
}

export function subjectsOf(suiteFile: string): Promise<Judging> {
  if (judging === undefined)
    throw new Error('A hidden suite runs in the judge: kata check, or kata verify for an author.')
  return judging(suiteFile)
}
