// What a sketch is for: nothing is remembered, so nothing may be spent on remembering; and the estimate must be as good as
// so many registers can make it.

import type * as kata from '#kata/3-deep-dive/hyperloglog'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Sketch = kata.HyperLogLog
type Random = () => number

const REGISTERS = 16_384
const MASK = 1_023
/** More hashes than that are not made one by one. */
const MOST_STREAMED = 50_000

/** 32 bits of chance. */
const half = (random: Random) => random() * 2 ** 32

const see = (sketch: Sketch, n: number, random: Random) => {
  for (let i = 0; i < n; i++) sketch.add(half(random), half(random))
}

/** Hashes made ready, so that making them is not counted. */
const halves = (random: Random) => Uint32Array.from({ length: MASK + 1 }, () => half(random))

/**
 * A sketch as about n different hashes leave it (n is a mean, its deviation a third of the estimate's at most): register by
 * register, by P(register ≤ k) = exp(-n / 16384 / 2^k). Streams of a hundred thousand and more would take too long.
 */
function seeDrawn(sketch: Sketch, n: number, random: Random) {
  const upTo = Array.from({ length: 52 }, (_, k) => (k === 51 ? 1 : Math.exp(-n / REGISTERS / 2 ** k)))
  const least = upTo.findIndex((share) => share > 0)
  for (let register = 0; register < REGISTERS; register++) {
    const chance = random()
    let rank = least
    while (chance >= upTo[rank]!) rank++
    if (rank > 18) sketch.add(register * 2 ** 18, rank > 50 ? 0 : 2 ** (50 - rank))
    else if (rank > 0) sketch.add(register * 2 ** 18 + 2 ** (18 - rank), 0)
  }
}

/** Errors of independent sketches, in turns of the sizes given. */
function errors({ HyperLogLog }: Kata, random: Random, sizes: readonly number[], sketches: number): number[] {
  return Array.from({ length: sketches }, (_, i) => {
    const n = sizes[i % sizes.length]!
    const sketch = new HyperLogLog()
    if (n > MOST_STREAMED) seeDrawn(sketch, n, random)
    else see(sketch, n, random)
    return sketch.count() / n - 1
  })
}

export default [
  budget('An add is a few steps, however much has been seen', {
    given: ({ HyperLogLog }: Kata, { n, random }) => {
      const sketch = new HyperLogLog()
      see(sketch, n, random)
      return { sketch, highs: halves(random), lows: halves(random) }
    },
    when: ({ sketch, highs, lows }, i) => sketch.add(highs[i & MASK]!, lows[i & MASK]!),
    steps: 'O(1)',
    worstCall: 'O(1)',
    ceiling: { says: '50 steps', of: () => 50 },
  }),
  budget('An add makes no garbage', {
    given: ({ HyperLogLog }: Kata, { random }) => ({
      sketch: new HyperLogLog(),
      highs: halves(random),
      lows: halves(random),
    }),
    when: ({ sketch, highs, lows }, i) => sketch.add(highs[i & MASK]!, lows[i & MASK]!),
    bytesPerCall: 0,
  }),
  budget('A sketch is its 12,288 bytes and little else', {
    // Each has seen enough for nearly every register to be taken.
    given: ({ HyperLogLog }: Kata, { n, random }) =>
      Array.from({ length: n }, () => {
        const sketch = new HyperLogLog()
        seeDrawn(sketch, 50_000, random)
        return sketch
      }),
    bytesPerEntry: 13_000,
    sizes: [15, 60],
  }),
  budget('A count looks a few times at each register, and at nothing else', {
    given: ({ HyperLogLog }: Kata, { n, random }) => {
      const sketch = new HyperLogLog()
      see(sketch, n, random)
      return sketch
    },
    when: (sketch) => sketch.count(),
    answers: 'free',
    steps: 'O(1)',
    ceiling: { says: '12 steps a register', of: () => 12 * REGISTERS },
    sizes: [1_000, 4_000, 16_000],
    calls: () => 4,
  }),
  budget('A merge, and bytes in and out, look a few times at each register', {
    given: ({ HyperLogLog }: Kata, { n, random }) => {
      const [sketch, other] = [new HyperLogLog(), new HyperLogLog()]
      see(sketch, n, random)
      see(other, n, random)
      return { sketch, other, bytes: other.toBytes(), HyperLogLog }
    },
    when: ({ sketch, other, bytes, HyperLogLog }, i) => {
      if (i % 3 === 0) sketch.merge(other)
      else if (i % 3 === 1) return sketch.toBytes().length
      else HyperLogLog.fromBytes(bytes)
      return undefined
    },
    steps: 'O(1)',
    ceiling: { says: '12 steps a register', of: () => 12 * REGISTERS },
    sizes: [1_000, 4_000, 16_000],
    calls: () => 6,
  }),
  budget('Counts from five hundred to 50,000 are as good as the registers allow', {
    sample: (kata: Kata, { random }) => ({ errors: errors(kata, random, [800, 41_000, 10_000, 43_000, 600], 150) }),
    quality: { what: 'relative error', standardErrorAtMost: 0.009 },
  }),
  budget('Counts from 100,000 to ten million are as good as the registers allow', {
    sample: (kata: Kata, { random }) => ({ errors: errors(kata, random, [120_000, 1e6, 120_000, 1e7], 120) }),
    quality: { what: 'relative error', standardErrorAtMost: 0.009 },
  }),
  budget('An add beside the reference', {
    given: ({ HyperLogLog }: Kata, { random }) => ({
      sketch: new HyperLogLog(),
      highs: halves(random),
      lows: halves(random),
    }),
    when: ({ sketch, highs, lows }, i) => sketch.add(highs[i & MASK]!, lows[i & MASK]!),
    throughput: 'reference',
  }),
]
