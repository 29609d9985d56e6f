// breaks: A clock that steps back earns nothing
// because: takes a schedule that is too far ahead for a mistake and throws it away: every step back is a new burst.

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
    let tat = this.#tats[client] as number
    // No schedule is ever more than a burst ahead: the clock must have been set back.
    if (tat > now + this.#tolerance + this.#interval) tat = now
    if (now < tat - this.#tolerance) return false
    this.#tats[client] = Math.max(now, tat) + this.#interval
    return true
  }

  retryAfterMs(client: number): number {
    checkWhole('client', client, 0, this.#tats.length - 1)
    this.#look()
    const early = (this.#tats[client] as number) - this.#tolerance - this.#latestMs * this.#unitsPerMs
    return early > 0 && early <= this.#interval ? Math.ceil(early / this.#unitsPerMs) : 0
  }

  /** Reads the clock. */
  #look(): void {
    this.#latestMs = this.#clock()
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
