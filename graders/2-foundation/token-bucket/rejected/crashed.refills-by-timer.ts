// breaks: every promise
// because: a timer for each bucket: work for buckets that nobody uses, bursts at the tick, and nothing that a test can hold still.

export type Clock = () => number

export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  private readonly capacity: number
  private readonly refillPerSecond: number
  private readonly clock: Clock
  private tokens: number
  private lastRefillMs: number

  constructor({ capacity, refillPerSecond, clock }: TokenBucketOptions) {
    check('capacity', capacity, 1e9)
    check('refillPerSecond', refillPerSecond, 1e9)
    this.capacity = capacity
    this.refillPerSecond = refillPerSecond
    this.clock = clock
    this.tokens = capacity
    this.lastRefillMs = clock()
    setInterval(() => this.refill(), 1000)
  }

  tryTake(count = 1): boolean {
    check('count', count, Number.MAX_SAFE_INTEGER)
    this.refill()
    if (this.tokens < count) return false
    this.tokens -= count
    return true
  }

  retryAfterMs(count = 1): number {
    check('count', count, Number.MAX_SAFE_INTEGER)
    if (count > this.capacity) return Number.POSITIVE_INFINITY
    this.refill()
    if (count <= this.tokens) return 0
    const behindMs = this.lastRefillMs - this.clock()
    return behindMs + Math.ceil(((count - this.tokens) / this.refillPerSecond) * 1000)
  }

  private refill(): void {
    const nowMs = this.clock()
    if (nowMs <= this.lastRefillMs) return
    const elapsedS = (nowMs - this.lastRefillMs) / 1000
    this.tokens = Math.min(this.capacity, this.tokens + elapsedS * this.refillPerSecond)
    this.lastRefillMs = nowMs
  }
}

function check(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} is out of range: ${value}`)
}
