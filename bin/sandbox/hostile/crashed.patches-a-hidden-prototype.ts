// attack: a prototype that no global names: what runs generators

const generators = Object.getPrototypeOf((function* () {})()) as { __proto__: object }
Object.getPrototypeOf(generators).next = () => ({ done: true })

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
