// Drives sketches through scripts of hashes, and reads their registers from their bytes.

import { HyperLogLog } from '#kata/3-deep-dive/hyperloglog'
import { type Attempt, attempt } from '../../kit/driver.ts'

const REGISTERS = 16_384
const BYTES = 12_288

export type Hash = [high: number, low: number]
/** Of the registers that are not 0: number and value, smallest number first. */
export type Registers = [register: number, value: number][]

export interface Seen {
  bytes: number
  registers: Registers
  /** where it matters: to count takes long */
  count?: number
}

/** One sketch that sees some hashes: its registers, by the layout of the contract. */
export function see({ hashes }: { hashes: Hash[] }): Seen {
  return look(sketchOf(hashes))
}

/** Two sketches that should be the same. */
export function twins({ one, other }: { one: Hash[]; other: Hash[] }): { one: Seen; other: Seen } {
  return { one: look(sketchOf(one)), other: look(sketchOf(other)) }
}

/** A sketch and its copy by way of bytes, which lie in the midst of other bytes: seen one after the other at each stage. */
export function copies({ hashes, later, before }: { hashes: Hash[]; later: Hash[]; before: number }): {
  original: Seen
  copy: Seen
}[] {
  const original = sketchOf(hashes)
  const given = original.toBytes()
  const around = new Uint8Array(before + given.length + 7).fill(85)
  around.set(given, before)
  const bytes = around.subarray(before, before + given.length)
  const copy = HyperLogLog.fromBytes(bytes)
  const stages: { original: Seen; copy: Seen }[] = []
  stages.push({ original: lookAndCount(original), copy: lookAndCount(copy) })
  given.fill(0)
  stages.push({ original: look(original), copy: look(copy) })
  bytes.fill(0)
  stages.push({ original: look(original), copy: look(copy) })
  for (const [high, low] of later) {
    original.add(high, low)
    copy.add(high, low)
  }
  stages.push({ original: lookAndCount(original), copy: lookAndCount(copy) })
  return stages
}

/** A sketch that another program has written: what comes back of it. */
export function foreign({ registers }: { registers: Registers }): Attempt<Seen> {
  return attempt(() => look(HyperLogLog.fromBytes(bytesOf(registers))))
}

/**
 * A sketch that takes in another (or itself), and one that has seen everything itself; then the merged one sees more.
 * @returns the other as it was before, after the merge and at the end
 */
export function merges(input: { mine: Hash[]; theirs: Hash[] | 'itself'; both: Hash[]; later: Hash[] }): {
  merged: Seen
  twin: Seen
  others: Seen[]
} {
  const sketch = sketchOf(input.mine)
  const other = input.theirs === 'itself' ? sketch : sketchOf(input.theirs)
  const others = [look(other)]
  // What a count remembers must not outlive a merge.
  sketch.count()
  sketch.merge(other)
  const merged = lookAndCount(sketch)
  others.push(look(other))
  for (const [high, low] of input.later) sketch.add(high, low)
  others.push(look(other))
  return { merged, twin: lookAndCount(sketchOf(input.both)), others }
}

/** Counts `n` hashes, each of which has a register of its own. */
export function apart({ n, seed }: { n: number; seed: number }): number {
  const half = halves(seed)
  const taken = new Set<number>()
  const sketch = new HyperLogLog()
  while (taken.size < n) {
    const high = half()
    if (taken.has(high >>> 18)) continue
    taken.add(high >>> 18)
    sketch.add(high, half())
  }
  return sketch.count()
}

/** Counts what `n` different hashes leave behind: for each register only the hash that sets it is added. */
export function estimate({ n, seed }: { n: number; seed: number }): number {
  const half = halves(seed)
  const sketch = new HyperLogLog()
  const ranks = n <= MOST_STREAMED ? streamed(n, half) : drawn(n, half)
  for (let register = 0; register < REGISTERS; register++) {
    const rank = ranks[register] as number
    if (rank > 0) sketch.add(...hashOf(register, rank, half))
  }
  return sketch.count()
}

