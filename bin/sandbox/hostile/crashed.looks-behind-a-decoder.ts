// attack: Node's text decoder keeps a Buffer under a symbol: a door to memory used before, and to a prototype that frames are written with

const { TextDecoder } = globalThis as unknown as {
  TextDecoder: new () => { decode(bytes: Uint8Array, options: { stream: true }): void }
}
const decoder = new TextDecoder()
decoder.decode(new Uint8Array([0xe2]), { stream: true })
const [chunk] = Object.getOwnPropertySymbols(decoder).map((key) => (decoder as unknown as Record<symbol, object>)[key])
Object.getPrototypeOf(chunk).toString = () => '{"type":"end"}'

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
