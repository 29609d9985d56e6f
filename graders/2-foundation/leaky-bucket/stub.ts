/**
 * A leaky bucket for each of many clients, by the generic cell rate algorithm (GCRA, ITU-T I.371, annex A): `burst`
 * requests at once, and `requests` per `periodMs` in the long run. One number per client: its theoretical arrival time.
 *
 * In the words of I.371: the interval T is `periodMs / requests` ms, and the tolerance τ is `burst - 1` intervals. A
 * request that arrives earlier than its theoretical arrival time less τ is refused; any other is let through, and the
 * next one is then due T after it was due, or T after now if it came late.
 *
 * Nothing is ever rounded. The unit of time is 1 / `requests` of a millisecond: the time of the clock is `requests` units
 * for each millisecond, T is `periodMs` units, both are whole, and the ranges below keep every sum under 2^53.
 */

/** Reads the time in whole milliseconds since 1970, up to the year 2223. It may stand still, jump, or step back. */
export type Clock = () => number

export interface LeakyBucketOptions {
  /** how many clients there are; each is a whole number from 0 to `clients - 1`. 1 to 1,000,000 */
  readonly clients: number
  /** requests per period that a client may send in the long run: a whole number, 1 to 1,000 */
  readonly requests: number
  /** the period, in ms: a whole number, 1 to 1,000,000,000 (eleven days and a half) */
  readonly periodMs: number
  /** requests that a client may send at once after a silence: a whole number, 1 to 1,000,000 */
  readonly burst: number
  readonly clock: Clock
}

export class LeakyBucket {
  /** @throws {RangeError} naming `clients`, `requests`, `periodMs` or `burst` if that is not a whole number in its range */
  constructor(options: LeakyBucketOptions) {
    throw new Error(`TODO: make room for one number per client, out of ${Object.keys(options).join(', ')}`)
  }

  /**
   * Lets a request of a client through if it conforms; changes nothing otherwise. Never waits.
   *
   * Time that the clock goes back, and the way up again to where it has been before, earns nothing, and takes nothing
   * away that was there.
   *
   * @returns whether it was let through
   * @throws {RangeError} naming `client` if there is no such client; nothing is changed then
   * Cost: O(1), no allocation; 8 bytes per client, whether or not it ever comes.
   */
  tryAcquire(client: number): boolean {
    throw new Error(`TODO: let client ${client} through unless it comes too early, and say when it is due next`)
  }

  /**
   * How long to wait until `tryAcquire(client)` would be let through if the client sends nothing else.
   *
   * Like every call it sees the time: what is due by now stays due, also if the clock steps back afterwards.
   *
   * @returns the fewest whole milliseconds; 0 if it would be let through now
   * @throws {RangeError} naming `client` if there is no such client
   * Cost: O(1), no allocation.
   */
  retryAfterMs(client: number): number {
    throw new Error(`TODO: name the first millisecond at which client ${client} is no longer too early`)
  }
}
