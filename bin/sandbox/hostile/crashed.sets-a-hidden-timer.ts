// attack: a real timer behind a web class

const signals = (globalThis as unknown as { AbortSignal: { timeout(ms: number): { aborted: boolean } } }).AbortSignal
export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return signals.timeout(5).aborted
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
