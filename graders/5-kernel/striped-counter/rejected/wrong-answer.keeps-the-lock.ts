// breaks: Bad input is refused by name and changes nothing
// because: looks at what it is given only when it holds the stripe, and leaves by an error without letting go of it.

export interface StripedCounterOptions {
  readonly memory: SharedArrayBuffer
  readonly stripes: number
  readonly stripe: number
}

/** Room before the first stripe too, against whatever lies in front of the memory. */
const PADDING_BYTES = 128
const STRIPE_BYTES = 256
/** The count in digits of 30 bits, the lowest first, behind the version. */
const DIGIT = 2 ** 30
const [VERSION, LOW, HIGH, WORDS] = [0, 1, 2, 3]

export class StripedCounter {
  readonly #stripes: Int32Array[] = []
  readonly #mine: Int32Array

  static bytesFor(stripes: number): number {
    if (!Number.isInteger(stripes) || stripes <= 0 || stripes > 4096) throw new RangeError(`bad stripes: ${stripes}`)
    return PADDING_BYTES + stripes * STRIPE_BYTES
  }

  constructor({ memory, stripes, stripe }: StripedCounterOptions) {
    if (memory.byteLength < StripedCounter.bytesFor(stripes)) throw new RangeError('bad memory: too short')
    for (let i = 0; i < stripes; i++)
      this.#stripes.push(new Int32Array(memory, PADDING_BYTES + i * STRIPE_BYTES, WORDS))
    const mine = this.#stripes[stripe]
    if (mine === undefined) throw new RangeError(`bad stripe: ${stripe}`)
    this.#mine = mine
  }

  add(delta = 1): void {
    const words = this.#mine
    let version = Atomics.load(words, VERSION)
    while (version % 2 !== 0 || Atomics.compareExchange(words, VERSION, version, version + 1) !== version)
      version = Atomics.load(words, VERSION)
    if (!Number.isInteger(delta) || delta < 0 || delta >= 2 ** 31) throw new RangeError(`bad delta: ${delta}`)
    const low = Atomics.load(words, LOW) + delta
    Atomics.store(words, LOW, low % DIGIT)
    if (low >= DIGIT) Atomics.store(words, HIGH, Atomics.load(words, HIGH) + Math.floor(low / DIGIT))
    Atomics.store(words, VERSION, version + 2)
  }

  sum(): number {
    let sum = 0
    for (const words of this.#stripes) {
      let version: number
      let count: number
      do {
        version = Atomics.load(words, VERSION)
        count = Atomics.load(words, LOW) + Atomics.load(words, HIGH) * DIGIT
      } while (version % 2 !== 0 || Atomics.load(words, VERSION) !== version)
      sum += count
    }
    return sum
  }
}
