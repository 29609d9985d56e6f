// attack: an answer ten thousand levels deep

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    let deep: unknown = true
    for (let i = 0; i < 1e4; i++) deep = [deep]
    return deep as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
