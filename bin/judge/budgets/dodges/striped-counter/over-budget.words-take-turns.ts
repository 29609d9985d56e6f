// dodges: words that take turns, so that none is written in every tenth operation, all on the same lines
// breaks: Threads of different stripes share no cache line

export interface StripedCounterOptions {
  readonly memory: SharedArrayBuffer
  readonly stripes: number
  readonly stripe: number
}

/** Columns of low words, then one each of HIGH, BEGUN and ENDED: sixteen threads to a line, without any padding. */
const CELLS = 12
const HIGH = CELLS
const BEGUN = CELLS + 1
const ENDED = CELLS + 2
const COLUMNS = CELLS + 3
const MAX_STRIPES = 4_096
const MAX_DELTA = 2 ** 31 - 1
const CARRY = 2 ** 32

export class StripedCounter {
  readonly #words: Int32Array
  readonly #stripes: number
  readonly #stripe: number
  #turn = 0

  static bytesFor(stripes: number): number {
    checkWhole('stripes', stripes, 1, MAX_STRIPES)
    return stripes * COLUMNS * 4
  }

  constructor({ memory, stripes, stripe }: StripedCounterOptions) {
    const bytes = StripedCounter.bytesFor(stripes)
    checkWhole('stripe', stripe, 0, stripes - 1)
    if (memory.byteLength < bytes)
      throw new RangeError(`memory must have ${bytes} bytes for ${stripes} stripes, not ${memory.byteLength}`)
    this.#words = new Int32Array(memory, 0, bytes / 4)
    this.#stripes = stripes
    this.#stripe = stripe
  }

  add(delta = 1): void {
    checkWhole('delta', delta, 0, MAX_DELTA)
    const words = this.#words
    const column = this.#stripes
    const mine = this.#stripe
    this.#turn = this.#turn === CELLS - 1 ? 0 : this.#turn + 1
    const cell = this.#turn * column + mine
    for (;;) {
      const low = Atomics.load(words, cell)
      const next = (low >>> 0) + delta
      if (next < CARRY) {
        if (Atomics.compareExchange(words, cell, low, next) === low) return
        continue
      }
      Atomics.add(words, BEGUN * column + mine, 1)
      const isMine = Atomics.compareExchange(words, cell, low, next) === low
      if (isMine) Atomics.add(words, HIGH * column + mine, 1)
      Atomics.add(words, ENDED * column + mine, 1)
      if (isMine) return
    }
  }

  sum(): number {
    const words = this.#words
    const c = this.#stripes
    let sum = 0
    for (let s = 0; s < c; s++)
      for (;;) {
        const ended = Atomics.load(words, ENDED * c + s)
        const low =
          (Atomics.load(words, s) >>> 0) +
          (Atomics.load(words, c + s) >>> 0) +
          (Atomics.load(words, 2 * c + s) >>> 0) +
          (Atomics.load(words, 3 * c + s) >>> 0) +
          (Atomics.load(words, 4 * c + s) >>> 0) +
          (Atomics.load(words, 5 * c + s) >>> 0) +
          (Atomics.load(words, 6 * c + s) >>> 0) +
          (Atomics.load(words, 7 * c + s) >>> 0) +
          (Atomics.load(words, 8 * c + s) >>> 0) +
          (Atomics.load(words, 9 * c + s) >>> 0) +
          (Atomics.load(words, 10 * c + s) >>> 0) +
          (Atomics.load(words, 11 * c + s) >>> 0)
        const high = Atomics.load(words, HIGH * c + s)
        if (Atomics.load(words, BEGUN * c + s) !== ended) continue
        sum += low + high * CARRY
        break
      }
    return sum
  }
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
