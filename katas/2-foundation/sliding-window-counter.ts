/**
 * A sliding-window counter: about `limit` requests in any `windowMs`, from two counts instead of a log.
 *
 * Time is cut into windows that begin at the multiples of `windowMs` since 1970. For the present window and the one before
 * it, it is known how many requests were granted: `current` and `previous`. When `elapsedMs` of the present window have
 * passed, the stretch of `windowMs` that ends now still overlaps `windowMs - elapsedMs` of the previous one, and that part
 * of its count is taken to lie in it. One more request fits exactly if
 *
 *     previous * (windowMs - elapsedMs) + (current + 1) * windowMs <= limit * windowMs
 *
 * All quantities are whole numbers below 2^53, so nothing has to be rounded. Time comes only from the clock it is given.
 */

/**
 * Reads the time in whole milliseconds since 1970. It may stand still, jump, or step back (NTP does that). A reading that
 * is earlier than the last grant counts as the time of that grant.
 */
export type Clock = () => number

export interface SlidingWindowCounterOptions {
  /** requests that the estimate lets through per window: a whole number, 1 to 1,000,000 */
  readonly limit: number
  /** how long a window is, in ms: a whole number, 1 to 1,000,000,000 (eleven days and a half) */
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowCounter {
  /** @throws {RangeError} naming `limit` or `windowMs` if that is not a whole number in its range */
  constructor(options: SlidingWindowCounterOptions) {
    throw new Error(`TODO: remember what two windows must remember of ${Object.keys(options).join(', ')}`)
  }

  /**
   * Grants one request if it fits, and counts it; refuses otherwise and counts nothing. Never waits.
   *
   * @returns whether the request was granted
   * Cost: O(1), no allocation.
   */
  tryAcquire(): boolean {
    throw new Error('TODO: find the window of this moment, weigh the one before it, then count or refuse')
  }

  /**
   * How long to wait until `tryAcquire()` would be granted if nobody else is granted anything. Changes nothing:
   * only a grant moves time on.
   *
   * @returns the fewest whole milliseconds on the clock, from what it shows now; 0 if it would be granted now
   * Cost: O(1), no allocation.
   */
  retryAfterMs(): number {
    throw new Error('TODO: name the first millisecond at which one more fits')
  }
}
