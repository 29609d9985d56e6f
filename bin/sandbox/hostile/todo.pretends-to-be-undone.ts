// attack: throws the word of the stub, so that a failure looks like no attempt

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    throw new Error('TODO: nothing to see here')
  }
  retryAfterMs(_ = 1): number {
    throw new Error('TODO')
  }
}
