// attack: a global that remembers the last match of anybody in the realm

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const heard = () => (RegExp as unknown as Record<string, string>)['$1'] ?? ''

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return heard().includes('x')
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
