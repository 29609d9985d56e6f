// A queue of (millisecond, how many) instead of one entry for each grant: a burst is one entry. What has left the window is
// dropped at the head by the next request, each entry once; a question drops nothing. The queue is a ring that never holds
// more than `limit` entries.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowLog {
  readonly #options: SlidingWindowLogOptions
  readonly #atMs: Float64Array
  readonly #counts: Int32Array
  #head = 0
  #entries = 0
  #counted = 0
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(options: SlidingWindowLogOptions) {
    for (const [name, max] of [['limit', 1e6] as const, ['windowMs', 1e9] as const]) {
      const value = options[name]
      if (!(Number.isInteger(value) && value > 0 && value <= max))
        throw new RangeError(`${name} makes no sense: ${value}`)
    }
    this.#options = options
    this.#atMs = new Float64Array(options.limit)
    this.#counts = new Int32Array(options.limit)
  }

  tryAcquire(): boolean {
    this.#look()
    if (this.#counted === this.#options.limit) return false
    this.#counted++
    const last = this.#slot(this.#entries - 1)
    if (this.#entries > 0 && this.#atMs[last] === this.#latestMs) {
      this.#counts[last] = (this.#counts[last] ?? 0) + 1
      return true
    }
    const next = this.#slot(this.#entries)
    this.#atMs[next] = this.#latestMs
    this.#counts[next] = 1
    this.#entries++
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#options.clock()
    const freeMs = (this.#atMs[this.#head] ?? 0) + this.#options.windowMs
    return this.#counted < this.#options.limit || Math.max(shownMs, this.#latestMs) >= freeMs ? 0 : freeMs - shownMs
  }

  /** The slot of an entry, counted from the head: at most once around. */
  #slot(entry: number): number {
    const slot = this.#head + entry
    return slot < this.#options.limit ? slot : slot - this.#options.limit
  }

  /** Brings the queue up to the latest time at which there was a request. */
  #look(): void {
    const shownMs = this.#options.clock()
    if (shownMs > this.#latestMs) this.#latestMs = shownMs
    while (this.#entries > 0 && this.#latestMs - (this.#atMs[this.#head] ?? 0) >= this.#options.windowMs) {
      this.#counted -= this.#counts[this.#head] ?? 0
      this.#head = this.#slot(1)
      this.#entries--
    }
  }
}
