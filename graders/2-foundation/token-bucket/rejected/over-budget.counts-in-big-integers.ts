// breaks: A call makes no garbage, granted or refused
// spends: 128 bytes
// because: big integers are never rounded, and each sum of two of them is a new object: five of them in each call.

// The dual view (GCRA): no level at all, but the time at which the bucket would be full again if nobody came.
// A bucket of capacity c that is full again at time f holds c tokens less what is missing until f.

export type Clock = () => number

export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  readonly #options: TokenBucketOptions
  /** when it is full again, in units of 1 / refillPerSecond ms after the start, so that it is always whole */
  #fullAt = 0n
  #startMs: number
  #latestMs: number

  constructor(options: TokenBucketOptions) {
    for (const name of ['capacity', 'refillPerSecond'] as const) {
      const value = options[name]
      if (!Number.isInteger(value) || value <= 0 || value > 1e9) throw new RangeError(`bad ${name}: ${value}`)
    }
    this.#options = options
    this.#startMs = options.clock()
    this.#latestMs = this.#startMs
  }

  tryTake(count = 1): boolean {
    const { debt } = this.#look(count)
    if (debt > 0n) return false
    this.#fullAt = this.#atLeastNow() + BigInt(count) * 1000n
    return true
  }

  retryAfterMs(count = 1): number {
    const { debt, behindMs } = this.#look(count)
    if (count > this.#options.capacity) return Number.POSITIVE_INFINITY
    if (debt <= 0n) return 0
    const rate = BigInt(this.#options.refillPerSecond)
    return behindMs + Number((debt + rate - 1n) / rate)
  }

  /** How much too early this call is: what would be missing after it, beyond what the bucket can owe. */
  #look(count: number): { debt: bigint; behindMs: number } {
    if (!Number.isInteger(count) || count < 1 || count > Number.MAX_SAFE_INTEGER)
      throw new RangeError(`bad count: ${count}`)
    const nowMs = this.#options.clock()
    this.#latestMs = Math.max(this.#latestMs, nowMs)
    const fullAfter = this.#atLeastNow() + BigInt(count) * 1000n
    return { debt: fullAfter - this.#now() - BigInt(this.#options.capacity) * 1000n, behindMs: this.#latestMs - nowMs }
  }

  #now(): bigint {
    return BigInt(this.#latestMs - this.#startMs) * BigInt(this.#options.refillPerSecond)
  }

  #atLeastNow(): bigint {
    const now = this.#now()
    return this.#fullAt > now ? this.#fullAt : now
  }
}
