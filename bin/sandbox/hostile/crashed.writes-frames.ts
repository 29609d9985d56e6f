// attack: writes a forged frame to the private descriptor

const { require } = globalThis as unknown as { require(name: string): { writeSync(to: number, text: string): void } }
require('fs').writeSync(3, '\x02\0\0\0{}')

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
