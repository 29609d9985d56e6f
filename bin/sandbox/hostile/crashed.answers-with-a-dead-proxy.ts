// attack: an answer that cannot even be asked what it is

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy as boolean
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
