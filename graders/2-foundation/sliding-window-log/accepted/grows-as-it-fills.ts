// A plain array that grows by one place for each grant until there are `limit`, and is a ring from then on. While it grows,
// nothing has to be asked: there is room.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const isWhole = (n: number, max: number) => Number.isInteger(n) && n >= 1 && n <= max

export class SlidingWindowLog {
  private readonly grantedMs: number[] = []
  private readonly limit: number
  private readonly windowMs: number
  private readonly clock: Clock
  private oldest = 0
  private lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    if (!isWhole(limit, 1e6)) throw new RangeError('limit is not a whole number in its range')
    if (!isWhole(windowMs, 1e9)) throw new RangeError('windowMs is not a whole number in its range')
    this.limit = limit
    this.windowMs = windowMs
    this.clock = clock
  }

  tryAcquire(): boolean {
    const shownMs = this.clock()
    const nowMs = shownMs > this.lastMs ? shownMs : this.lastMs
    if (this.grantedMs.length < this.limit) this.grantedMs.push(nowMs)
    else if (nowMs < this.freeMs()) return false
    else {
      this.grantedMs[this.oldest] = nowMs
      this.oldest = (this.oldest + 1) % this.limit
    }
    this.lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.clock()
    if (this.grantedMs.length < this.limit) return 0
    return this.freeMs() > Math.max(shownMs, this.lastMs) ? this.freeMs() - shownMs : 0
  }

  private freeMs(): number {
    return (this.grantedMs[this.oldest] ?? 0) + this.windowMs
  }
}
