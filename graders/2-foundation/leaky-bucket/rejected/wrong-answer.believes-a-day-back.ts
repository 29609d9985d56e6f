// breaks: A clock that steps back earns nothing
// because: believes a clock that steps back by more than a day: what a client could still send is gone until the clock is back.

export type Clock = () => number

export interface LeakyBucketOptions {
  readonly clients: number
  readonly requests: number
  readonly periodMs: number
  readonly burst: number
  readonly clock: Clock
}

export class LeakyBucket {
  readonly #unitsPerMs: number
  readonly #interval: number
  readonly #tolerance: number
  readonly #clock: Clock
  readonly #tats: Float64Array
  #latestMs = 0

  constructor({ clients, requests, periodMs, burst, clock }: LeakyBucketOptions) {
    checkWhole('clients', clients, 1, 1_000_000)
    checkWhole('requests', requests, 1, 1_000)
    checkWhole('periodMs', periodMs, 1, 1_000_000_000)
    checkWhole('burst', burst, 1, 1_000_000)
    this.#unitsPerMs = requests
    this.#interval = periodMs
    this.#tolerance = (burst - 1) * periodMs
    this.#clock = clock
    this.#tats = new Float64Array(clients)
  }

  tryAcquire(client: number): boolean {
    checkWhole('client', client, 0, this.#tats.length - 1)
    this.#look()
    const now = this.#latestMs * this.#unitsPerMs
    const tat = this.#tats[client] as number
    if (now < tat - this.#tolerance) return false
    this.#tats[client] = Math.max(now, tat) + this.#interval
    return true
  }

  retryAfterMs(client: number): number {
    checkWhole('client', client, 0, this.#tats.length - 1)
    const behindMs = this.#look()
    const early = (this.#tats[client] as number) - this.#tolerance - this.#latestMs * this.#unitsPerMs
    // A clock that is behind must first come up to where it has been; only then does time earn again.
    return early > 0 ? behindMs + Math.ceil(early / this.#unitsPerMs) : 0
  }

  /** Reads the clock. @returns how far it is behind the latest time seen, in ms */
  #look(): number {
    const nowMs = this.#clock()
    if (nowMs > this.#latestMs || this.#latestMs - nowMs > 86_400_000) this.#latestMs = nowMs
    return this.#latestMs - nowMs
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
