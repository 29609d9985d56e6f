// breaks: A merged sketch has seen what both have seen
// because: remembers what it counted until the next add; a merge is none.

const registers = 1 << 14
const perBlock = 16

export class HyperLogLog {
  private cached = -1
  private readonly words = new Int32Array((registers / perBlock) * 3)
  private readonly histogram = new Uint16Array(52)

  constructor() {
    this.histogram[0] = registers
  }

  static fromBytes(bytes: Uint8Array): HyperLogLog {
    if (bytes.byteLength !== (registers * 6) / 8) throw new RangeError('bytes must be 12288')
    const sketch = new HyperLogLog()
    for (let quad = 0; quad < registers; quad += 4) {
      const from = (quad / 4) * 3
      const three = bytes[from]! + bytes[from + 1]! * 256 + bytes[from + 2]! * 65536
      for (let lane = 0; lane < 4; lane++) {
        const rank = (three >> (lane * 6)) % 64
        if (rank > 51) throw new RangeError('bytes hold a rank above 51')
        sketch.raise(quad + lane, rank)
      }
    }
    return sketch
  }

  private read(register: number): number {
    const bit = register * 6
    const word = bit >> 5
    const offset = bit & 31
    let value = this.words[word]! >>> offset
    if (offset > 26) value |= this.words[word + 1]! << (32 - offset)
    return value & 0x3f
  }

  private raise(register: number, rank: number): void {
    const old = this.read(register)
    if (old >= rank) return
    this.histogram[old]!--
    this.histogram[rank]!++
    const change = old ^ rank
    const bit = register * 6
    const word = bit >> 5
    const offset = bit & 31
    this.words[word]! ^= change << offset
    if (offset > 26) this.words[word + 1]! ^= change >>> (32 - offset)
  }

  add(high: number, low: number): void {
    if (high >>> 0 !== high) throw new RangeError('high')
    if (low >>> 0 !== low) throw new RangeError('low')
    const rest = (high % 2 ** 18) * 2 ** 32 + low
    const rank = rest === 0 ? 51 : 50 - Math.floor(Math.log2(rest) + (2 ** Math.floor(Math.log2(rest)) > rest ? -1 : 0))
    this.cached = -1
    this.raise(Math.floor(high / 2 ** 18), rank)
  }

  count(): number {
    if (this.cached >= 0) return this.cached
    const h = this.histogram
    if (h[0] === registers) return 0
    // likelihood of x = n / m: sum over k of h[k] * log P(k); P(0) = e^-x, P(k) = e^(-x/2^k) (1 - e^(-x/2^k)), last: 1 - e^(-x/2^50)
    const slope = (x: number): number => {
      let s = -h[0]!
      for (let k = 1; k <= 50; k++) {
        if (h[k] === 0) continue
        const t = x / 2 ** k
        s += h[k]! * 2 ** -k * (-1 + 1 / Math.expm1(t))
      }
      if (h[51]! > 0) s += (h[51]! * 2 ** -50) / Math.expm1(x / 2 ** 50)
      return s
    }
    let low = 1e-9
    let high = 2 ** 60
    for (let turn = 0; turn < 120; turn++) {
      const mid = Math.sqrt(low * high)
      if (slope(mid) > 0) low = mid
      else high = mid
    }
    return (this.cached = Math.round(low * registers))
  }

  merge(other: HyperLogLog): void {
    for (let r = 0; r < registers; r++) this.raise(r, other.read(r))
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(12_288)
    const view = new DataView(bytes.buffer)
    this.words.forEach((word, i) => view.setInt32(i * 4, word, true))
    return bytes
  }
}
