// The key only seeds a generator of pseudo-random numbers, and its positions are what that draws. Everything that goes over
// the bits is one function, `visit`; a union and an arrival are made of bytes.

export interface BloomFilterOptions {
  readonly entries: number
  readonly oneIn: number
}

const check = (name: string, value: number, min: number, max: number) => {
  if (Math.floor(value) !== value || !(value >= min && value <= max))
    throw new RangeError(`${name}: ${value} is not a whole number from ${min} to ${max}`)
}

export class BloomFilter {
  readonly bits: number
  readonly hashes: number
  #bytes: Uint8Array
  #options: BloomFilterOptions

  constructor(options: BloomFilterOptions) {
    check('entries', options.entries, 1, 10_000_000)
    check('oneIn', options.oneIn, 2, 1_000_000)
    const perEntry = Math.log2(options.oneIn) / Math.LN2
    this.bits = Math.ceil(perEntry * options.entries)
    this.hashes = Math.floor((this.bits / options.entries) * Math.LN2 + 0.5)
    this.#bytes = new Uint8Array((this.bits + 7) >> 3)
    this.#options = options
  }

  add(key: string): void {
    this.#visit(key, true)
  }

  has(key: string): boolean {
    return this.#visit(key, false)
  }

  union(other: BloomFilter): BloomFilter {
    if (other.hashes !== this.hashes || other.bits !== this.bits) throw new RangeError('other is of another shape')
    return BloomFilter.fromBytes(
      this.#bytes.map((byte, i) => byte | other.#bytes[i]!),
      this.#options,
    )
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter {
    const filter = new BloomFilter(options)
    const spare = 8 * filter.#bytes.length - filter.bits
    if (bytes.length !== filter.#bytes.length) throw new RangeError('wrong number of bytes')
    if (bytes.at(-1)! >= 2 ** (8 - spare)) throw new RangeError('the last of the bytes is too large')
    filter.#bytes = Uint8Array.from(bytes)
    return filter
  }

  /** @returns whether all of the key's bits are set, which they are once it has marked them */
  #visit(key: string, mark: boolean): boolean {
    let x = 0x2545f491
    let y = 0x6c078965
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i)
      x = Math.imul(x ^ unit, 0x85ebca77)
      y = Math.imul(y + unit + 1, 0xc2b2ae3d) ^ (y >>> 15)
    }
    x = Math.imul(x ^ (x >>> 15) ^ y, 0x2c1b3c6d)
    y = Math.imul(y ^ (y >>> 13) ^ x, 0x297a2d39) | 1
    for (let i = 0; i < this.hashes; i++) {
      // Marsaglia's xorshift with 64 bits of state, and a multiplication where it is read.
      const mixed = x ^ (x << 10)
      x = y
      y = y ^ (y >>> 13) ^ mixed ^ (mixed >>> 10)
      const drawn = Math.imul(y, 0x9e3779b1)
      const position = ((drawn ^ (drawn >>> 16)) >>> 0) % this.bits
      const bit = 1 << (position & 7)
      const at = position >> 3
      if (mark) this.#bytes[at]! |= bit
      else if ((this.#bytes[at]! & bit) === 0) return false
    }
    return true
  }
}
