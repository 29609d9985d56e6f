// Another right answer: register by register across the borders of bytes, as Redis has them, and LogLog-Beta (Qin, Kim and
// Tung, arXiv:1612.02284), whose authors fitted a polynomial in the logarithm of the empty registers for 2 ** 14 of them.

const REGISTERS = 16_384
const BYTES = 12_288
const BETA = [0.070471823, 0.17393686, 0.16339839, -0.09237745, 0.03738027, -0.005384159, 0.00042419]

export class HyperLogLog {
  // One byte more than needed, so that the last register has a neighbour as well.
  private readonly bytes = new Uint8Array(BYTES + 1)

  static fromBytes(bytes: Uint8Array): HyperLogLog {
    if (bytes.byteLength !== BYTES) throw new RangeError(`expected 12288 bytes, got ${bytes.byteLength}`)
    const sketch = new HyperLogLog()
    for (let i = 0; i < BYTES; i++) sketch.bytes[i] = bytes[i] as number
    for (let register = 0; register < REGISTERS; register++)
      if (sketch.get(register) > 51) throw new RangeError(`register ${register} of the bytes is above 51`)
    return sketch
  }

  add(high: number, low: number): void {
    if (!isHalf(high)) throw new RangeError(`high is no number of 32 bits: ${high}`)
    if (!isHalf(low)) throw new RangeError(`low is no number of 32 bits: ${low}`)
    let zeros = Math.clz32(high << 14)
    if (zeros > 18) zeros = 18
    if (zeros === 18) zeros += Math.clz32(low)
    this.raise(high >>> 18, zeros + 1)
  }

  count(): number {
    let empty = 0
    let sum = 0
    for (let register = 0; register < REGISTERS; register++) {
      const rank = this.get(register)
      if (rank === 0) empty++
      sum += 2 ** -rank
    }
    if (empty === REGISTERS) return 0
    const log = Math.log(empty + 1)
    let beta = -0.370393911 * empty
    for (const [i, factor] of BETA.entries()) beta += factor * log ** (i + 1)
    const alpha = 0.7213 / (1 + 1.079 / REGISTERS)
    return Math.round((alpha * REGISTERS * (REGISTERS - empty)) / (beta + sum))
  }

  merge(other: HyperLogLog): void {
    for (let register = 0; register < REGISTERS; register++) this.raise(register, other.get(register))
  }

  toBytes(): Uint8Array {
    return this.bytes.slice(0, BYTES)
  }

  private get(register: number): number {
    const bit = register * 6
    const two = (this.bytes[bit >> 3] as number) | ((this.bytes[(bit >> 3) + 1] as number) << 8)
    return (two >> (bit & 7)) & 63
  }

  private raise(register: number, rank: number): void {
    if (rank <= this.get(register)) return
    const bit = register * 6
    const at = bit >> 3
    const shift = bit & 7
    const two = (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8)
    const raised = (two & ~(63 << shift)) | (rank << shift)
    this.bytes[at] = raised & 255
    this.bytes[at + 1] = raised >> 8
  }
}

const isHalf = (half: number) => Number.isInteger(half) && half >= 0 && half < 2 ** 32
