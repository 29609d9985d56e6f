// What goes from the judge's main thread to the vitest worker that runs the suites, and back.

import type { PromiseResult } from '../../graders/kit/subjects.ts'
import type { Modules } from '../sandbox/prepare.ts'
import type { Aftermath, Threw } from '../sandbox/protocol.ts'
import type { Death } from '../sandbox/session.ts'

/** One submission to judge: its source, ready to load. */
export interface Job {
  readonly id: string
  /** path of the kata */
  readonly kata: string
  readonly url: string
  readonly modules: Modules
  readonly seeds: readonly number[]
  /** look for the smallest failing input on the first seed: worth it where a person will read it */
  readonly shrink: boolean
  /** go on after a broken promise: the author's question is on which seeds it breaks */
  readonly exhaustive: boolean
  /** one broken promise is enough, on each seed where the job is exhaustive: nobody asks which */
  readonly untilBroken?: true
  /** what keeps its promises is played again with a process for each simulated node: a stranger's code */
  readonly apart?: true
}

/** Provided to the suite threads for one run. */
export interface Assignment {
  /** BroadcastChannel that evidence goes back on */
  readonly channel: string
  /** by absolute path of the suite */
  readonly suites: Record<string, readonly Job[]>
}

/** Said to a suite thread, and by it when all of its subjects are dead. */
export const END_SUBJECTS = 'kata: end all subjects'

/** What became of one submission. */
export interface Evidence {
  readonly id: string
  readonly promises: readonly { readonly name: string; readonly seed: number; readonly result: PromiseResult }[]
  /** what it threw while it was loaded */
  readonly load?: Threw
  /** errors that nobody caught, at any time */
  readonly late: readonly Threw[]
  /** why it ended, each time that it did */
  readonly deaths: readonly Death[]
  readonly printed: readonly string[]
}

export type { Aftermath }

declare module 'vitest' {
  interface ProvidedContext {
    assignment: Assignment
  }
}
