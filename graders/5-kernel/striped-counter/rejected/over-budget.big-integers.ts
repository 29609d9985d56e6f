// breaks: An add makes no garbage
// spends: 48 bytes
// because: 64 bits in one atomic word, right in ten lines; each BigInt is an object, so that counting feeds the
// collector.

export interface StripedCounterOptions {
  readonly memory: SharedArrayBuffer
  readonly stripes: number
  readonly stripe: number
}

/** Lines of 64 bytes are fetched in pairs on Intel's processors, and Apple's are 128 bytes long. */
const STRIPE_BYTES = 128
const STRIPE_WORDS = STRIPE_BYTES / BigInt64Array.BYTES_PER_ELEMENT
const MAX_STRIPES = 4_096
const MAX_DELTA = 2 ** 31 - 1

export class StripedCounter {
  readonly #words: BigInt64Array
  readonly #stripes: number
  /** index of the first word of this counter's stripe */
  readonly #mine: number

  static bytesFor(stripes: number): number {
    checkWhole('stripes', stripes, 1, MAX_STRIPES)
    return stripes * STRIPE_BYTES
  }

  constructor({ memory, stripes, stripe }: StripedCounterOptions) {
    const bytes = StripedCounter.bytesFor(stripes)
    checkWhole('stripe', stripe, 0, stripes - 1)
    if (memory.byteLength < bytes)
      throw new RangeError(`memory must have ${bytes} bytes for ${stripes} stripes, not ${memory.byteLength}`)
    this.#words = new BigInt64Array(memory, 0, bytes / BigInt64Array.BYTES_PER_ELEMENT)
    this.#stripes = stripes
    this.#mine = stripe * STRIPE_WORDS
  }

  add(delta = 1): void {
    checkWhole('delta', delta, 0, MAX_DELTA)
    Atomics.add(this.#words, this.#mine, BigInt(delta))
  }

  sum(): number {
    let sum = 0
    for (let stripe = 0; stripe < this.#stripes; stripe++)
      sum += Number(Atomics.load(this.#words, stripe * STRIPE_WORDS))
    return sum
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
