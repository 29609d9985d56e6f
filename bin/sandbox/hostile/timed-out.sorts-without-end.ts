// attack: a comparison that never comes to an end, inside a built-in

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return (
      [1, 2].sort(() => {
        for (;;);
      }).length > 0
    )
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
