/**
 * Singleflight: however many callers ask for one thing at the same time, it is loaded once, and all of them get it.
 *
 * The first caller of a key starts a flight. Who calls while it is in the air joins it. When its load has settled, the
 * flight has landed: every caller hears the outcome, and nothing of it is kept. It is not a cache.
 */

/** Fetches what a key stands for; may throw as well as reject. Its signal aborts when nobody waits for it any more. */
export type Load<V> = (signal: AbortSignal) => Promise<V> | V

export interface CallOptions {
  /** lets this caller, and nobody else, stop waiting */
  readonly signal?: AbortSignal | undefined
}

export class Singleflight<V> {
  /** How many keys have a flight that a caller would join now; callers are not counted. Cost: O(1). */
  get inFlight(): number {
    throw new Error('TODO: say how many keys have a flight that a caller would join')
  }

  /**
   * Joins the flight of this key, or starts one with `load` if there is none. A joiner's own `load` is not called.
   *
   * Never throws: whatever goes wrong comes as a rejection. By the time that any caller hears the outcome, the key is
   * free: who calls again in that very moment starts a new flight.
   *
   * @param key any string, also `''` and `'__proto__'`
   * @param load called once for the whole flight, before `do` returns or right after it (as you like)
   * @returns what the load came to: the very same value, or the very same error, for every caller of the flight; or, as
   * soon as `options.signal` aborts, a rejection with that signal's reason. If that was the last caller who waited, the
   * load's signal aborts too; the key is free before that, and before the caller hears. A caller who comes with an aborted
   * signal starts nothing.
   * Cost: O(1) for each caller. A call that has settled leaves no listener on its signal.
   */
  do(key: string, load: Load<V>, options: CallOptions = {}): Promise<V> {
    const leaving = options.signal === undefined ? '' : ', until the signal aborts'
    throw new Error(`TODO: wait for the flight of "${key}", or start one with ${load.name || 'load'}${leaving}`)
  }

  /**
   * Lets the next caller of this key start a new flight. The flight that is in the air goes on and serves the callers
   * that it has; however it ends, the newer flight is none of its business. Does nothing for an unknown key. Cost: O(1).
   */
  forget(key: string): void {
    throw new Error(`TODO: let the next caller of "${key}" start a new flight`)
  }
}
