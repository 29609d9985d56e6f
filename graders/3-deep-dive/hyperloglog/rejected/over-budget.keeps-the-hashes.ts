// breaks: A sketch is its 12,288 bytes and little else
// spends: bytes an entry
// because: remembers every hash, so as not to work twice for the same one: that is the set that nobody has room for.

const REGISTERS = 2 ** 14
const REGISTER_BITS = 6
const BYTES = (REGISTERS * REGISTER_BITS) / 8
const MAX_RANK = 51
const RANK_BITS_OF_HIGH = 18
const ALPHA = 1 / (2 * Math.log(2))

export class HyperLogLog {
  readonly #bytes = new Uint8Array(BYTES)
  readonly #seen = new Map<number, number>()

  static fromBytes(bytes: Uint8Array): HyperLogLog {
    if (bytes.length !== BYTES) throw new RangeError(`bytes must be ${BYTES}, not ${bytes.length}`)
    const wrong = histogram(bytes).findLastIndex((registers) => registers > 0)
    if (wrong > MAX_RANK) throw new RangeError(`bytes must hold registers up to ${MAX_RANK}, not ${wrong}`)
    const sketch = new HyperLogLog()
    sketch.#bytes.set(bytes)
    return sketch
  }

  add(high: number, low: number): void {
    checkHalf('high', high)
    checkHalf('low', low)
    const hash = high ^ Math.imul(low, 0x9e3779b1)
    if (this.#seen.get(hash) === (low | 0)) return
    this.#seen.set(hash, low | 0)
    const index = high >>> RANK_BITS_OF_HIGH
    const rest = high & (2 ** RANK_BITS_OF_HIGH - 1)
    const rank = rest === 0 ? RANK_BITS_OF_HIGH + 1 + Math.clz32(low) : Math.clz32(rest) - (32 - RANK_BITS_OF_HIGH) + 1

    const at = 3 * (index >>> 2)
    const shift = REGISTER_BITS * (index & 3)
    const four = fourAt(this.#bytes, at)
    if (((four >>> shift) & 63) < rank) putFour(this.#bytes, at, (four & ~(63 << shift)) | (rank << shift))
  }

  count(): number {
    const registersOf = histogram(this.#bytes)
    let sum = REGISTERS * sigma(registersOf[0]! / REGISTERS)
    for (let rank = 1; rank <= MAX_RANK; rank++) sum += registersOf[rank]! / 2 ** rank
    return Math.round((ALPHA * REGISTERS * REGISTERS) / sum)
  }

  merge(other: HyperLogLog): void {
    for (let at = 0; at < BYTES; at += 3) {
      const mine = fourAt(this.#bytes, at)
      const theirs = fourAt(other.#bytes, at)
      let merged = 0
      for (let mask = 63; mask < 2 ** 24; mask <<= REGISTER_BITS) merged |= Math.max(mine & mask, theirs & mask)
      putFour(this.#bytes, at, merged)
    }
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice()
  }
}

function fourAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
}

function putFour(bytes: Uint8Array, at: number, four: number): void {
  bytes[at] = four
  bytes[at + 1] = four >>> 8
  bytes[at + 2] = four >>> 16
}

function histogram(bytes: Uint8Array): Uint32Array {
  const registersOf = new Uint32Array(64)
  for (let at = 0; at < BYTES; at += 3) {
    const four = fourAt(bytes, at)
    registersOf[four & 63]!++
    registersOf[(four >>> 6) & 63]!++
    registersOf[(four >>> 12) & 63]!++
    registersOf[four >>> 18]!++
  }
  return registersOf
}

function sigma(empty: number): number {
  let sum = empty
  let power = empty * empty
  for (let weight = 1; sum + weight * power > sum; weight *= 2) {
    sum += weight * power
    power *= power
  }
  return sum
}

function checkHalf(name: string, half: number): void {
  if (half >>> 0 !== half) throw new RangeError(`${name} must be a whole number from 0 to 2 ** 32 - 1, not ${half}`)
}
