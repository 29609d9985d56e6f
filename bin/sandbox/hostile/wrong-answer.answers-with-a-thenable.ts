// attack: an answer that a careless await would run

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return { then: (give: (value: boolean) => void) => give(true) } as unknown as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
