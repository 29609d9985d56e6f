// attack: sleeps without using any CPU time, so that no deadline comes

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return true
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
