// attack: takes the compiler out of the way

// @ts-nocheck

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  tryTake = 1
}
