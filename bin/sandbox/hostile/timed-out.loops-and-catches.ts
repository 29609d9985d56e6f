// attack: catches whatever is thrown to stop it

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const whole = (n: number): number => (n > 0 ? n : whole(n))

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    for (;;) {
      try {
        for (;;) whole(1)
      } catch {
        // and again
      } finally {
        continue
      }
    }
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
