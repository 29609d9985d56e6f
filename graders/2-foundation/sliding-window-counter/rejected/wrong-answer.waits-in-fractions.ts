// breaks: The wait that it names is exact
// because: the part of the window that may overlap is a fraction: 29 / 50 × 100 is 57.99999999999999, and rounded down a millisecond too long.

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
    const endMs = this.#endOf(nowMs)
    const previous = this.#previousAt(nowMs)
    const current = this.#currentAt(nowMs)
    if (previous * (endMs - nowMs) > this.#room(current)) return false
    this.#previous = previous
    this.#current = current + 1
    this.#endMs = endMs
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#lastMs)
    const endMs = this.#endOf(nowMs)
    const previous = this.#previousAt(nowMs)
    const places = this.#limit - 1 - this.#currentAt(nowMs)
    if (previous * (endMs - nowMs) <= places * this.#windowMs) return 0
    // A window that is full by itself has to fade in the next one, until limit × elapsed makes up for one request.
    if (places < 0) return endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    // Otherwise the previous one fades in this: it weighs `previous` less each millisecond, and nothing at the end.
    return endMs - Math.floor((places / previous) * this.#windowMs) - shownMs
  }

  /** The end of the window of now: mostly that of the last grant, so that few calls divide. */
  #endOf(nowMs: number): number {
    return nowMs < this.#endMs ? this.#endMs : nowMs - (nowMs % this.#windowMs) + this.#windowMs
  }

  #previousAt(nowMs: number): number {
    if (nowMs < this.#endMs) return this.#previous
    return nowMs < this.#endMs + this.#windowMs ? this.#current : 0
  }

  #currentAt(nowMs: number): number {
    return nowMs < this.#endMs ? this.#current : 0
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
