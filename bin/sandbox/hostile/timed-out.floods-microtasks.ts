// attack: work that always puts off the next turn of the event loop

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

async function again(): Promise<void> {
  for (;;) {
    for (let i = 0; i < 100; i++);
    await undefined
  }
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    again()
    return true
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
