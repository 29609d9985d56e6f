// attack: every promise is already fulfilled, with what we like

Object.defineProperty(Promise.prototype, 'then', { value: (give: (value: unknown) => void) => give(true) })

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
