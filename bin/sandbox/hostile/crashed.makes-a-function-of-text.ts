// attack: hides an import in a function made from text

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return new Function('return import("node:fs")')() as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
