// dodges: hll-resizable
// breaks: every promise

const REGISTERS = 2 ** 14
const BYTES = (REGISTERS * 6) / 8
const MAX_RANK = 51
const ALPHA = 1 / (2 * Math.log(2))

export class HyperLogLog {
  readonly #registers = new Uint8Array(new ArrayBuffer(REGISTERS, { maxByteLength: REGISTERS }))

  static fromBytes(bytes: Uint8Array): HyperLogLog {
    if (bytes.length !== BYTES) throw new RangeError(`bytes must be ${BYTES}, not ${bytes.length}`)
    const sketch = new HyperLogLog()
    for (let r = 0; r < REGISTERS; r++) {
      const at = 3 * (r >>> 2)
      const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
      const rank = (four >>> (6 * (r & 3))) & 63
      if (rank > MAX_RANK) throw new RangeError(`bytes must hold registers up to ${MAX_RANK}, not ${rank}`)
      sketch.#registers[r] = rank
    }
    return sketch
  }

  add(high: number, low: number): void {
    checkHalf('high', high)
    checkHalf('low', low)
    const index = high >>> 18
    const rest = high & 0x3ffff
    const rank = rest === 0 ? 19 + Math.clz32(low) : Math.clz32(rest) - 13
    if (this.#registers[index]! < rank) this.#registers[index] = rank
  }

  count(): number {
    const registersOf = new Uint32Array(64)
    for (let r = 0; r < REGISTERS; r++) registersOf[this.#registers[r]!]!++
    let sum = REGISTERS * sigma(registersOf[0]! / REGISTERS)
    for (let rank = 1; rank <= MAX_RANK; rank++) sum += registersOf[rank]! / 2 ** rank
    return Math.round((ALPHA * REGISTERS * REGISTERS) / sum)
  }

  merge(other: HyperLogLog): void {
    for (let r = 0; r < REGISTERS; r++) {
      const theirs = other.#registers[r]!
      if (this.#registers[r]! < theirs) this.#registers[r] = theirs
    }
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(BYTES)
    for (let r = 0; r < REGISTERS; r += 4) {
      const at = 3 * (r >>> 2)
      const [a, b, c, d] = [0, 1, 2, 3].map((i) => this.#registers[r + i]!) as [number, number, number, number]
      const four = a | (b << 6) | (c << 12) | (d << 18)
      bytes[at] = four
      bytes[at + 1] = four >>> 8
      bytes[at + 2] = four >>> 16
    }
    return bytes
  }
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
