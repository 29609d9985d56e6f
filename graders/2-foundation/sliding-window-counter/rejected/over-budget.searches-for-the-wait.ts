// breaks: A call is constant work, whatever the limit, the window and the silence before it
// spends: O(log n)
// because: it looks for the wait by bisection of the decision; the previous window fades in a straight line, so there is a formula.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

type Slot = { window: number; count: number }

export class SlidingWindowCounter {
  readonly #options: SlidingWindowCounterOptions
  readonly #slots: readonly [Slot, Slot] = [
    { window: -1, count: 0 },
    { window: -1, count: 0 },
  ]
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
    if (!this.#fits(this.#latestMs)) return false
    const window = Math.floor(this.#latestMs / this.#options.windowMs)
    const slot = this.#slots[window % 2 === 0 ? 0 : 1]
    slot.count = this.#countOf(window) + 1
    slot.window = window
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

  #countOf(window: number): number {
    const slot = this.#slots[window % 2 === 0 ? 0 : 1]
    return slot.window === window ? slot.count : 0
  }

  #fits(atMs: number): boolean {
    const { limit, windowMs } = this.#options
    const window = Math.floor(atMs / windowMs)
    const overlapMs = (window + 1) * windowMs - atMs
    const estimate = Math.ceil((this.#countOf(window - 1) * overlapMs) / windowMs) + this.#countOf(window)
    return estimate < limit
  }
}
