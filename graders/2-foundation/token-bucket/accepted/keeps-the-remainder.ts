// Whole tokens and a remainder: time is turned into tokens by division, and what does not make a token yet stays in the
// books as thousandths.

export type Clock = () => number

export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const isCount = (n: number, max: number) => Number.isInteger(n) && n >= 1 && n <= max

export class TokenBucket {
  private tokens: number
  private thousandths = 0
  private seenMs: number
  private readonly options: TokenBucketOptions

  constructor(options: TokenBucketOptions) {
    if (!isCount(options.capacity, 1e9)) throw new RangeError('capacity is not a whole number in its range')
    if (!isCount(options.refillPerSecond, 1e9))
      throw new RangeError('refillPerSecond is not a whole number in its range')
    this.options = options
    this.tokens = options.capacity
    this.seenMs = options.clock()
  }

  tryTake(count = 1): boolean {
    this.catchUp(count)
    if (count > this.tokens) return false
    this.tokens -= count
    return true
  }

  retryAfterMs(count = 1): number {
    const nowMs = this.catchUp(count)
    if (count > this.options.capacity) return Infinity
    if (count <= this.tokens) return 0
    const missing = (count - this.tokens) * 1000 - this.thousandths
    return this.seenMs - nowMs + Math.ceil(missing / this.options.refillPerSecond)
  }

  private catchUp(count: number): number {
    if (!isCount(count, Number.MAX_SAFE_INTEGER)) throw new RangeError('count is not a whole number of at least 1')
    const { capacity, refillPerSecond, clock } = this.options
    const nowMs = clock()
    if (nowMs > this.seenMs) {
      const earned = this.thousandths + (nowMs - this.seenMs) * refillPerSecond
      this.seenMs = nowMs
      if (earned >= (capacity - this.tokens) * 1000) {
        this.tokens = capacity
        this.thousandths = 0
      } else {
        this.tokens += Math.floor(earned / 1000)
        this.thousandths = earned % 1000
      }
    }
    return nowMs
  }
}
