// attack: an answer in the words of the channel

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return { $kata: 'number', v: 'Infinity' } as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return { $kata: 'no such tag' } as unknown as number
  }
}
