// breaks: A clock that steps back is a clock that stands still
// because: takes a step back of more than sixty windows for a new beginning and forgets what it has granted.

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
    const shownMs = this.#clock()
    if (this.#lastMs - shownMs > 60 * this.#windowMs) {
      this.#grantedMs.fill(Number.NEGATIVE_INFINITY)
      this.#lastMs = shownMs
    }
    const nowMs = Math.max(shownMs, this.#lastMs)
    if (nowMs < this.#freeMs()) return false
    this.#grantedMs[this.#next] = nowMs
    this.#lastMs = nowMs
    this.#next = this.#next + 1 === this.#grantedMs.length ? 0 : this.#next + 1
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    const freeMs = this.#freeMs()
    // Behind the last grant, too, what is free is free at once, and what is not is free when the clock shows its time.
    return Math.max(nowMs, this.#lastMs) < freeMs ? freeMs - nowMs : 0
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
