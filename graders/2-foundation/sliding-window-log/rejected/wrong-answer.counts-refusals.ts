// breaks: A refusal leaves no trace
// because: writes every request into the log and looks afterwards, as a Redis pipeline does: a client that keeps knocking never gets in again.

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
  #askedMs: number[] = []
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
    const granted = this.#askedMs.length < this.#limit
    this.#askedMs.push(nowMs)
    this.#lastMs = nowMs
    return granted
  }

  retryAfterMs(): number {
    const nowMs = this.#clock()
    this.#dropBefore(Math.max(nowMs, this.#lastMs))
    if (this.#askedMs.length < this.#limit) return 0
    // Fewer than the limit are left once this one has gone.
    return (this.#askedMs.at(-this.#limit) as number) + this.#windowMs - nowMs
  }

  #dropBefore(nowMs: number): void {
    while (this.#askedMs.length > 0 && (this.#askedMs[0] as number) <= nowMs - this.#windowMs) this.#askedMs.shift()
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
