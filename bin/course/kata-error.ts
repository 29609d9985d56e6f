// The one error that is the user's mistake, not ours: it says what is wrong, and what to do next. Everything else that
// is thrown is a bug and keeps its stack.

export class KataError extends Error {
  override readonly name = 'KataError'
  readonly what: string
  readonly next: string | undefined

  /** @param what what is wrong and where, one sentence. @param next the next step, one sentence. */
  constructor(what: string, next?: string) {
    super(next === undefined ? what : `${what} ${next}`)
    this.what = what
    this.next = next
  }
}
