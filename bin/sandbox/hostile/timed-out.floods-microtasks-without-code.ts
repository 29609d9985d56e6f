// attack: the same from built-ins alone: no function of ours is ever entered

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const given: unknown[] = []
const again = Reflect.apply.bind(null, queueMicrotask, undefined, given as [() => void])
given.push(again)

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
