// breaks: A refusal leaves no trace
// because: a question drops what has left the window by the time shown; if the clock is then put right, those grants are missing.

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
  #oldest = 0
  #kept = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#windowMs = windowMs
    this.#clock = clock
    this.#grantedMs = new Float64Array(limit)
  }

  tryAcquire(): boolean {
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    this.#sweep(nowMs)
    if (this.#kept === this.#grantedMs.length) return false
    this.#grantedMs[(this.#oldest + this.#kept) % this.#grantedMs.length] = nowMs
    this.#lastMs = nowMs
    this.#kept++
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    this.#sweep(Math.max(nowMs, this.#lastMs))
    return this.#kept < this.#grantedMs.length ? 0 : this.#freeMs() - nowMs
  }

  /** Drops the grants that have left the window. */
  #sweep(nowMs: number): void {
    while (this.#kept > 0 && this.#freeMs() <= nowMs) {
      this.#oldest = (this.#oldest + 1) % this.#grantedMs.length
      this.#kept--
    }
  }

  /** The moment at which the oldest grant leaves the window. */
  #freeMs(): number {
    return (this.#grantedMs[this.#oldest] as number) + this.#windowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
