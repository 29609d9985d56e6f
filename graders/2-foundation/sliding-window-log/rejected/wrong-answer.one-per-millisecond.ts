// breaks: A burst is counted one by one
// because: keeps a set of times: two requests in one millisecond are one member (ZADD key now now), and a burst counts as one.

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
  readonly #grantedMs = new Set<number>()
  #lastMs = Number.NEGATIVE_INFINITY

  constructor({ limit, windowMs, clock }: SlidingWindowLogOptions) {
    checkWhole('limit', limit, MAX_LIMIT)
    checkWhole('windowMs', windowMs, MAX_WINDOW_MS)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(): boolean {
    const nowMs = Math.max(this.#clock(), this.#lastMs)
    this.#dropBefore(nowMs)
    if (this.#grantedMs.size >= this.#limit) return false
    this.#grantedMs.add(nowMs)
    this.#lastMs = nowMs
    return true
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    const [oldestMs = nowMs] = this.#grantedMs
    const freeMs = oldestMs + this.#windowMs
    return this.#grantedMs.size < this.#limit || Math.max(nowMs, this.#lastMs) >= freeMs ? 0 : freeMs - nowMs
  }

  #dropBefore(nowMs: number): void {
    for (const grantedMs of this.#grantedMs) {
      if (grantedMs > nowMs - this.#windowMs) return
      this.#grantedMs.delete(grantedMs)
    }
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
