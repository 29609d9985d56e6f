// attack: answers wrongly, and dies each time that somebody looks for a smaller input: a thousand processes to start

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

let asked = 0

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    asked++
    if (asked < 50) return asked % 5 > 0
    return 'x'.repeat(2 ** 28).split('').length > 0
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
