// breaks: A sum lies between what was there when it began and when it ended
// because: a version that is odd while a carry is under way, and two adders of one stripe that carry at once: it is even again, and a reader believes half a carry.

export interface StripedCounterOptions {
  readonly memory: SharedArrayBuffer
  readonly stripes: number
  readonly stripe: number
}

/** Lines of 64 bytes are fetched in pairs on Intel's processors, and Apple's are 128 bytes long. */
const STRIPE_BYTES = 128
const STRIPE_WORDS = STRIPE_BYTES / Int32Array.BYTES_PER_ELEMENT
const MAX_STRIPES = 4_096
const MAX_DELTA = 2 ** 31 - 1
const CARRY = 2 ** 32

const LOW = 0
const HIGH = 1
const VERSION = 2

export class StripedCounter {
  readonly #words: Int32Array
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
    this.#words = new Int32Array(memory, 0, bytes / Int32Array.BYTES_PER_ELEMENT)
    this.#stripes = stripes
    this.#mine = stripe * STRIPE_WORDS
  }

  add(delta = 1): void {
    checkWhole('delta', delta, 0, MAX_DELTA)
    const words = this.#words
    const mine = this.#mine
    for (;;) {
      const low = Atomics.load(words, mine + LOW)
      const next = (low >>> 0) + delta
      if (next < CARRY) {
        if (Atomics.compareExchange(words, mine + LOW, low, next) === low) return
        continue
      }
      // Odd before LOW starts again from the bottom: from then on no reader believes what it sees.
      Atomics.add(words, mine + VERSION, 1)
      const isMine = Atomics.compareExchange(words, mine + LOW, low, next) === low
      if (isMine) Atomics.add(words, mine + HIGH, 1)
      Atomics.add(words, mine + VERSION, 1)
      if (isMine) return
    }
  }

  sum(): number {
    let sum = 0
    for (let stripe = 0; stripe < this.#stripes; stripe++) sum += this.#countOf(stripe * STRIPE_WORDS)
    return sum
  }

  #countOf(at: number): number {
    const words = this.#words
    for (;;) {
      const version = Atomics.load(words, at + VERSION)
      const low = Atomics.load(words, at + LOW)
      const high = Atomics.load(words, at + HIGH)
      if (version % 2 === 0 && Atomics.load(words, at + VERSION) === version) return (low >>> 0) + high * CARRY
    }
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
