// breaks: A clock that steps back is a clock that stands still
// because: writes down whatever the clock shows: what is granted while it is behind has left the window before its time.

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
  #grantedMs: number[] = []

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    const nowMs = this.#clock()
    this.#grantedMs = this.#grantedMs.filter((grantedMs) => grantedMs > nowMs - this.#windowMs)
    if (this.#grantedMs.length >= this.#limit) return false
    this.#grantedMs.push(nowMs)
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    const counting = this.#grantedMs.filter((grantedMs) => grantedMs > nowMs - this.#windowMs)
    return counting.length < this.#limit ? 0 : Math.min(...counting) + this.#windowMs - nowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
