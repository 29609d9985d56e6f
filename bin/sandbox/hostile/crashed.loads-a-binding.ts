// attack: asks the process for its built-in modules

const { process } = globalThis as unknown as {
  process: { getBuiltinModule(name: string): { readFileSync(file: string): unknown } }
}
process.getBuiltinModule('fs').readFileSync('/etc/passwd')

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
