// breaks: A call makes no garbage
// spends: 95 bytes
// because: it works out its sums in big integers, of which each is a new object; a double holds these sums exactly.

// As it is done in a shared store: one counter for each window, under the window's number, and old ones deleted. The sums
// are worked out in big integers.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowCounter {
  private readonly counts = new Map<number, number>()
  private readonly options: SlidingWindowCounterOptions
  private latestMs = 0

  constructor(options: SlidingWindowCounterOptions) {
    const { limit, windowMs } = options
    if (!Number.isInteger(limit) || limit < 1 || limit > 1e6)
      throw new RangeError('limit is not a whole number in its range')
    if (!Number.isInteger(windowMs) || windowMs < 1 || windowMs > 1e9)
      throw new RangeError('windowMs is out of its range')
    this.options = options
  }

  tryAcquire(): boolean {
    this.latestMs = Math.max(this.latestMs, this.options.clock())
    const window = Math.floor(this.latestMs / this.options.windowMs)
    for (const old of this.counts.keys()) if (old < window - 1) this.counts.delete(old)
    if (this.lacking(window, this.latestMs) > 0n) return false
    this.counts.set(window, this.count(window) + 1)
    return true
  }

  retryAfterMs(): number {
    const { clock, windowMs } = this.options
    const shownMs = clock()
    const nowMs = Math.max(this.latestMs, shownMs)
    // In each window what is lacking falls by the previous count a millisecond. Two windows on, nothing can be lacking.
    for (let window = Math.floor(nowMs / windowMs); ; window++) {
      const fromMs = Math.max(nowMs, window * windowMs)
      const lacking = this.lacking(window, fromMs)
      if (lacking <= 0n) return window * windowMs > nowMs ? fromMs - shownMs : 0
      const fades = BigInt(this.count(window - 1))
      if (fades === 0n) continue
      const dueMs = fromMs + Number((lacking + fades - 1n) / fades)
      if (dueMs < (window + 1) * windowMs) return dueMs - shownMs
    }
  }

  private count(window: number): number {
    return this.counts.get(window) ?? 0
  }

  /** By how much one more request would be too much, in requests times milliseconds. */
  private lacking(window: number, atMs: number): bigint {
    const width = BigInt(this.options.windowMs)
    const overlap = BigInt((window + 1) * this.options.windowMs - atMs)
    const taken = BigInt(this.count(window - 1)) * overlap + BigInt(this.count(window) + 1) * width
    return taken - BigInt(this.options.limit) * width
  }
}
