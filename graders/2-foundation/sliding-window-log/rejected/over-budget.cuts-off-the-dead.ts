// breaks: In the long run a call makes no garbage
// spends: bytes a call
// because: a head moves over what has left the window, and the dead half is cut off now and then: by a copy of the living
// one, which is just large enough and grows again at the next grant.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX_LIMIT = 1_000_000
const MAX_WINDOW_MS = 1_000_000_000

export class SlidingWindowLog {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  /** from `#head` on the grants that count, oldest first; in front of it those that have left the window */
  #grantedMs: number[] = []
  #head = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    // Time stands still at the last grant while the clock is behind it; only so does the log stay in order.
    const shownMs = this.#clock()
    const nowMs = shownMs > this.#lastMs ? shownMs : this.#lastMs
    while (this.#head < this.#grantedMs.length && nowMs - (this.#grantedMs[this.#head] ?? 0) >= this.#windowMs)
      this.#head++
    if (this.#head * 2 > this.#grantedMs.length) {
      this.#grantedMs = this.#grantedMs.slice(this.#head)
      this.#head = 0
    }
    if (this.#grantedMs.length - this.#head === this.#limit) return false
    this.#grantedMs.push(nowMs)
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    if (this.#grantedMs.length - this.#head < this.#limit) return 0
    // Behind the last grant, too, what is free is free at once, and what is not is free when the clock shows its time.
    const freeMs = (this.#grantedMs[this.#head] ?? 0) + this.#windowMs
    return Math.max(nowMs, this.#lastMs) < freeMs ? freeMs - nowMs : 0
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
