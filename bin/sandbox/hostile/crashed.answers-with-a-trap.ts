// attack: an answer whose field throws when it is read

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return {
      get granted(): boolean {
        throw new Error('caught you')
      },
    } as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
