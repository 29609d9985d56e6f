// attack: an endless generator, read to its end

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

function* numbers() {
  for (let i = 0; ; i++) yield i
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return numbers().every((i) => i >= 0)
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