/** Calls of which some are nonsense. @returns what they came to, and the sketch beside one without the nonsense */
export function misuse({ calls }: { calls: Hash[] }): { answers: Attempt<null>[]; one: Seen; other: Seen } {
  const sketch = new HyperLogLog()
  const answers = calls.map(([high, low]) =>
    attempt(() => {
      sketch.add(high, low)
      return null
    }),
  )
  const sound = calls.filter((halves) => halves.every((half) => half >>> 0 === half))
  return { answers, one: look(sketch), other: look(sketchOf(sound)) }
}

/** Makes a sketch from what may be nonsense: so many bytes, with these registers. */
export function misread({ bytes, registers }: { bytes: number; registers: Registers }): Attempt<string> {
  const all = new Uint8Array(bytes)
  all.set(bytesOf(registers).subarray(0, bytes))
  return attempt(() => {
    HyperLogLog.fromBytes(all)
    return 'a sketch'
  })
}

function sketchOf(hashes: Hash[]): HyperLogLog {
  const sketch = new HyperLogLog()
  for (const [high, low] of hashes) sketch.add(high, low)
  return sketch
}

/** Reads the registers, bit by bit as the contract has it. */
function look(sketch: HyperLogLog): Seen {
  const bytes = sketch.toBytes()
  const registers: Registers = []
  for (let register = 0; register < REGISTERS; register++) {
    const at = (6 * register) >> 3
    const two = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    const value = (two >> ((6 * register) & 7)) & 63
    if (value > 0) registers.push([register, value])
  }
  return { bytes: bytes.length, registers }
}

const lookAndCount = (sketch: HyperLogLog): Seen => ({ ...look(sketch), count: sketch.count() })

function bytesOf(registers: Registers): Uint8Array {
  const bytes = new Uint8Array(BYTES)
  for (const [register, value] of registers)
    for (let bit = 6 * register; bit < 6 * register + 6; bit++)
      if ((value >> (bit - 6 * register)) & 1) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7))
  return bytes
}

/** A hash of that register and rank; its other bits are chance. */
function hashOf(register: number, rank: number, half: () => number): Hash {
  const top = register * 2 ** 18
  if (rank <= 18) return [top + 2 ** (18 - rank) + (half() & (2 ** (18 - rank) - 1)), half()]
  return [top, rank > 50 ? 0 : 2 ** (50 - rank) + (half() % 2 ** (50 - rank))]
}

/** More hashes than that are not made one by one. */
const MOST_STREAMED = 100_000

/** The registers after n hashes. */
function streamed(n: number, half: () => number): Uint8Array {
  const ranks = new Uint8Array(REGISTERS)
  for (let i = 0; i < n; i++) {
    const high = half()
    const low = half()
    const rest = high & 0x3ffff
    const rank = rest > 0 ? Math.clz32(rest) - 13 : 19 + Math.clz32(low)
    const register = high >>> 18
    if (rank > (ranks[register] as number)) ranks[register] = rank
  }
  return ranks
}

/**
 * The registers after n hashes or thereabouts (n is the mean of a Poisson distribution; beyond 100,000 that is a third of
 * a per cent at most): P(register ≤ k) = exp(-n / 16384 / 2^k), drawn register by register.
 */
function drawn(n: number, half: () => number): Uint8Array {
  const upTo = Array.from({ length: 52 }, (_, k) => (k === 51 ? 1 : Math.exp(-n / REGISTERS / 2 ** k)))
  const least = upTo.findIndex((share) => share > 0)
  const ranks = new Uint8Array(REGISTERS)
  for (let register = 0; register < REGISTERS; register++) {
    const chance = half() / 2 ** 32
    let rank = least
    while (chance >= (upTo[rank] as number)) rank++
    ranks[register] = rank
  }
  return ranks
}

/** Uniform in 0 to 2 ** 32 - 1: sfc32, whose author tested it with PractRand. */
function halves(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0, 0x9e3779b9 | 0, 1]
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next()
  return next
}
