// attack: asks where on the disk it lies

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return import.meta.url === ''
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
