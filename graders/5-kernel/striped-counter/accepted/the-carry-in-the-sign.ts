// Two words a stripe. The low one counts in 31 bits, and its sign says that a carry is on its way to the high one. While it
// is set, threads of the stripe go on adding, as long as nobody needs a second carry; readers look again.

export interface StripedCounterOptions {
  readonly memory: SharedArrayBuffer
  readonly stripes: number
  readonly stripe: number
}

const WORDS_APART = 32
const LOW_BITS = 0x7fffffff
const CARRYING = ~LOW_BITS
const CARRY = 2 ** 31

export class StripedCounter {
  private readonly words: Int32Array
  private readonly stripes: number
  private readonly low: number
  private readonly high: number

  static bytesFor(stripes: number): number {
    if (!isWhole(stripes, 1, 4_096)) throw new RangeError(`stripes: 1 to 4096, not ${stripes}`)
    return 4 * WORDS_APART * stripes
  }

  constructor(options: StripedCounterOptions) {
    const { memory, stripes, stripe } = options
    const bytes = StripedCounter.bytesFor(stripes)
    if (!isWhole(stripe, 0, stripes - 1)) throw new RangeError(`stripe: 0 to ${stripes - 1}, not ${stripe}`)
    if (memory.byteLength < bytes) throw new RangeError(`memory: at least ${bytes} bytes, not ${memory.byteLength}`)
    this.words = new Int32Array(memory, 0, bytes / 4)
    this.stripes = stripes
    this.low = WORDS_APART * stripe
    this.high = this.low + 1
  }

  add(delta = 1): void {
    if (!isWhole(delta, 0, LOW_BITS)) throw new RangeError(`delta: 0 to ${LOW_BITS}, not ${delta}`)
    for (;;) {
      const low = Atomics.load(this.words, this.low)
      const count = (low & LOW_BITS) + delta
      if (count < CARRY) {
        const next = count | (low & CARRYING)
        if (Atomics.compareExchange(this.words, this.low, low, next) === low) return
      } else if (low >= 0) {
        const next = (count - CARRY) | CARRYING
        if (Atomics.compareExchange(this.words, this.low, low, next) !== low) continue
        Atomics.add(this.words, this.high, 1)
        Atomics.and(this.words, this.low, LOW_BITS)
        return
      }
    }
  }

  sum(): number {
    let total = 0
    for (let at = 0; at < WORDS_APART * this.stripes; at += WORDS_APART) {
      for (;;) {
        const high = Atomics.load(this.words, at + 1)
        const low = Atomics.load(this.words, at)
        // No carry was on its way when the low word was read, and none has come in since the high one was.
        if (low >= 0 && Atomics.load(this.words, at + 1) === high) {
          total += high * CARRY + low
          break
        }
      }
    }
    return total
  }
}

const isWhole = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to
