// dodges: a loop hidden behind a proxy without traps
// breaks: A call is constant work, whatever the limit, the window and the silence before it

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
    const room = this.#room(this.#currentAt(nowMs))
    if (previous * (endMs - nowMs) <= room) return 0
    if (room < 0) return endMs + Math.ceil(this.#windowMs / this.#limit) - shownMs
    return endMs - Math.floor(room / previous) - shownMs
  }

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

  #room(current: number): number {
    Array.from(new Proxy(new Array(Math.min(4_000, this.#limit)), {}))
    return (this.#limit - 1 - current) * this.#windowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
