// breaks: In the long run it stays close to the exact log
// because: keeps counts in a ring of slots, and clears it after a silence only: a client that never pauses meets its own old counts, and is locked out.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX_LIMIT = 1_000_000
const MAX_WINDOW_MS = 1_000_000_000
/** more than two, so that a late reader never meets the slot that is being written */
const SLOTS = 8

export class SlidingWindowCounter {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  readonly #counts = new Array<number>(SLOTS).fill(0)
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
    if (nowMs >= this.#endMs + this.#windowMs) this.#counts.fill(0)
    this.#counts[this.#slot(endMs)] = current + 1
    this.#endMs = endMs
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#clock()
    const nowMs = Math.max(shownMs, this.#lastMs)
    const endMs = this.#endOf(nowMs)
    const previous = this.#previousAt(nowMs)
    const room = this.#room(this.#currentAt(nowMs))
    if (previous * (endMs - nowMs) <= room) return 0
    // A window that is full by itself has to fade in the next one, until limit × elapsed makes up for one request.
    if (room < 0) return endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    // Otherwise the previous one fades in this: it weighs `previous` less each millisecond, and nothing at the end.
    return endMs - Math.floor(room / previous) - shownMs
  }

  #endOf(nowMs: number): number {
    return nowMs - (nowMs % this.#windowMs) + this.#windowMs
  }

  #slot(endMs: number): number {
    return (endMs / this.#windowMs) % SLOTS
  }

  #previousAt(nowMs: number): number {
    if (nowMs >= this.#endMs + this.#windowMs) return 0
    return this.#counts[this.#slot(this.#endOf(nowMs) + (SLOTS - 1) * this.#windowMs)] as number
  }

  #currentAt(nowMs: number): number {
    if (nowMs >= this.#endMs + this.#windowMs) return 0
    return this.#counts[this.#slot(this.#endOf(nowMs))] as number
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
