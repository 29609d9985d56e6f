// attack: a regular expression that backtracks exponentially

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return /^(a+)+$/.test(`${'a'.repeat(64)}!`)
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
