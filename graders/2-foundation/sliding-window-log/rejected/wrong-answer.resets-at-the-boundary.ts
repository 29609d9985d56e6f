// breaks: No window holds more than the limit, wherever it begins
// because: is a counter that falls to nothing when a window ends: the last moment of one and the first of the next let through twice the limit.

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
  #used = 0
  #endMs = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    this.#turn(nowMs)
    if (this.#used >= this.#limit) return false
    this.#used++
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    return this.#used < this.#limit || Math.max(nowMs, this.#lastMs) >= this.#endMs ? 0 : this.#endMs - nowMs
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#endMs) return
    this.#endMs = (Math.floor(nowMs / this.#windowMs) + 1) * this.#windowMs
    this.#used = 0
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
