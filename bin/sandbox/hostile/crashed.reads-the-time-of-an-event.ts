// attack: each event of Node carries the time

const { Event } = globalThis as unknown as { Event: new (type: string) => { timeStamp: number } }
export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    return new Event('x').timeStamp % 2 < 1
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
