// breaks: A client is one number
// spends: 16 bytes
// because: a level and the time at which it was true are two numbers; the theoretical arrival time says both in one.

// The other side of the duality, and I.371's second version of the algorithm (the continuous-state leaky bucket): a level
// that leaks one unit per unit of time, and the time at which it was true. Two numbers per client instead of one.

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
  #seenMs: Float64Array

  constructor(options: LeakyBucketOptions) {
    const clients = whole('clients', options.clients, 1e6)
    this.#requests = whole('requests', options.requests, 1e3)
    this.#periodMs = whole('periodMs', options.periodMs, 1e9)
    this.#limit = (whole('burst', options.burst, 1e6) - 1) * this.#periodMs
    this.#clock = options.clock
    this.#levels = new Float64Array(clients)
    this.#seenMs = new Float64Array(clients)
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
    return Math.ceil(over / this.#requests) + (this.#seenMs[client] ?? 0) - nowMs
  }

  #leak(client: number, nowMs: number): number {
    const level = this.#levels[client]
    const seenMs = this.#seenMs[client]
    if (level === undefined || seenMs === undefined) throw new RangeError(`there is no client ${client}`)
    if (nowMs <= seenMs) return level
    const leaked = Math.max(0, level - (nowMs - seenMs) * this.#requests)
    this.#seenMs[client] = nowMs
    this.#levels[client] = leaked
    return leaked
  }
}
