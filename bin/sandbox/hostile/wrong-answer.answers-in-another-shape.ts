// attack: answers with an object that looks like an error and cannot be turned into text, to make the judge stumble.

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const trap = () => ({ threw: { toString: 1, valueOf: 1 }, foreign: { toString: 1 } }) as unknown

export class TokenBucket {
  constructor(options: TokenBucketOptions) {
    options.clock()
  }
  tryTake(count = 1): boolean {
    return (count > 0 ? trap() : false) as boolean
  }
  retryAfterMs(count = 1): number {
    return (count > 0 ? trap() : 0) as number
  }
}
