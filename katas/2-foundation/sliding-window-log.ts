/**
 * A sliding-window log: never more than `limit` requests in any `windowMs`, wherever one begins to count.
 *
 * It remembers when each request was granted. A grant at time s counts from s up to and including s + windowMs - 1; at
 * s + windowMs its place is free again. In other words: no half-open window (t - windowMs, t] ever holds more than
 * `limit` grants. Time comes only from the clock that it is given.
 */

/**
 * Reads the time in whole milliseconds since 1970. It may stand still, jump, or step back (NTP does that). A reading that
 * is earlier than the last grant counts as the time of that grant.
 */
export type Clock = () => number

export interface SlidingWindowLogOptions {
  /** requests that any window lets through: a whole number, 1 to 1,000,000 */
  readonly limit: number
  /** how long a window is, in ms: a whole number, 1 to 1,000,000,000 (eleven days and a half) */
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowLog {
  /**
   * @throws {RangeError} naming `limit` or `windowMs` if that is not a whole number in its range
   * Memory: O(limit), however many requests come.
   */
  constructor(options: SlidingWindowLogOptions) {
    throw new Error(`TODO: make room for what a log must remember of ${Object.keys(options).join(', ')}`)
  }

  /**
   * Grants one request if fewer than `limit` grants count at this moment, and remembers it; refuses otherwise and
   * remembers nothing. Never waits. Requests of the same millisecond are requests like any others.
   *
   * @returns whether the request was granted
   * Cost: amortised O(1), no allocation in the long run.
   */
  tryAcquire(): boolean {
    throw new Error('TODO: count the grants that still count, then grant and remember, or refuse')
  }

  /**
   * How long to wait until `tryAcquire()` would be granted if nobody else is granted anything. Changes nothing:
   * only a grant moves time on.
   *
   * @returns the fewest whole milliseconds on the clock, from what it shows now; 0 if it would be granted now
   * Cost: amortised O(1), no allocation.
   */
  retryAfterMs(): number {
    throw new Error('TODO: name the first millisecond at which a place is free')
  }
}
