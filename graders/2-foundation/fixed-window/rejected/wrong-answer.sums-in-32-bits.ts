// breaks: Each window grants its limit, and no more
// because: `| 0` makes a sum of two thousand million negative, and what is negative fits: a count far above the limit gets in.

export type Clock = () => number

export interface FixedWindowOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX = 1_000_000_000

export class FixedWindow {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  #used = 0
  /** the first millisecond that no longer belongs to the latest window; before the first call no window has begun */
  #endMs = 0

  constructor({ limit, windowMs, clock }: FixedWindowOptions) {
    checkWhole('limit', limit, MAX)
    checkWhole('windowMs', windowMs, MAX)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(count = 1): boolean {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    this.#turn()
    if (((this.#used + count) | 0) > this.#limit) return false
    this.#used += count
    return true
  }

  remaining(): number {
    this.#turn()
    return this.#limit - this.#used
  }

  retryAfterMs(count = 1): number {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    const nowMs = this.#turn()
    if (count > this.#limit) return Number.POSITIVE_INFINITY
    // A clock that has stepped back still has the whole way to the end of the latest window before it.
    return count > this.#limit - this.#used ? this.#endMs - nowMs : 0
  }

  /** Opens a fresh window if the latest one is over. @returns the time on the clock, in ms */
  #turn(): number {
    const nowMs = this.#clock()
    if (nowMs >= this.#endMs) {
      this.#endMs = nowMs - (nowMs % this.#windowMs) + this.#windowMs
      this.#used = 0
    }
    return nowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
