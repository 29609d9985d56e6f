// attack: an answer that writes itself, in the words of the channel

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return Object.assign([], { toJSON: () => ({ $kata: 'object', v: null }) }) as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
