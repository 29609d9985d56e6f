// Numbers the windows instead of keeping their end, and counts down what is left instead of up what is used.

export type Clock = () => number

export interface FixedWindowOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const isWhole = (n: number, max: number) => Number.isInteger(n) && n >= 1 && n <= max

export class FixedWindow {
  private readonly options: FixedWindowOptions
  private window: number
  private left: number

  constructor(options: FixedWindowOptions) {
    if (!isWhole(options.limit, 1e9)) throw new RangeError('limit is not a whole number in its range')
    if (!isWhole(options.windowMs, 1e9)) throw new RangeError('windowMs is not a whole number in its range')
    this.options = options
    this.window = this.windowOf(options.clock())
    this.left = options.limit
  }

  tryAcquire(count = 1): boolean {
    if (!isWhole(count, Number.MAX_SAFE_INTEGER)) throw new RangeError('count is not a whole number of at least 1')
    const granted = count <= this.remaining()
    if (granted) this.left -= count
    return granted
  }

  remaining(): number {
    this.see()
    return this.left
  }

  retryAfterMs(count = 1): number {
    if (!isWhole(count, Number.MAX_SAFE_INTEGER)) throw new RangeError('count is not a whole number of at least 1')
    const nowMs = this.see()
    if (count <= this.left) return 0
    return count > this.options.limit ? Infinity : (this.window + 1) * this.options.windowMs - nowMs
  }

  private see(): number {
    const nowMs = this.options.clock()
    const window = this.windowOf(nowMs)
    if (window > this.window) {
      this.window = window
      this.left = this.options.limit
    }
    return nowMs
  }

  private windowOf(nowMs: number): number {
    return Math.floor(nowMs / this.options.windowMs)
  }
}
