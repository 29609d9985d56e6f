// breaks: A window that is over leaves nothing behind
// spends: 46 bytes
// because: the counts lie in a map under their window's number, as INCR without EXPIRE leaves them, and nothing takes them out.

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
  /** by the number of its window, as in a store: how many were granted */
  readonly #used = new Map<number, number>()
  #window = 0

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
    const used = this.#usedNow()
    if (count > this.#limit - used) return false
    this.#used.set(this.#window, used + count)
    return true
  }

  remaining(): number {
    this.#turn()
    return this.#limit - this.#usedNow()
  }

  retryAfterMs(count = 1): number {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    const nowMs = this.#turn()
    if (count > this.#limit) return Number.POSITIVE_INFINITY
    return count > this.#limit - this.#usedNow() ? (this.#window + 1) * this.#windowMs - nowMs : 0
  }

  #usedNow(): number {
    return this.#used.get(this.#window) ?? 0
  }

  /** Windows only move forward. @returns the time on the clock, in ms */
  #turn(): number {
    const nowMs = this.#clock()
    this.#window = Math.max(this.#window, Math.floor(nowMs / this.#windowMs))
    return nowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
