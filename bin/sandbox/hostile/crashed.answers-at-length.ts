// attack: one answer that would fill the channel for minutes

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return 'x'.repeat(2 ** 28) as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
