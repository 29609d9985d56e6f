// breaks: The previous window counts for the part that still overlaps, exactly
// because: weighs in fractions: 200 × (1 - 0.285) is 143.00000000000003, and the 57th request, which just fits, is refused.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowCounter {
  readonly #options: SlidingWindowCounterOptions
  #window = -1
  #previous = 0
  #current = 0
  #latestMs = 0

  constructor(options: SlidingWindowCounterOptions) {
    for (const [name, max] of [['limit', 1e6] as const, ['windowMs', 1e9] as const]) {
      const value = options[name]
      if (!(Number.isInteger(value) && value > 0 && value <= max))
        throw new RangeError(`${name} makes no sense: ${value}`)
    }
    this.#options = options
  }

  tryAcquire(): boolean {
    this.#latestMs = Math.max(this.#latestMs, this.#options.clock())
    const window = Math.floor(this.#latestMs / this.#options.windowMs)
    if (window > this.#window) {
      this.#previous = window === this.#window + 1 ? this.#current : 0
      this.#current = 0
      this.#window = window
    }
    if (!this.#fits(this.#latestMs)) return false
    this.#current++
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#options.clock()
    const nowMs = Math.max(this.#latestMs, shownMs)
    if (this.#fits(nowMs)) return 0
    // Too early at `early`, in time at `due`: two windows on, all of the past is forgotten.
    let early = nowMs
    let due = nowMs + 2 * this.#options.windowMs
    while (due - early > 1) {
      const middle = Math.floor((early + due) / 2)
      if (this.#fits(middle)) due = middle
      else early = middle
    }
    return due - shownMs
  }

  #fits(atMs: number): boolean {
    const { limit, windowMs } = this.#options
    const window = Math.floor(atMs / windowMs)
    const passed = window - this.#window
    const previous = passed === 0 ? this.#previous : passed === 1 ? this.#current : 0
    const current = passed === 0 ? this.#current : 0
    const elapsed = (atMs % windowMs) / windowMs
    return previous * (1 - elapsed) + current + 1 <= limit
  }
}
