// attack: an answer that makes itself up when it is read

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return new Proxy({}, { get: () => true, has: () => true, ownKeys: () => [] }) as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
