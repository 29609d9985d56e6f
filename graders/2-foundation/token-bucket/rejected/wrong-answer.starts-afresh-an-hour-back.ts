// breaks: A clock that steps back earns nothing
// because: takes a step back of more than an hour for a new beginning, and is paid for all of it on the way up.

export type Clock = () => number

export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

function demand(name: string, value: number, max = Number.POSITIVE_INFINITY): number {
  if (!Number.isInteger(value) || value < 1 || value > max) throw new RangeError(`${name} must be whole, 1 to ${max}`)
  return value
}

export class TokenBucket {
  private readonly full: number
  private readonly options: TokenBucketOptions
  private level: number
  private seen: number

  constructor(options: TokenBucketOptions) {
    demand('capacity', options.capacity, 1e9)
    demand('refillPerSecond', options.refillPerSecond, 1e9)
    this.options = options
    this.full = options.capacity * 1000
    this.level = this.full
    this.seen = options.clock()
  }

  private refill(): number {
    const now = this.options.clock()
    const elapsed = now - this.seen
    if (elapsed > 0) {
      this.level = Math.min(this.full, this.level + elapsed * this.options.refillPerSecond)
      this.seen = now
    } else if (elapsed < -3_600_000) {
      this.seen = now
    }
    return now
  }

  tryTake(count = 1): boolean {
    demand('count', count)
    this.refill()
    const price = count * 1000
    if (price > this.level) return false
    this.level -= price
    return true
  }

  retryAfterMs(count = 1): number {
    demand('count', count)
    const now = this.refill()
    const price = count * 1000
    if (price > this.full) return Infinity
    if (price <= this.level) return 0
    return this.seen + Math.ceil((price - this.level) / this.options.refillPerSecond) - now
  }
}
