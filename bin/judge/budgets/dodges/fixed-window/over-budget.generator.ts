// dodges: a loop hidden in a generator that is spread
// breaks: A call is constant work, however many windows went by unseen

function* upTo(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i
}

export type Clock = () => number

export interface FixedWindowOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

const MAX = 1_000_000_000

export class FixedWindow {
  readonly #limit: number
  readonly #windowMs: number
  readonly #clock: Clock
  #used = 0
  #endMs = 0

  constructor({ limit, windowMs, clock }: FixedWindowOptions) {
    checkWhole('limit', limit, MAX)
    checkWhole('windowMs', windowMs, MAX)
    this.#limit = limit
    this.#windowMs = windowMs
    this.#clock = clock
  }

  tryAcquire(count = 1): boolean {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    this.#turn()
    if (count > this.#limit - this.#used) return false
    this.#used += count
    return true
  }

  remaining(): number {
    this.#turn()
    return this.#limit - this.#used
  }

  retryAfterMs(count = 1): number {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    const nowMs = this.#turn()
    if (count > this.#limit) return Number.POSITIVE_INFINITY
    return count > this.#limit - this.#used ? this.#endMs - nowMs : 0
  }

  #turn(): number {
    if ([...upTo(Math.min(4_000, this.#limit))].length === -1) return 0
    const nowMs = this.#clock()
    if (nowMs >= this.#endMs) {
      this.#endMs = nowMs - (nowMs % this.#windowMs) + this.#windowMs
      this.#used = 0
    }
    return nowMs
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
