// A filter stands before every read of a disk or a network: it has to cost next to nothing, and to let in few.

import type * as kata from '#kata/3-deep-dive/bloom-filter'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

export default [
  budget('A call is the same work in a small filter and in a large one', {
    given: ({ BloomFilter }: Kata, { n }) => {
      const filter = new BloomFilter({ entries: n, oneIn: 100 })
      const keys = Array.from({ length: n }, (_, i) => `user:${10_000 + i}`)
      for (const key of keys) filter.add(key)
      return { filter, keys }
    },
    // Keys that are in: of these every position is looked at.
    when: ({ filter, keys }, i) => {
      const key = keys[i % keys.length] as string
      return i % 2 === 0 ? filter.has(key) : filter.add(key)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A key is read once, not once for each position', {
    given: ({ BloomFilter }: Kata, { n }) => {
      const filter = new BloomFilter({ entries: 1, oneIn: 1_000_000 })
      const key = 'k'.repeat(n)
      filter.add(key)
      return { filter, key }
    },
    when: ({ filter, key }, i) => (i % 2 === 0 ? filter.has(key) : filter.add(key)),
    steps: 'O(n)',
    // It has 20 positions. Two readings, each with a call for each code unit, still fit; 20 readings do not.
    ceiling: { says: '6 for each code unit and each position', of: (n) => 6 * (n + 20) },
    calls: () => 64,
  }),
  budget('Adding and asking make no garbage', {
    given: ({ BloomFilter }: Kata, { n }) => {
      const filter = new BloomFilter({ entries: n, oneIn: 100 })
      return { filter, keys: Array.from({ length: 2 * n }, (_, i) => `user:${10_000 + i}`) }
    },
    when: ({ filter, keys }, i) => {
      const key = keys[i % keys.length] as string
      // Half of those asked about were added, half never.
      return i % 4 === 0 ? filter.add(key) : filter.has(key)
    },
    bytesPerCall: 0,
  }),
  budget('An entry takes its bits and nothing else', {
    given: ({ BloomFilter }: Kata, { n }) => {
      const filter = new BloomFilter({ entries: n, oneIn: 100 })
      for (let i = 0; i < n; i++) {
        filter.add(letters(i))
        // Nor is anything kept of those who were only asked about.
        if (i % 4 === 0) filter.has(letters(n + i))
      }
      return filter
    },
    // 9.6 bits an entry are 1.2 bytes.
    bytesPerEntry: 1.3,
    sizes: [50_000, 300_000],
  }),
  budget('Strangers get in as rarely as promised, however alike the keys', {
    sample: ({ BloomFilter }: Kata, { n, random }) => {
      // Another stretch of numbers each time, so that no key can be known beforehand.
      let at = Math.floor(random() * 1_000_000_000)
      const counts = Array.from({ length: 20 }, (_, i) => {
        const keyOf = ALIKE[i % ALIKE.length] as (i: number) => string
        return strangers(new BloomFilter({ entries: n, oneIn: 100 }), n, 10_000, () => keyOf(at++))
      })
      return { hits: sum(counts), of: counts.length * 10_000 }
    },
    // A tenth above one in 100: rounding `hashes`, and the spread of how full filters get.
    quality: { what: 'strangers let in', shareAtMost: 1.1 / 100 },
    n: 1_000,
  }),
  budget('A small filter keeps the promise of a large one', {
    sample: ({ BloomFilter }: Kata, { n, random }) => {
      const counts = Array.from({ length: 80 }, () =>
        strangers(new BloomFilter({ entries: n, oneIn: 1_000_000 }), n, 40_000, () => scattered(random)),
      )
      return { hits: sum(counts), of: counts.length * 40_000 }
    },
    // Twice one in 1,000,000: by chance some small filters get fuller than others, and the fullest let in most. Where all
    // positions follow from two of them, 2,000,000 patterns are all there are: then 50 keys let in 24 in 1,000,000.
    quality: { what: 'strangers let in', shareAtMost: 2 / 1_000_000 },
    n: 50,
  }),
  budget('A large filter keeps it, too', {
    sample: ({ BloomFilter }: Kata, { n, random }) => {
      const asked = 500_000
      const filter = new BloomFilter({ entries: n, oneIn: 1_000_000 })
      return { hits: strangers(filter, n, asked, () => scattered(random)), of: asked }
    },
    // Half a stranger. Where a hash has 32 bits in all, 47 have the hash of a key that is in.
    quality: { what: 'strangers let in', shareAtMost: 1.1 / 1_000_000 },
    n: 400_000,
  }),
  budget('A filter for millions reaches each of its bits', {
    sample: ({ BloomFilter }: Kata, { n, random }) => {
      const filter = new BloomFilter({ entries: 10_000_000, oneIn: 3 })
      for (let i = 0; i < n; i++) filter.add(scattered(random))
      let set = 0
      for (let byte of filter.toBytes()) for (; byte > 0; byte &= byte - 1) set++
      return { hits: n * filter.hashes - set, of: n * filter.hashes }
    },
    // Of 400,000 positions among 22,873,000, 0.874 % meet one that was set. Where only 2 ** 24 are ever reached, 1.18 % do.
    quality: { what: 'positions met twice', shareAtMost: 0.98 / 100 },
    n: 200_000,
  }),
]

/** Keys that are alike, as real ones are: what a hash that is not stirred takes for one another. */
const ALIKE: readonly ((i: number) => string)[] = [
  (i) => `user:${i}`,
  (i) => `https://example.org/a/path/that/all/of/them/share/${i}`,
  (i) => `${i}/profile/picture.png`,
]

/** A key for a whole number. (Written with ten digits it would land in a table of V8's own, whose bytes are nobody's.) */
const letters = (n: number) => `key-${n.toString(36)}`

/** A key that is like no other: four code units. Two draws, since of 32 bits half a million keys would have some twice. */
function scattered(random: () => number): string {
  const [a, b] = [random() * 2 ** 32, random() * 2 ** 32]
  return String.fromCharCode(a & 0xffff, a >>> 16, b & 0xffff, b >>> 16)
}

/** Adds n keys, then counts how many of those that it never saw a filter lets in. */
function strangers(
  filter: { add(key: string): void; has(key: string): boolean },
  n: number,
  asked: number,
  nextKey: () => string,
): number {
  for (let i = 0; i < n; i++) filter.add(nextKey())
  let hits = 0
  for (let i = 0; i < asked; i++) if (filter.has(nextKey())) hits++
  return hits
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
