// breaks: A call is constant work, however many clients there are
// spends: O(n)
// because: one time for all levels saves a number for each client; so whenever somebody comes, all buckets have to leak.

export type Clock = () => number

export interface LeakyBucketOptions {
  readonly clients: number
  readonly requests: number
  readonly periodMs: number
  readonly burst: number
  readonly clock: Clock
}

function whole(name: string, value: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} is out of range: ${value}`)
  return value
}

export class LeakyBucket {
  #requests: number
  #periodMs: number
  #limit: number
  #clock: Clock
  #levels: Float64Array
  #seenMs = 0

  constructor(options: LeakyBucketOptions) {
    const clients = whole('clients', options.clients, 1e6)
    this.#requests = whole('requests', options.requests, 1e3)
    this.#periodMs = whole('periodMs', options.periodMs, 1e9)
    this.#limit = (whole('burst', options.burst, 1e6) - 1) * this.#periodMs
    this.#clock = options.clock
    this.#levels = new Float64Array(clients)
  }

  tryAcquire(client: number): boolean {
    const level = this.#leak(client, this.#clock())
    if (level > this.#limit) return false
    this.#levels[client] = level + this.#periodMs
    return true
  }

  retryAfterMs(client: number): number {
    const nowMs = this.#clock()
    const over = this.#leak(client, nowMs) - this.#limit
    if (over <= 0) return 0
    return Math.ceil(over / this.#requests) + this.#seenMs - nowMs
  }

  #leak(client: number, nowMs: number): number {
    if (this.#levels[client] === undefined) throw new RangeError(`there is no client ${client}`)
    const leaked = Math.max(0, nowMs - this.#seenMs) * this.#requests
    this.#seenMs = Math.max(this.#seenMs, nowMs)
    if (leaked > 0)
      for (let one = 0; one < this.#levels.length; one++)
        this.#levels[one] = Math.max(0, (this.#levels[one] as number) - leaked)
    return this.#levels[client]
  }
}
