// breaks: A window that is over leaves nothing behind
// spends: 46 bytes
// because: the counts lie in a map under their window's number, as in a shared store, and nothing takes the old ones out.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX_LIMIT = 1_000_000
const MAX_WINDOW_MS = 1_000_000_000

export class SlidingWindowCounter {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  /** by the number of its window: how many were granted */
  readonly #counts = new Map<number, number>()
  #lastMs = 0

  constructor({ limit, windowMs, clock }: SlidingWindowCounterOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    const window = Math.floor(nowMs / this.#windowMs)
    const current = this.#countOf(window)
    if (this.#countOf(window - 1) * ((window + 1) * this.#windowMs - nowMs) > this.#room(current)) return false
    this.#counts.set(window, current + 1)
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#lastMs)
    const window = Math.floor(nowMs / this.#windowMs)
    const endMs = (window + 1) * this.#windowMs
    const previous = this.#countOf(window - 1)
    const room = this.#room(this.#countOf(window))
    if (previous * (endMs - nowMs) <= room) return 0
    // A window that is full by itself has to fade in the next one, until limit × elapsed makes up for one request.
    if (room < 0) return endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    // Otherwise the previous one fades in this: it weighs `previous` less each millisecond, and nothing at the end.
    return endMs - Math.floor(room / previous) - shownMs
  }

  #countOf(window: number): number {
    return this.#counts.get(window) ?? 0
  }

  /** What the previous window may weigh if one more is to fit. Negative: the present window is full by itself. */
  #room(current: number): number {
    return (this.#limit - 1 - current) * this.#windowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
