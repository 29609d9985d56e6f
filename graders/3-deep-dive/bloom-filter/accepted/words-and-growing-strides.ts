// Words of 32 bits instead of bytes, and enhanced double hashing (Dillinger and Manolios): the stride itself grows by one
// more each time. It runs on all 32 bits and not modulo the size, so that a small filter has as many patterns as a large one.

export interface BloomFilterOptions {
  readonly entries: number
  readonly oneIn: number
}

export class BloomFilter {
  private readonly words: Uint32Array
  private readonly options: BloomFilterOptions

  constructor(options: BloomFilterOptions) {
    const isWhole = (n: number, min: number, max: number) => Number.isSafeInteger(n) && n >= min && n <= max
    if (!isWhole(options.entries, 1, 1e7)) throw new RangeError('entries is not a whole number in its range')
    if (!isWhole(options.oneIn, 2, 1e6)) throw new RangeError('oneIn is not a whole number in its range')
    this.options = { ...options }
    this.words = new Uint32Array(Math.ceil(this.bits / 32))
  }

  get bits(): number {
    return Math.ceil((-this.options.entries * Math.log(1 / this.options.oneIn)) / (Math.LN2 * Math.LN2))
  }

  get hashes(): number {
    return Math.max(1, Math.round((Math.LN2 * this.bits) / this.options.entries))
  }

  add(key: string): void {
    const [bits, hashes] = [this.bits, this.hashes]
    let at = hashOf(key, 0x3c6ef372)
    let stride = hashOf(key, 0xa54ff53a)
    for (let i = 0; i < hashes; i++) {
      const position = (at >>> 0) % bits
      this.words[position >>> 5] = (this.words[position >>> 5] as number) | (1 << (position & 31))
      at = (at + stride) | 0
      stride = (stride + i + 1) | 0
    }
  }

  has(key: string): boolean {
    const [bits, hashes] = [this.bits, this.hashes]
    let at = hashOf(key, 0x3c6ef372)
    let stride = hashOf(key, 0xa54ff53a)
    let all = true
    for (let i = 0; i < hashes && all; i++) {
      const position = (at >>> 0) % bits
      all = (((this.words[position >>> 5] as number) >>> (position & 31)) & 1) === 1
      at = (at + stride) | 0
      stride = (stride + i + 1) | 0
    }
    return all
  }

  union(other: BloomFilter): BloomFilter {
    if (this.bits !== other.bits) throw new RangeError('other has another number of bits')
    if (this.hashes !== other.hashes) throw new RangeError('other has another number of hashes')
    const both = new BloomFilter(this.options)
    both.words.set(this.words)
    for (const [i, word] of other.words.entries()) both.words[i] = (both.words[i] as number) | word
    return both
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.bits / 8))
    for (let i = 0; i < bytes.length; i++) bytes[i] = (this.words[i >>> 2] as number) >>> (8 * (i & 3))
    return bytes
  }

  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter {
    const filter = new BloomFilter(options)
    const { bits, words } = filter
    if (bytes.length !== Math.ceil(bits / 8)) throw new RangeError(`bytes: ${bytes.length} of them do not fit`)
    for (let position = bits; position < 8 * bytes.length; position++)
      if (((bytes[position >>> 3] as number) >>> (position & 7)) & 1) throw new RangeError('bytes: a spare bit is set')
    for (let i = 0; i < bytes.length; i++)
      words[i >>> 2] = (words[i >>> 2] as number) | ((bytes[i] as number) << (8 * (i & 3)))
    return filter
  }
}

/** MurmurHash3 of 32 bits, with a code unit for a block. */
function hashOf(text: string, seed: number): number {
  let hash = seed | 0
  for (let i = 0; i < text.length; i++) {
    let block = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593)
    hash ^= block
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
