// dodges: a walk up a chain of prototypes
// breaks: no promise

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}
const MAX = 1_000_000_000

export class TokenBucket {
  readonly #capacity: number
  readonly #refillPerSecond: number
  readonly #clock: Clock
  #level: number
  #latestMs: number
  #size = 0
  sink: unknown
  #chain: object = Object.create(null)

  constructor({ capacity, refillPerSecond, clock }: TokenBucketOptions) {
    checkWhole('capacity', capacity, MAX)
    checkWhole('refillPerSecond', refillPerSecond, MAX)
    this.#capacity = capacity
    this.#refillPerSecond = refillPerSecond
    this.#clock = clock
    this.#level = capacity * 1000
    this.#latestMs = clock()
  }

  tryTake(count = 1): boolean {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    this.#refill()
    if (count > this.#capacity || count * 1000 > this.#level) return false
    this.#level -= count * 1000
    return true
  }

  retryAfterMs(count = 1): number {
    checkWhole('count', count, Number.MAX_SAFE_INTEGER)
    if (count > this.#capacity) return Number.POSITIVE_INFINITY
    const behindMs = this.#refill()
    const missing = count * 1000 - this.#level
    return missing <= 0 ? 0 : behindMs + Math.ceil(missing / this.#refillPerSecond)
  }

  #refill(): number {
    this.#waste()
    const nowMs = this.#clock()
    const elapsedMs = nowMs - this.#latestMs
    if (elapsedMs < 0) return -elapsedMs
    this.#level = Math.min(this.#capacity * 1000, this.#level + elapsedMs * this.#refillPerSecond)
    this.#latestMs = nowMs
    return 0
  }

  #waste(): void {
    const isGrowing = this.#size < Math.min(2_000, this.#capacity)
    if (isGrowing) this.#size++
    if (isGrowing) this.#chain = Object.create(this.#chain)
    this.sink = this.#chain instanceof TokenBucket
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
