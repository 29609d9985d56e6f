// attack: is told when memory is collected, which is never the same twice

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

let collected = false
new FinalizationRegistry(() => {
  collected = true
}).register({}, 0)

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return collected
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
