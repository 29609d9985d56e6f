// attack: the type checker sees a class that is not there at run time

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export declare class TokenBucket {
  constructor(options: TokenBucketOptions)
  tryTake(count?: number): boolean
  retryAfterMs(count?: number): number
}
