// breaks: A call is constant work, whatever the limit, the window and the silence before it
// spends: O(n)
// because: it turns one window after another until it has caught up: who comes after a silence pays for all of it.

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
  /** the first millisecond that no longer belongs to the latest window */
  #endMs = 0
  #latestMs = 0

  constructor({ limit, windowMs, clock }: SlidingWindowCounterOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    this.#turn(this.#clock())
    if (this.#previous * (this.#endMs - this.#latestMs) > this.#room(this.#current)) return false
    this.#current++
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#latestMs)
    const endMs = nowMs - (nowMs % this.#windowMs) + this.#windowMs
    const turns = (endMs - this.#endMs) / this.#windowMs
    const previous = turns === 0 ? this.#previous : turns === 1 ? this.#current : 0
    const room = this.#room(turns === 0 ? this.#current : 0)
    if (previous * (endMs - nowMs) <= room) return 0
    // A window that is full by itself has to fade in the next one, until limit × elapsed makes up for one request.
    if (room < 0) return endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    // Otherwise the previous one fades in this: it weighs `previous` less each millisecond, and nothing at the end.
    return endMs - Math.floor(room / previous) - shownMs
  }

  #turn(shownMs: number): void {
    if (shownMs > this.#latestMs) this.#latestMs = shownMs
    // The first call finds its window by division; nobody wants to begin in 1970.
    if (this.#endMs === 0) this.#endMs = this.#latestMs - (this.#latestMs % this.#windowMs) + this.#windowMs
    while (this.#latestMs >= this.#endMs) {
      this.#previous = this.#current
      this.#current = 0
      this.#endMs += this.#windowMs
    }
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
