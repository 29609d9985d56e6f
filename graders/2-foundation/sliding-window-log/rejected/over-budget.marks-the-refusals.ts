// breaks: Refused requests take no memory, however many there are
// spends: 15 bytes
// because: refusals are written down, too, and marked, so that they do not count: whoever hammers says how long the log is.

export type Clock = () => number

export interface SlidingWindowLogOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX_LIMIT = 1_000_000
const MAX_WINDOW_MS = 1_000_000_000

export class SlidingWindowLog {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  /** a ring of requests, oldest first, that grows as it must: when each came, and whether it was granted */
  #atMs = new Float64Array(16)
  #granted = new Uint8Array(16)
  #head = 0
  #requests = 0
  #grants = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    // Time stands still at the last grant while the clock is behind it; only so do the grants stay in order.
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    while (this.#requests > 0 && (this.#granted[this.#head] === 0 || nowMs >= this.#freeMs())) {
      this.#grants -= this.#granted[this.#head] as number
      this.#head = (this.#head + 1) % this.#atMs.length
      this.#requests--
    }
    const fits = this.#grants < this.#limit
    if (this.#requests === this.#atMs.length) this.#grow()
    const next = (this.#head + this.#requests) % this.#atMs.length
    this.#atMs[next] = nowMs
    this.#granted[next] = fits ? 1 : 0
    this.#requests++
    if (!fits) return false
    this.#grants++
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    if (this.#grants < this.#limit) return 0
    // Behind the last grant, too, what is free is free at once, and what is not is free when the clock shows its time.
    return Math.max(nowMs, this.#lastMs) < this.#freeMs() ? this.#freeMs() - nowMs : 0
  }

  /** The moment at which the oldest request leaves the window. While the log is full that is a grant. */
  #freeMs(): number {
    return (this.#atMs[this.#head] as number) + this.#windowMs
  }

  #grow(): void {
    const [atMs, granted] = [this.#atMs, this.#granted]
    this.#atMs = new Float64Array(2 * atMs.length)
    this.#granted = new Uint8Array(2 * atMs.length)
    for (let i = 0; i < atMs.length; i++) {
      this.#atMs[i] = atMs[(this.#head + i) % atMs.length] as number
      this.#granted[i] = granted[(this.#head + i) % atMs.length] as number
    }
    this.#head = 0
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
