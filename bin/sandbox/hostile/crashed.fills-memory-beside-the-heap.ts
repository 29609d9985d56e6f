// attack: array buffers are not on the heap that is limited

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const kept: Uint8Array[] = []

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    for (;;) kept.push(new Uint8Array(2 ** 26).fill(1))
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
