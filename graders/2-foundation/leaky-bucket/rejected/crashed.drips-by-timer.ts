// breaks: every promise
// because: a bucket with a hole, taken literally: a timer that drips for every client, also for all those who are not there.

export type Clock = () => number

export interface LeakyBucketOptions {
  readonly clients: number
  readonly requests: number
  readonly periodMs: number
  readonly burst: number
  readonly clock: Clock
}

export class LeakyBucket {
  private readonly levels: number[]
  private readonly burst: number
  private readonly intervalMs: number

  constructor({ clients, requests, periodMs, burst }: LeakyBucketOptions) {
    check('clients', clients, 1, 1e6)
    check('requests', requests, 1, 1000)
    check('periodMs', periodMs, 1, 1e9)
    check('burst', burst, 1, 1e6)
    this.levels = new Array(clients).fill(0)
    this.burst = burst
    this.intervalMs = periodMs / requests
    setInterval(() => {
      for (let i = 0; i < this.levels.length; i++) this.levels[i] = Math.max(0, (this.levels[i] ?? 0) - 1)
    }, this.intervalMs)
  }

  tryAcquire(client: number): boolean {
    check('client', client, 0, this.levels.length - 1)
    const level = this.levels[client] ?? 0
    if (level + 1 > this.burst) return false
    this.levels[client] = level + 1
    return true
  }

  retryAfterMs(client: number): number {
    check('client', client, 0, this.levels.length - 1)
    return (this.levels[client] ?? 0) + 1 > this.burst ? Math.ceil(this.intervalMs) : 0
  }
}

function check(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} is out of range: ${value}`)
}
