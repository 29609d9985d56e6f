// A class as an instructor sees it: what raw results come to under the policies of an assignment. Derived each time it is
// asked for; nothing of it is kept. Every export and page is written from this and from nothing else.

import type { Report } from '../judge/report.ts'
import type { Learner, NotTaken } from './submitted.ts'

/** Whole hundredths of a point: 1,250 is 12.5 points. Sums are exact, and an export never says 3.0000000000000004. */
export type Hundredths = number

export interface Grades {
  readonly assignment: {
    readonly name: string
    readonly deadlineMs?: number
    readonly katas: readonly GradedKata[]
  }
  /** by id */
  readonly learners: readonly LearnerGrade[]
  readonly notTaken: readonly NotTaken[]
  /** how it was judged, newest run first: a report without `strict` says so */
  readonly runs: readonly Run[]
}

/** What a kata is worth, item by item. */
export interface GradedKata {
  /** slug */
  readonly kata: string
  readonly title: string
  readonly of: Hundredths
  readonly promises: readonly { readonly name: string; readonly of: Hundredths }[]
  readonly budgets: readonly { readonly name: string; readonly of: Hundredths }[]
}

/** What a grader asks for, by name, in the order of lesson and budgets. */
export interface ItemNames {
  readonly promises: readonly string[]
  readonly budgets: readonly string[]
}

export interface Run {
  readonly kind: 'grade' | 'regrade'
  readonly startedMs: number
  /** absent where it was ended from outside, and while it is at work */
  readonly endedMs?: number
  /** what became of what a regrade proposed, where it proposed something */
  readonly proposal?: 'open' | 'applied' | 'discarded' | 'superseded'
  readonly isolation: 'strict' | 'portable'
  /** why it is not strict, where it is not */
  readonly remark?: string
  readonly judged: number
  readonly fromCache: number
  readonly judgeErrors: number
}

export interface LearnerGrade {
  readonly learner: Learner
  /** of the katas that are known; `isComplete` where that is all of them */
  readonly points: Hundredths
  readonly of: Hundredths
  readonly isComplete: boolean
  readonly lateDaysUsed: number
  /** by which lateness is counted: of the assignment, or an extension of their own */
  readonly deadlineMs?: number
  /** in the assignment's order */
  readonly katas: readonly KataGrade[]
}

export interface KataGrade {
  /** slug */
  readonly kata: string
  /**
   * `graded`: a verdict stands · `missing`: nothing handed in · `not-taken`: something was, and could not be taken ·
   * `pending`: taken and not judged yet, or not even looked for · `judge-error`: our own fault, listed apart and never scored
   */
  readonly state: 'graded' | 'missing' | 'not-taken' | 'pending' | 'judge-error'
  /** after the late policy; absent where it is not known (pending, judge-error) */
  readonly points?: Hundredths
  readonly of: Hundredths
  /** before the late policy */
  readonly rawPoints?: Hundredths
  readonly late?: { readonly days: number; readonly lateDaysUsed: number; readonly off: Hundredths }
  /** the attempt that counts, by the policy of the assignment */
  readonly attempt?: {
    readonly origin: string
    readonly atMs?: number
    /** who says that it was late, where nobody says when it came */
    readonly markedLateBy?: string
    /** sha256 of the bytes */
    readonly content: string
    /** counted from 1 */
    readonly number: number
    readonly of: number
  }
  readonly report?: Report
  /** of the sandbox that the report came from */
  readonly isolation?: Run['isolation']
  readonly promises: readonly ScoredItem[]
  readonly budgets: readonly ScoredItem[]
  /** what a person should look at, in a sentence each; never a verdict */
  readonly flags: readonly string[]
}

export interface ScoredItem {
  readonly name: string
  readonly of: Hundredths
  readonly points: Hundredths
  /** `unknown`: judging ended before it came to this */
  readonly state: 'kept' | 'broken' | 'unknown'
}
