// breaks: A call is constant work on average, however long the log
// spends: O(n)
// because: the version of every blog post, an array that is filtered on each call: a refusal walks through the whole log.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowLog {
  private grants: number[] = []
  private readonly options: SlidingWindowLogOptions

  constructor(options: SlidingWindowLogOptions) {
    const { limit, windowMs } = options
    if (!Number.isInteger(limit) || limit < 1 || limit > 1e6)
      throw new RangeError('limit is not a whole number in its range')
    if (!Number.isInteger(windowMs) || windowMs < 1 || windowMs > 1e9)
      throw new RangeError('windowMs is out of its range')
    this.options = options
  }

  tryAcquire(): boolean {
    const nowMs = this.now()
    this.grants = this.grants.filter((grantMs) => grantMs > nowMs - this.options.windowMs)
    if (this.grants.length >= this.options.limit) return false
    this.grants.push(nowMs)
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.now()
    const counting = this.grants.filter((grantMs) => grantMs > nowMs - this.options.windowMs)
    if (counting.length < this.options.limit) return 0
    return Math.min(...counting) + this.options.windowMs - this.options.clock()
  }

  private now(): number {
    return Math.max(this.options.clock(), ...this.grants.slice(-1))
  }
}
