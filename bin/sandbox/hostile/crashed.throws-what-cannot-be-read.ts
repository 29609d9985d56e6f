// attack: throws a value that throws when it is looked at

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    throw new Proxy(new Error('x'), {
      get: () => {
        throw new Error('not for you')
      },
    })
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
