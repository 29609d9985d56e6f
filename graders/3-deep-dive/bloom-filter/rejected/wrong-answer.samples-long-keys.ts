// breaks: Every code unit of a key counts, and where it stands
// because: of keys of 4,096 units and more every second one is read, as Java once did with its strings: who is alike in these is the same.

export interface BloomFilterOptions {
  readonly entries: number
  readonly oneIn: number
}

const MAX_ENTRIES = 10_000_000
const MAX_ONE_IN = 1_000_000

export class BloomFilter {
  readonly bits: number
  readonly hashes: number
  readonly #options: BloomFilterOptions
  readonly #bytes: Uint8Array
  /** Multiplies a hash of 32 bits down to a position. Two positions are as likely to within 1 in 2³² / bits. */
  readonly #scale: number
  // Where the next position of the key at hand comes from: fields, since a pair of numbers would be garbage.
  #at = 0
  #stride = 0

  constructor({ entries, oneIn }: BloomFilterOptions) {
    checkWhole('entries', entries, 1, MAX_ENTRIES)
    checkWhole('oneIn', oneIn, 2, MAX_ONE_IN)
    this.bits = Math.ceil((entries * Math.log(oneIn)) / Math.LN2 ** 2)
    this.hashes = Math.round((this.bits / entries) * Math.LN2)
    this.#options = { entries, oneIn }
    this.#bytes = new Uint8Array(Math.ceil(this.bits / 8))
    this.#scale = this.bits / 2 ** 32
  }

  add(key: string): void {
    this.#aim(key)
    for (let i = 0; i < this.hashes; i++) {
      const position = this.#nextPosition()
      this.#bytes[position >>> 3]! |= 1 << (position & 7)
    }
  }

  has(key: string): boolean {
    this.#aim(key)
    for (let i = 0; i < this.hashes; i++) {
      const position = this.#nextPosition()
      if ((this.#bytes[position >>> 3]! & (1 << (position & 7))) === 0) return false
    }
    return true
  }

  union(other: BloomFilter): BloomFilter {
    if (other.bits !== this.bits || other.hashes !== this.hashes)
      throw new RangeError(
        `other must have ${this.bits} bits and ${this.hashes} hashes, not ${other.bits} and ${other.hashes}`,
      )
    const both = new BloomFilter(this.#options)
    for (let i = 0; i < this.#bytes.length; i++) both.#bytes[i] = this.#bytes[i]! | other.#bytes[i]!
    return both
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice()
  }

  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter {
    const filter = new BloomFilter(options)
    const { length } = filter.#bytes
    if (bytes.length !== length) throw new RangeError(`bytes must be ${length} for this filter, not ${bytes.length}`)
    const used = filter.bits % 8
    if (used > 0 && bytes[length - 1]! >>> used > 0)
      throw new RangeError(`bytes must not have a bit set beyond the ${filter.bits} of this filter`)
    filter.#bytes.set(bytes)
    return filter
  }

  /** Takes in the whole key, code unit by code unit: to encode it first would be garbage, and merge lone surrogates. */
  #aim(key: string): void {
    let a = 0x9e3779b9
    let b = 0x85ebca6b
    const step = key.length < 4_096 ? 1 : 2
    for (let i = 0; i < key.length; i += step) {
      const unit = key.charCodeAt(i)
      a = Math.imul(a ^ unit, 0x9e3779b1)
      b = Math.imul(b ^ unit, 0x5f356495)
    }
    this.#at = a | 0
    this.#stride = b | 1 // never 0, and all 32 bits of `at` move
  }

  #nextPosition(): number {
    const hash = stir(this.#at) >>> 0
    this.#at = (this.#at + this.#stride) | 0
    return (hash * this.#scale) >>> 0
  }
}

/** Each bit of the result depends on each bit of the word; different words stay different. */
function stir(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
