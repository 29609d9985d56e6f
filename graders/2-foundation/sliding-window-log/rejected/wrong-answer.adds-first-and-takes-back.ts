// breaks: A burst is counted one by one
// breaks: A refusal leaves no trace
// because: adds its time first and removes it again when it is refused: the member that it removes may be the one of a granted request of the same millisecond.

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
  readonly #askedMs = new Set<number>()
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
    const before = this.#askedMs.size
    this.#askedMs.add(nowMs)
    this.#lastMs = nowMs
    if (before < this.#limit) return true
    this.#askedMs.delete(nowMs)
    return false
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    this.#dropBefore(Math.max(nowMs, this.#lastMs))
    if (this.#askedMs.size < this.#limit) return 0
    const [oldestMs = nowMs] = this.#askedMs
    return oldestMs + this.#windowMs - nowMs
  }

  #dropBefore(nowMs: number): void {
    for (const askedMs of this.#askedMs) {
      if (askedMs > nowMs - this.#windowMs) return
      this.#askedMs.delete(askedMs)
    }
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
