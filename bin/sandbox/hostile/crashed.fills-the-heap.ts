// attack: keeps what it makes until the heap is full

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const kept: number[][] = []

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    for (;;) kept.push(new Array<number>(1e5).fill(1))
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
