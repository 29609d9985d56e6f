/**
 * A fixed-window counter: at most `limit` requests in each window of `windowMs`.
 *
 * Windows are cut out of time itself: each begins at a multiple of `windowMs` since 1970 and owes nothing to the one
 * before. So the last millisecond of one window and the first of the next can let through twice the limit: that is what
 * this contract says, not a fault in it. Time comes only from the clock that it is given.
 */

/** Reads the time in whole milliseconds since 1970. It may stand still, jump, or step back (NTP does that). */
export type Clock = () => number

export interface FixedWindowOptions {
  /** requests that each window lets through: a whole number, 1 to 1,000,000,000 */
  readonly limit: number
  /** how long a window is, in ms: a whole number, 1 to 1,000,000,000 (eleven days and a half) */
  readonly windowMs: number
  readonly clock: Clock
}

export class FixedWindow {
  /** @throws {RangeError} naming `limit` or `windowMs` if that is not a whole number in its range */
  constructor(options: FixedWindowOptions) {
    throw new Error(`TODO: remember what a window must remember of ${Object.keys(options).join(', ')}`)
  }

  /**
   * Counts `count` requests if the window still has room for all of them; counts nothing otherwise. Never waits.
   *
   * Windows only move forward: if the clock steps back to before the latest window that a call has seen, be it only a
   * question, that window stays the current one until the clock has come past its end.
   *
   * @param count requests at once; a count above the limit is refused, whatever the time
   * @returns whether they were let through
   * @throws {RangeError} naming `count` if it is not a whole number of at least 1; nothing is counted then
   * Cost: O(1), no allocation.
   */
  tryAcquire(count = 1): boolean {
    throw new Error(`TODO: find the window of this moment, then count ${count} or refuse`)
  }

  /**
   * How many more requests the window of this moment lets through. Counts nothing.
   *
   * Cost: O(1), no allocation.
   */
  remaining(): number {
    throw new Error('TODO: say what is left of the limit in the window of this moment')
  }

  /**
   * How long to wait until `tryAcquire(count)` would be granted if nobody else asks. Counts nothing.
   *
   * @returns the fewest whole milliseconds; 0 if it would be granted now; `Infinity` if it never will be
   * @throws {RangeError} naming `count` if it is not a whole number of at least 1
   * Cost: O(1), no allocation.
   */
  retryAfterMs(count = 1): number {
    throw new Error(`TODO: name the first millisecond at which there is room for ${count}`)
  }
}
