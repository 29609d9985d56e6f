// attack: an array that says it has four thousand million items

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return new Array(2 ** 32 - 1) as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
