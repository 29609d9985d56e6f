// breaks: every promise
// because: a timer that resets the count: it fires late, once for every client, and nothing that a test can hold still.

export type Clock = () => number

export interface FixedWindowOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class FixedWindow {
  private readonly limit: number
  private readonly windowMs: number
  private readonly clock: Clock
  private used = 0

  constructor({ limit, windowMs, clock }: FixedWindowOptions) {
    check('limit', limit, 1e9)
    check('windowMs', windowMs, 1e9)
    this.limit = limit
    this.windowMs = windowMs
    this.clock = clock
    setInterval(() => {
      this.used = 0
    }, windowMs)
  }

  tryAcquire(count = 1): boolean {
    check('count', count, Number.MAX_SAFE_INTEGER)
    if (count > this.limit - this.used) return false
    this.used += count
    return true
  }

  remaining(): number {
    return this.limit - this.used
  }

  retryAfterMs(count = 1): number {
    check('count', count, Number.MAX_SAFE_INTEGER)
    if (count > this.limit) return Number.POSITIVE_INFINITY
    return count <= this.remaining() ? 0 : this.windowMs - (this.clock() % this.windowMs)
  }
}

function check(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} is out of range: ${value}`)
}
