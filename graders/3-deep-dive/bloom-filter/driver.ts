// Drives Bloom filters: adds keys, asks for others, and takes their bytes.

import { BloomFilter } from '#kata/3-deep-dive/bloom-filter'
import { type Attempt, attempt } from '../../kit/driver.ts'

export interface Options {
  entries: number
  oneIn: number
}

/** Many keys that are alike: `user:7`, `user:8` and so on. */
export interface Keys {
  before: string
  from: number
  count: number
}

export function shape(options: Options): { bits: number; hashes: number } {
  return shapeOf(new BloomFilter(options))
}

/** What a filter with some keys says of others. */
export function ask({ options, added, asked }: { options: Options; added: string[]; asked: string[] }): boolean[] {
  const filter = filled(options, added)
  return asked.map((key) => filter.has(key))
}

/** How many of many a filter says yes to, and the first to which it says no. */
export function askMany({ options, added, asked }: { options: Options; added: Keys; asked: Keys }): {
  yes: number
  firstNo: string | null
} {
  const filter = filledWithMany(options, added)
  let yes = 0
  let firstNo: string | null = null
  for (let i = 0; i < asked.count; i++) {
    const key = keyOf(asked, i)
    if (filter.has(key)) yes++
    else firstNo ??= key
  }
  return { yes, firstNo }
}

/** The bytes of filters of one shape, each with keys of its own. */
export function bytes({ options, adds }: { options: Options; adds: string[][] }): Uint8Array[] {
  return adds.map((keys) => bytesOf(filled(options, keys)))
}

/** A filter with one key, and one with so many that every bit should be set. */
export function fill({ options, keys }: { options: Options; keys: Keys }): {
  bits: number
  hashes: number
  one: Uint8Array
  all: Uint8Array
} {
  const filter = filledWithMany(options, keys)
  return { ...shapeOf(filter), one: bytesOf(filled(options, [keyOf(keys, 0)])), all: bytesOf(filter) }
}

export interface Part {
  options: Options
  keys: string[]
}

/** Unites two filters, then adds a key to the union, and one to the left. */
export function unite({ left, right, later }: { left: Part; right: Part; later: string }): {
  union: Uint8Array
  /** a filter to which the keys of both were added, each once */
  together: Uint8Array
  /** left and right */
  before: Uint8Array[]
  after: Uint8Array[]
  afterUnionGrew: Uint8Array[]
  /** the union, before and after the left has grown */
  grown: Uint8Array
  afterLeftGrew: Uint8Array
} {
  const a = filled(left.options, left.keys)
  const b = filled(right.options, right.keys)
  const before = [bytesOf(a), bytesOf(b)]
  const both = a.union(b)
  const after = [bytesOf(a), bytesOf(b)]
  const union = bytesOf(both)
  const together = bytesOf(filled(left.options, [...new Set([...left.keys, ...right.keys])]))
  both.add(later)
  const afterUnionGrew = [bytesOf(a), bytesOf(b)]
  const grown = bytesOf(both)
  a.add(`${later}!`)
  return { union, together, before, after, afterUnionGrew, grown, afterLeftGrew: bytesOf(both) }
}

/** Takes a filter's bytes, has them amid a larger buffer, and makes a filter of them; then scribbles over both. */
export function trip({ options, keys, asked }: { options: Options; keys: string[]; asked: string[] }): {
  sent: Uint8Array
  arrived: Uint8Array
  saidThere: boolean[]
  saidHere: boolean[]
  /** the first filter, after the bytes that it gave were scribbled over */
  sentAfter: Uint8Array
  /** the second, after the bytes that it was made of were scribbled over */
  arrivedAfter: Uint8Array
} {
  const there = filled(options, keys)
  const given = there.toBytes()
  const sent = given.slice()
  const packet = new Uint8Array(sent.length + 12).fill(0x55)
  packet.set(sent, 5)
  const here = BloomFilter.fromBytes(packet.subarray(5, 5 + sent.length), options)
  const arrived = bytesOf(here)
  const saidThere = asked.map((key) => there.has(key))
  const saidHere = asked.map((key) => here.has(key))
  given.fill(0x55)
  packet.fill(0x55)
  return { sent, arrived, saidThere, saidHere, sentAfter: bytesOf(there), arrivedAfter: bytesOf(here) }
}

/** Makes a filter from what may be nonsense. */
export function construct(options: Options): Attempt<string> {
  return attempt(() => {
    new BloomFilter(options)
    return 'a filter'
  })
}

/**
 * Makes a filter from bytes that may not be one's.
 * @param tooMany how many more than it needs, or fewer
 * @param bit set in the last byte, counted from the first that is left over; none if it is not given
 * @returns `null` if the last byte has no such bit
 */
export function receive({ options, tooMany, bit }: { options: Options; tooMany: number; bit?: number }): {
  bits: number
  answer: Attempt<string>
} | null {
  const { bits } = new BloomFilter(options)
  const needed = Math.ceil(bits / 8)
  const bytes = new Uint8Array(Math.max(0, needed + tooMany))
  if (bit !== undefined) {
    const at = bits - (needed - 1) * 8 + bit
    if (at < 0 || at > 7) return null
    bytes[needed - 1] = 1 << at
  }
  return {
    bits,
    answer: attempt(() => {
      BloomFilter.fromBytes(bytes, options)
      return 'a filter'
    }),
  }
}

/** Makes a filter from bytes, with options that may be nonsense. */
export function receiveWith(options: Options): Attempt<string> {
  return attempt(() => {
    BloomFilter.fromBytes(new Uint8Array(2), options)
    return 'a filter'
  })
}

/** Unites what may not fit. */
export function mismatch({ left, right }: { left: Part; right: Part }): {
  shapes: { bits: number; hashes: number }[]
  answer: Attempt<string>
  before: Uint8Array[]
  after: Uint8Array[]
} {
  const a = filled(left.options, left.keys)
  const b = filled(right.options, right.keys)
  const before = [bytesOf(a), bytesOf(b)]
  const answer = attempt(() => {
    a.union(b)
    return 'a filter'
  })
  return { shapes: [shapeOf(a), shapeOf(b)], answer, before, after: [bytesOf(a), bytesOf(b)] }
}

const shapeOf = ({ bits, hashes }: BloomFilter) => ({ bits, hashes })

/** A copy: whether what `toBytes` gives is one has a promise of its own. */
const bytesOf = (filter: BloomFilter) => filter.toBytes().slice()

const keyOf = ({ before, from }: Keys, i: number) => `${before}${from + i}`

function filled(options: Options, keys: string[]): BloomFilter {
  const filter = new BloomFilter(options)
  for (const key of keys) filter.add(key)
  return filter
}

function filledWithMany(options: Options, keys: Keys): BloomFilter {
  const filter = new BloomFilter(options)
  for (let i = 0; i < keys.count; i++) filter.add(keyOf(keys, i))
  return filter
}
