// Two slots, each with the number of its window, so that nothing is ever moved: a slot that names another window counts
// nothing. The estimate in whole requests, rounded up, which is exact because all the rest of the sum is whole.

export type Clock = () => number

export interface SlidingWindowCounterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

type Slot = { window: number; count: number }

export class SlidingWindowCounter {
  readonly #options: SlidingWindowCounterOptions
  readonly #even: Slot = { window: -2, count: 0 }
  readonly #odd: Slot = { window: -1, count: 0 }
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
    const shownMs = this.#options.clock()
    if (shownMs > this.#latestMs) this.#latestMs = shownMs
    const window = Math.floor(this.#latestMs / this.#options.windowMs)
    if (this.#estimate(window, this.#latestMs) >= this.#options.limit) return false
    const slot = this.#slotOf(window)
    slot.count = this.#countOf(window) + 1
    slot.window = window
    return true
  }

  retryAfterMs(): number {
    const { limit, windowMs, clock } = this.#options
    const shownMs = clock()
    const nowMs = shownMs > this.#latestMs ? shownMs : this.#latestMs
    const window = Math.floor(nowMs / windowMs)
    if (this.#estimate(window, nowMs) < limit) return 0
    // What is full by itself has to fade in the next window; otherwise the one before it fades in this.
    const isFull = this.#countOf(window) === limit
    const fading = isFull ? limit : this.#countOf(window - 1)
    const room = isFull ? limit - 1 : limit - 1 - this.#countOf(window)
    const endMs = (window + (isFull ? 2 : 1)) * windowMs
    return endMs - Math.floor((room * windowMs) / fading) - shownMs
  }

  #slotOf(window: number): Slot {
    return window % 2 === 0 ? this.#even : this.#odd
  }

  #countOf(window: number): number {
    const slot = this.#slotOf(window)
    return slot.window === window ? slot.count : 0
  }

  #estimate(window: number, atMs: number): number {
    const overlapMs = (window + 1) * this.#options.windowMs - atMs
    return Math.ceil((this.#countOf(window - 1) * overlapMs) / this.#options.windowMs) + this.#countOf(window)
  }
}
