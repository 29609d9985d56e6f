// Why a subject ended before it had answered: a fact about the submission, or about us, and never an exception.

/** How far a subject had come when it was last heard of. */
export interface Progress {
  readonly during: 'open' | 'load' | 'call' | 'measure' | 'end'
  /** index of the input */
  readonly item: number
  /** function entries and loop passes on that input */
  readonly passes: number
}

export type Death =
  /** `at`: ended by the clock, while something ran that no fuel gauge can see */
  | { cause: 'timed-out'; why: string; line?: number; at?: Progress }
  /** `of`: by taking more than it may have, where that is what ended it */
  | { cause: 'crashed'; why: string; line?: number; of?: 'memory' }
  | { cause: 'tampered'; why: string }
  | { cause: 'judge-error'; why: string }
