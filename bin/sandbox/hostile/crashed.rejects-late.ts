// attack: answers rightly, and leaves a rejected promise behind

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  #level: number
  #latestMs: number
  readonly #options: TokenBucketOptions
  constructor(options: TokenBucketOptions) {
    for (const name of ['capacity', 'refillPerSecond'] as const) whole(name, options[name], 1e9)
    this.#options = options
    this.#level = options.capacity * 1000
    this.#latestMs = options.clock()
  }
  tryTake(count = 1): boolean {
    whole('count', count, Number.MAX_SAFE_INTEGER)
    this.#refill()
    if (count > this.#options.capacity || count * 1000 > this.#level) return false
    this.#level -= count * 1000
    return true
  }
  retryAfterMs(count = 1): number {
    whole('count', count, Number.MAX_SAFE_INTEGER)
    if (count > this.#options.capacity) return Number.POSITIVE_INFINITY
    const behindMs = this.#refill()
    const missing = count * 1000 - this.#level
    return missing <= 0 ? 0 : behindMs + Math.ceil(missing / this.#options.refillPerSecond)
  }
  #refill(): number {
    Promise.reject(new Error('late'))
    const { capacity, refillPerSecond, clock } = this.#options
    const elapsedMs = clock() - this.#latestMs
    if (elapsedMs < 0) return -elapsedMs
    this.#level = Math.min(capacity * 1000, this.#level + elapsedMs * refillPerSecond)
    this.#latestMs += elapsedMs
    return 0
  }
}
function whole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) throw new RangeError(`${name} must be whole`)
}
