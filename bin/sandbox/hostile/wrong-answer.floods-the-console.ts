// attack: a million lines before each answer

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    for (let i = 0; i < 3e3; i++) console.log('x'.repeat(1e3))
    return true
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
