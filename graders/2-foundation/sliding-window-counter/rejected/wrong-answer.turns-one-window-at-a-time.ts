// breaks: What is two windows old is forgotten
// because: moves on by one window when it finds the present one over: `if` where `while` was needed, and after a silence it lives in the past.

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
  #previous = 0
  #current = 0
  /** the first millisecond that no longer belongs to the window of the last grant */
  #endMs = 0
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
    this.#turn(nowMs)
    if (this.#previous * (this.#endMs - nowMs) > this.#room(this.#current)) return false
    this.#current++
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#lastMs)
    this.#turn(nowMs)
    const room = this.#room(this.#current)
    if (this.#previous * (this.#endMs - nowMs) <= room) return 0
    // A window that is full by itself has to fade in the next one, until limit × elapsed makes up for one request.
    if (room < 0) return this.#endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    // Otherwise the previous one fades in this: it weighs `previous` less each millisecond, and nothing at the end.
    return this.#endMs - Math.floor(room / this.#previous) - shownMs
  }

  #endOf(nowMs: number): number {
    return nowMs - (nowMs % this.#windowMs) + this.#windowMs
  }

  /** Moves the windows to the present. */
  #turn(nowMs: number): void {
    if (this.#endMs === 0) this.#endMs = this.#endOf(nowMs)
    if (nowMs < this.#endMs) return
    this.#previous = this.#current
    this.#current = 0
    this.#endMs += this.#windowMs
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
