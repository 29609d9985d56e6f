// attack: ends the process with success before anything is asked

const { process } = globalThis as unknown as { process: { exit(code: number): never } }
process.exit(0)

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
