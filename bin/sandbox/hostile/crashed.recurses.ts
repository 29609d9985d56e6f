// attack: never comes back

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return this.tryTake(_ + 1)
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
