// breaks: A refusal leaves no trace
// because: a question moves the time up that later grants are dated by, although nothing was granted.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX_LIMIT = 1_000_000
const MAX_WINDOW_MS = 1_000_000_000

export class SlidingWindowLog {
  readonly #windowMs: number
  readonly #clock: Clock
  readonly #grantedMs: Float64Array
  #next = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#windowMs = windowMs
    this.#clock = clock
    this.#grantedMs = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  }

  tryAcquire(): boolean {
    // Time stands still at the last grant while the clock is behind it; only so do the slots stay in order.
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    if (nowMs < this.#freeMs()) return false
    this.#grantedMs[this.#next] = nowMs
    this.#lastMs = nowMs
    this.#next = this.#next + 1 === this.#grantedMs.length ? 0 : this.#next + 1
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    const freeMs = this.#freeMs()
    this.#lastMs = Math.max(nowMs, this.#lastMs)
    return this.#lastMs < freeMs ? freeMs - nowMs : 0
  }

  /** When the place that is taken next is free: the moment at which the oldest grant leaves the window. */
  #freeMs(): number {
    return (this.#grantedMs[this.#next] as number) + this.#windowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
