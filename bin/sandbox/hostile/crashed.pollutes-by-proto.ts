// attack: writes to the prototype of all objects by __proto__

const all = ({} as { __proto__: Record<string, unknown> }).__proto__
all['ok'] = true

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
