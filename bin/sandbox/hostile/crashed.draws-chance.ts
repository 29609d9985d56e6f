// attack: answers by chance, and is right now and then

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return Math.random() < 0.5
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
