// attack: puts a class of its own in place of a built-in

Object.assign(globalThis, { Map: class {} })

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
