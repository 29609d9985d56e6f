/**
 * A token bucket: at most `capacity` requests at once, and `refillPerSecond` requests a second in the long run.
 *
 * The bucket starts full. Time comes only from the clock that it is given, so that a test can hold time still.
 * All quantities are whole numbers, so that nothing has to be rounded: after 1 ms at 5 tokens a second
 * exactly 5 thousandths of a token have come back.
 */

/** Reads the time in whole milliseconds. It may stand still, jump, or step back (NTP does that). */
export type Clock = () => number

export interface TokenBucketOptions {
  /** tokens that the bucket can hold: a whole number, 1 to 1,000,000,000 */
  readonly capacity: number
  /** tokens that come back per second: a whole number, 1 to 1,000,000,000 */
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  /** @throws {RangeError} naming `capacity` or `refillPerSecond` if that is not a whole number in its range */
  constructor(options: TokenBucketOptions) {
    throw new Error(`TODO: remember what a bucket must remember of ${Object.keys(options).join(', ')}`)
  }

  /**
   * Takes `count` tokens if that many are there; takes nothing otherwise. Never waits.
   *
   * Time that the clock goes back, and the way up again to where it has been before, earns nothing.
   *
   * @param count tokens to take; a count above the capacity is refused, whatever the time
   * @returns whether the tokens were taken
   * @throws {RangeError} naming `count` if it is not a whole number of at least 1; the bucket is then unchanged
   * Cost: O(1), no allocation.
   */
  tryTake(count = 1): boolean {
    throw new Error(`TODO: refill for the time that has passed, then take ${count} or refuse`)
  }

  /**
   * How long to wait until `tryTake(count)` would be granted if nobody else takes any. Takes nothing.
   *
   * Like every call it sees the time: what has come back by now is there, also if the clock steps back afterwards.
   *
   * @returns the fewest whole milliseconds; 0 if it would be granted now; `Infinity` if it never will be
   * @throws {RangeError} naming `count` if it is not a whole number of at least 1
   * Cost: O(1), no allocation.
   */
  retryAfterMs(count = 1): number {
    throw new Error(`TODO: name the first millisecond at which ${count} would be there`)
  }
}
