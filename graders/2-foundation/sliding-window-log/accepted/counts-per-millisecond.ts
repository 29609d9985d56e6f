// A queue of (millisecond, how many) instead of one entry for each grant: a burst is one entry. What has left the window is
// dropped at the head, each entry once, and the dead part of the arrays is cut off when it is the larger one.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export class SlidingWindowLog {
  readonly #options: SlidingWindowLogOptions
  #atMs: number[] = []
  #counts: number[] = []
  #head = 0
  #counted = 0
  #latestMs = 0

  constructor(options: SlidingWindowLogOptions) {
    for (const [name, max] of [['limit', 1e6] as const, ['windowMs', 1e9] as const]) {
      const value = options[name]
      if (!(Number.isInteger(value) && value > 0 && value <= max))
        throw new RangeError(`${name} makes no sense: ${value}`)
    }
    this.#options = options
  }

  tryAcquire(): boolean {
    this.#look()
    if (this.#counted === this.#options.limit) return false
    this.#counted++
    const last = this.#atMs.length - 1
    if (last >= this.#head && this.#atMs[last] === this.#latestMs) this.#counts[last] = (this.#counts[last] ?? 0) + 1
    else {
      this.#atMs.push(this.#latestMs)
      this.#counts.push(1)
    }
    return true
  }

  retryAfterMs(): number {
    const shownMs = this.#look()
    if (this.#counted < this.#options.limit) return 0
    return (this.#atMs[this.#head] ?? 0) + this.#options.windowMs - shownMs
  }

  /** Brings the queue up to the latest time that the clock has ever shown. @returns what it shows now */
  #look(): number {
    const shownMs = this.#options.clock()
    this.#latestMs = Math.max(this.#latestMs, shownMs)
    while (this.#head < this.#atMs.length && this.#latestMs - (this.#atMs[this.#head] ?? 0) >= this.#options.windowMs) {
      this.#counted -= this.#counts[this.#head] ?? 0
      this.#head++
    }
    if (this.#head > 16 && this.#head * 2 > this.#atMs.length) {
      this.#atMs = this.#atMs.slice(this.#head)
      this.#counts = this.#counts.slice(this.#head)
      this.#head = 0
    }
    return shownMs
  }
}
