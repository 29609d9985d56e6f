// attack: Node's abort signals make message channels under a symbol

const { AbortSignal } = globalThis as unknown as { AbortSignal: { prototype: object; abort(): object } }
const [, transfer] = Object.getOwnPropertySymbols(AbortSignal.prototype)
;(AbortSignal.abort() as Record<symbol, () => void>)[transfer as symbol]?.()
if (transfer === undefined) throw new Error('there is none')

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
