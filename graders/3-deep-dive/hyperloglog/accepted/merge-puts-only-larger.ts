// Another right answer: packed bytes, a merge that puts only what is larger, and Ertl's improved estimator (sigma and tau).
const M = 16_384
const BYTES = 12_288
const TOP = 51

function word(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new RangeError(`${name} must be a whole number of 32 bits`)
}

export class HyperLogLog {
  #bytes = new Uint8Array(BYTES)

  static fromBytes(bytes: Uint8Array): HyperLogLog {
    if (bytes.length !== BYTES) throw new RangeError(`bytes: ${bytes.length} of them`)
    const it = new HyperLogLog()
    it.#bytes.set(bytes)
    for (let r = 0; r < M; r++) if (it.#get(r) > TOP) throw new RangeError('bytes: a register is too high')
    return it
  }

  #get(r: number): number {
    const bit = r * 6
    const at = bit >>> 3
    const pair = this.#bytes[at]! | ((this.#bytes[at + 1] ?? 0) << 8)
    return (pair >>> (bit & 7)) & 63
  }

  #put(r: number, rank: number): void {
    const bit = r * 6
    const at = bit >>> 3
    const shift = bit & 7
    this.#bytes[at] = (this.#bytes[at]! & ~(63 << shift)) | (rank << shift)
    if (shift > 2) this.#bytes[at + 1] = (this.#bytes[at + 1]! & ~(63 >>> (8 - shift))) | (rank >>> (8 - shift))
  }

  add(high: number, low: number): void {
    word('high', high)
    word('low', low)
    const index = high >>> 18
    const rest = high & 0x3ffff
    const rank = rest > 0 ? Math.clz32(rest) - 13 : Math.clz32(low) + 19
    if (rank > this.#get(index)) this.#put(index, rank)
  }

  count(): number {
    const many = new Float64Array(TOP + 1)
    for (let r = 0; r < M; r++) many[this.#get(r)]!++
    const q = TOP - 1
    let z = M * tau(1 - many[q + 1]! / M)
    for (let k = q; k >= 1; k--) z = 0.5 * (z + many[k]!)
    z += M * sigma(many[0]! / M)
    return Math.round((M * M) / (2 * Math.LN2 * z))
  }

  merge(other: HyperLogLog): void {
    for (let r = 0; r < M; r++) {
      const theirs = other.#get(r)
      if (theirs > this.#get(r)) this.#put(r, theirs)
    }
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice()
  }
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let y = 1
  let z = x
  let before: number
  do {
    x *= x
    before = z
    z += x * y
    y += y
  } while (z !== before)
  return z
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let y = 1
  let z = 1 - x
  let before: number
  do {
    x = Math.sqrt(x)
    before = z
    y *= 0.5
    z -= (1 - x) ** 2 * y
  } while (z !== before)
  return z / 3
}
