// Keeps, instead of the theoretical arrival time, the earliest time at which the next request conforms (that time less the
// tolerance), so that the test is a bare comparison and the tolerance is needed only when a client comes late.

export type Clock = () => number

export interface LeakyBucketOptions {
  readonly clients: number
  readonly requests: number
  readonly periodMs: number
  readonly burst: number
  readonly clock: Clock
}

const ranges = { clients: 1_000_000, requests: 1_000, periodMs: 1_000_000_000, burst: 1_000_000 } as const

export class LeakyBucket {
  private readonly options: LeakyBucketOptions
  private readonly earliest: Float64Array
  private readonly origin: number
  private passedMs = 0

  constructor(options: LeakyBucketOptions) {
    for (const name of Object.keys(ranges) as (keyof typeof ranges)[]) {
      const value = options[name]
      if (!(Number.isInteger(value) && value >= 1 && value <= ranges[name]))
        throw new RangeError(`bad ${name}: ${value}`)
    }
    this.options = options
    this.origin = options.clock()
    this.earliest = new Float64Array(options.clients).fill(Number.NEGATIVE_INFINITY)
  }

  tryAcquire(client: number): boolean {
    this.known(client)
    this.tick()
    const { requests, periodMs, burst } = this.options
    const now = this.passedMs * requests
    const earliest = this.earliest[client] ?? 0
    if (earliest > now) return false
    const fresh = now - (burst - 1) * periodMs
    this.earliest[client] = Math.max(earliest, fresh) + periodMs
    return true
  }

  retryAfterMs(client: number): number {
    this.known(client)
    const behindMs = this.tick()
    const { requests } = this.options
    const early = (this.earliest[client] ?? 0) - this.passedMs * requests
    if (early <= 0) return 0
    return Math.floor((early + requests - 1) / requests) + behindMs
  }

  private known(client: number): void {
    if (!(client in this.earliest)) throw new RangeError(`no such client: ${client}`)
  }

  /** Time since the start, never falling. Returns how far the clock is behind it. */
  private tick(): number {
    const sinceMs = this.options.clock() - this.origin
    this.passedMs = Math.max(this.passedMs, sinceMs)
    return this.passedMs - sinceMs
  }
}
