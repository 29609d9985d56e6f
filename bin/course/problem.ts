// A fault in a file that an author wrote: a value, because an author wants all of them at once, not the first.

export interface Problem {
  /** counted from 1 */
  readonly line: number
  readonly message: string
}

/** `lessons/2-foundation/token-bucket.md:3: unknown key "minuts"`, the form that editors turn into a link. */
export const problemText = (file: string, problem: Problem): string => `${file}:${problem.line}: ${problem.message}`
