/**
 * A Bloom filter: remembers that keys were added without keeping them. To a key that was added it says yes, always. To a
 * stranger it says no, but for about one in `oneIn`.
 *
 * It is an array of `bits` bits. A key has `hashes` positions in it. To add a key is to set the bits at its positions; a
 * key may have been added if they are all set. Where a key's positions are follows from the key, `bits` and `hashes`, and
 * from nothing else: filters are sent to other processes and other machines, and mean the same there.
 *
 * The hash is yours to write. A key is a sequence of UTF-16 code units, and each of them counts, and where it stands: two
 * different keys, however alike, must not be taken for each other. With `entries` different keys in, a stranger may be let
 * in at most a tenth more often than once in `oneIn`, from 1,000 entries up, and at most twice as often from 50 up.
 */

export interface BloomFilterOptions {
  /** different keys that it is made for: a whole number, 1 to 10,000,000. More may be added: it then lets in more strangers */
  readonly entries: number
  /** of so many strangers about one is let in once all entries are there: a whole number, 2 to 1,000,000 */
  readonly oneIn: number
}

export class BloomFilter {
  /** @throws {RangeError} naming `entries` or `oneIn` if that is not a whole number in its range */
  constructor(options: BloomFilterOptions) {
    throw new Error(`TODO: an empty filter, its size worked out from ${Object.keys(options).join(' and ')}`)
  }

  /** How many bits it has: entries × ln(oneIn) / (ln 2)², rounded up to a whole number. Cost: O(1). */
  get bits(): number {
    throw new Error('TODO: so many bits that the rate comes out right')
  }

  /** How many positions a key has: bits / entries × ln 2, rounded to the nearest whole number. Cost: O(1). */
  get hashes(): number {
    throw new Error('TODO: so many that about half of the bits are set when all entries are in')
  }

  /**
   * Adds a key. To add it again changes nothing.
   *
   * @param key any text: also the empty one, long ones, and lone surrogates
   * Cost: O(hashes + length of the key), however many keys are in; no allocation.
   */
  add(key: string): void {
    throw new Error(`TODO: set the bits of ${key}`)
  }

  /**
   * Changes nothing.
   *
   * @returns `false`: the key was never added. `true`: it was, or else it is one of the few strangers that are let in.
   * Cost: O(hashes + length of the key), however many keys are in; no allocation.
   */
  has(key: string): boolean {
    throw new Error(`TODO: are all the bits of ${key} set?`)
  }

  /**
   * @returns a new filter: the one that would have come of adding the keys of both. Both stay as they are, and none of the
   *   three changes with another.
   * @throws {RangeError} naming `other` unless it has the same `bits` and the same `hashes`
   * Cost: O(bits).
   */
  union(other: BloomFilter): BloomFilter {
    throw new Error(`TODO: a filter with the bits of this one and of ${other}`)
  }

  /**
   * @returns a copy of the bits, in bits / 8 bytes, rounded up. Position p is bit p % 8 of byte p / 8 rounded down (the bit
   *   of value 1 is bit 0). What is left over of the last byte is 0.
   * Cost: O(bits).
   */
  toBytes(): Uint8Array {
    throw new Error('TODO: hand out a copy')
  }

  /**
   * @param bytes what `toBytes` gave, perhaps in another process; they are copied. They may lie within a larger buffer.
   * @param options those of the filter that gave them
   * @throws {RangeError} naming `entries`, `oneIn` or `bytes`: the latter if there are too few or too many for that filter,
   *   or if a bit is set that is left over
   * Cost: O(bits).
   */
  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter {
    throw new Error(`TODO: check ${bytes.length} bytes, then fill a filter for ${options.entries} entries with them`)
  }
}
