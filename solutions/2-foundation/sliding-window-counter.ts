/**
 * A sliding-window counter in four numbers: two counts, the end of the present window, the latest time.
 *
 * Both sides of the decision are multiplied by `windowMs`, so that the weight (windowMs - elapsedMs) / windowMs needs no
 * division: whole numbers, at most 2 × 10^15, exact.
 *
 * Invariant: `current` grants lie in the window that ends just before `endMs`, `previous` in the one before; `endMs` is a
 * multiple of `windowMs`; neither it nor `latestMs` ever falls; 0 ≤ previous, current ≤ limit.
 *
 * Cost: O(1) and no garbage per call; no division while the window lasts.
 *
 * Rejected: a counter per window in a map (something has to sweep it); windows that begin with the first request (forty
 * servers could not add up their counts); the weight as a fraction (it happens to be right, but it takes a page to show
 * it); searching for the wait (it has a closed form: in this window the previous one fades in a straight line).
 */

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
  /** the first millisecond that no longer belongs to the present window; before the first call none has begun */
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
    this.#look()
    if (this.#weight() > this.#room()) return false
    this.#current++
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#look()
    const room = this.#room()
    if (this.#weight() <= room) return 0
    const dueMs =
      room >= 0
        ? // The previous window fades by `previous` a millisecond; at the latest it is gone when this one ends.
          this.#endMs - Math.floor(room / this.#previous)
        : // This window is full by itself, and has to fade in the next: limit × elapsed must make up for one request.
          this.#endMs + Math.ceil(this.#windowMs / this.#limit)
    return dueMs - shownMs
  }

  /** What the previous window weighs now: its count times the milliseconds that still overlap. */
  #weight(): number {
    return this.#previous * (this.#endMs - this.#latestMs)
  }

  /** What it may weigh at most if one more request is to fit. Negative: the present window is full by itself. */
  #room(): number {
    return (this.#limit - 1 - this.#current) * this.#windowMs
  }

  /** Moves the windows to the present. @returns what the clock shows, which may be behind the latest time */
  #look(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#latestMs)
    if (nowMs >= this.#endMs) {
      this.#previous = nowMs < this.#endMs + this.#windowMs ? this.#current : 0
      this.#current = 0
      this.#endMs = nowMs - (nowMs % this.#windowMs) + this.#windowMs
    }
    this.#latestMs = nowMs
    return shownMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
