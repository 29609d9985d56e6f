// attack: one built-in call over an object that says it has 2^53 items

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 'x')
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
