/**
 * A leaky bucket by virtual scheduling (GCRA, ITU-T I.371 annex A.1) that keeps one number per client.
 *
 * Unit: 1 / `requests` of a millisecond. A millisecond is `requests` units and the interval T between two requests of the
 * steady rate is `periodMs` units: both whole. The ranges keep the largest sum, 8e12 ms × 1,000 + 1e6 × 1e9, below 2^53,
 * so every step is exact.
 *
 * Invariant: `tats[c]` is the theoretical arrival time of client c's next request, in units since 1970. It never falls, and
 * it is never more than `burst` intervals ahead of the latest time seen. An array of zeros says that nobody has come yet:
 * whatever is due in 1970 is late. Only a request that conforms moves its client's number.
 *
 * It is the token bucket seen from the other side: a bucket of `burst` tokens holds burst - (tat - now) / T of them.
 *
 * Cost: O(1) and no garbage per call; 8 bytes per client and one latest time for all.
 *
 * Rejected: a queue that a timer drains (work for the idle, and it delays where it should refuse); level and time per client
 * (twice the memory for the same answers); T in milliseconds (1000 / 3 has no end); 64-bit nanoseconds (a BigInt makes
 * garbage on each call, and 1 / 3 s is not a whole number of those either).
 */

export type Clock = () => number

export interface LeakyBucketOptions {
  readonly clients: number
  readonly requests: number
  readonly periodMs: number
  readonly burst: number
  readonly clock: Clock
}

export class LeakyBucket {
  readonly #unitsPerMs: number
  readonly #interval: number
  readonly #tolerance: number
  readonly #clock: Clock
  readonly #tats: Float64Array
  /** the latest that the clock has shown; a clock that steps back is not believed */
  #latestMs = 0

  constructor({ clients, requests, periodMs, burst, clock }: LeakyBucketOptions) {
    checkWhole('clients', clients, 1, 1_000_000)
    checkWhole('requests', requests, 1, 1_000)
    checkWhole('periodMs', periodMs, 1, 1_000_000_000)
    checkWhole('burst', burst, 1, 1_000_000)
    this.#unitsPerMs = requests
    this.#interval = periodMs
    this.#tolerance = (burst - 1) * periodMs
    this.#clock = clock
    this.#tats = new Float64Array(clients)
  }

  tryAcquire(client: number): boolean {
    checkWhole('client', client, 0, this.#tats.length - 1)
    this.#look()
    const now = this.#latestMs * this.#unitsPerMs
    const tat = this.#tats[client] as number
    if (now < tat - this.#tolerance) return false
    this.#tats[client] = Math.max(now, tat) + this.#interval
    return true
  }

  retryAfterMs(client: number): number {
    checkWhole('client', client, 0, this.#tats.length - 1)
    const behindMs = this.#look()
    const early = (this.#tats[client] as number) - this.#tolerance - this.#latestMs * this.#unitsPerMs
    // A clock that is behind must first come up to where it has been; only then does time earn again.
    return early > 0 ? behindMs + Math.ceil(early / this.#unitsPerMs) : 0
  }

  /** Reads the clock. @returns how far it is behind the latest time seen, in ms */
  #look(): number {
    const nowMs = this.#clock()
    if (nowMs > this.#latestMs) this.#latestMs = nowMs
    return this.#latestMs - nowMs
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
