// dodges: bloom-resizable
// breaks: every promise

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
  /** one for each bit */
  readonly #cells: Uint8Array
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
    this.#cells = new Uint8Array(new ArrayBuffer(this.bits, { maxByteLength: this.bits }))
    this.#scale = this.bits / 2 ** 32
  }

  add(key: string): void {
    this.#aim(key)
    for (let i = 0; i < this.hashes; i++) {
      this.#cells[this.#nextPosition()] = 1
    }
  }

  has(key: string): boolean {
    this.#aim(key)
    for (let i = 0; i < this.hashes; i++) {
      if (this.#cells[this.#nextPosition()] === 0) return false
    }
    return true
  }

  union(other: BloomFilter): BloomFilter {
    if (other.bits !== this.bits || other.hashes !== this.hashes)
      throw new RangeError(
        `other must have ${this.bits} bits and ${this.hashes} hashes, not ${other.bits} and ${other.hashes}`,
      )
    const both = new BloomFilter(this.#options)
    for (let i = 0; i < this.bits; i++) both.#cells[i] = this.#cells[i]! | other.#cells[i]!
    return both
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.bits / 8))
    for (let i = 0; i < this.bits; i++) bytes[i >>> 3]! |= this.#cells[i]! << (i & 7)
    return bytes
  }

  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter {
    const filter = new BloomFilter(options)
    const length = Math.ceil(filter.bits / 8)
    if (bytes.length !== length) throw new RangeError(`bytes must be ${length} for this filter, not ${bytes.length}`)
    const used = filter.bits % 8
    if (used > 0 && bytes[length - 1]! >>> used > 0)
      throw new RangeError(`bytes must not have a bit set beyond the ${filter.bits} of this filter`)
    for (let i = 0; i < filter.bits; i++) filter.#cells[i] = (bytes[i >>> 3]! >>> (i & 7)) & 1
    return filter
  }

  /** Takes in the whole key, code unit by code unit: to encode it first would be garbage, and merge lone surrogates. */
  #aim(key: string): void {
    let a = 0x9e3779b9
    let b = 0x85ebca6b
    for (let i = 0; i < key.length; i++) {
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
