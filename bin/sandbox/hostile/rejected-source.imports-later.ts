// attack: imports the file system when it runs

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    import('node:fs')
    return true
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
