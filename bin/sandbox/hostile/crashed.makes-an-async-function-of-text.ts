// attack: the same through the constructor of async functions, which has no global name

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    const make = (async () => {}).constructor as unknown as (code: string) => () => boolean
    return make('return await import("node:fs")')()
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
