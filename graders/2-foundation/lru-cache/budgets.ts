// A cache stands before every look-up, and is there to be cheaper than what it stands for.

import type * as kata from '#kata/2-foundation/lru-cache'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata

const START_MS = 1_700_000_000_000
const FOR_EVER_MS = 1_000_000_000_000
/** items of a value that is large beside all that a cache writes down about it */
const LARGE = 512

/** A full cache of n entries, and keys of theirs in an order that no cache can guess. */
function fullOf({ LruCache }: Kata, n: number, random: () => number) {
  const time = passingClock(START_MS, 1)
  const cache = new LruCache<number, number>({ maxWeight: n, ttlMs: FOR_EVER_MS, clock: time.clock })
  for (let key = 0; key < n; key++) cache.set(key, key)
  const asked = Int32Array.from({ length: 4 * n }, () => Math.floor(random() * n))
  return { time, cache, asked }
}

/** The same, with texts for keys: numbers can be found in ways in which nothing else can. */
function fullOfTexts({ LruCache }: Kata, n: number, random: () => number) {
  const cache = new LruCache<string, number>({ maxWeight: n, ttlMs: FOR_EVER_MS, clock: () => START_MS })
  const keys = Array.from({ length: n }, (_, i) => `user:${i}`)
  for (const [i, key] of keys.entries()) cache.set(key, i)
  const asked = Array.from({ length: 4 * n }, () => keys[Math.floor(random() * n)] as string)
  return { cache, asked }
}

/** A full cache of n entries that never expire. */
function fullForEver({ LruCache }: Kata, n: number) {
  const cache = new LruCache<number, number>({ maxWeight: n, clock: () => START_MS })
  for (let key = 0; key < n; key++) cache.set(key, key)
  return { n, cache }
}

export default [
  budget('A hit is constant work, however many entries there are', {
    given: (module: Kata, { n, random }) => fullOf(module, n, random),
    when: ({ time, cache, asked }, i) => {
      time.pass()
      return cache.get(asked[i % asked.length] as number)
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A hit makes no garbage', {
    given: (module: Kata, { n, random }) => fullOf(module, n, random),
    // Of those that only look, one finds nothing.
    when: ({ time, cache, asked }, i) => {
      time.pass()
      const key = asked[i % asked.length] as number
      if (i % 4 === 1) return cache.peek(key)
      if (i % 4 === 3) return cache.has(i % 8 === 3 ? key : -1 - key)
      return cache.get(key)
    },
    bytesPerCall: 0,
  }),
  budget('A set that evicts is constant work, however many entries there are', {
    given: (module: Kata, { n }) => fullForEver(module, n),
    // A new key each time.
    when: ({ n, cache }, i) => cache.set(n + i, i),
    steps: 'O(1)',
    worstCall: 'O(1)',
    setUp: 'O(n)',
  }),
  budget('What expires is dropped once, and nobody else is looked at', {
    given: ({ LruCache }: Kata, { n }) => {
      const time = passingClock(START_MS, 1)
      const cache = new LruCache<number, number>({ maxWeight: 2 * n, ttlMs: n, clock: time.clock })
      for (let key = 0; key < n; key++) {
        time.pass()
        cache.set(key, key)
      }
      return { n, time, cache }
    },
    // Each millisecond one expires, and one comes.
    when: ({ n, time, cache }, i) => {
      time.pass()
      cache.set(n + i, i)
      return cache.size
    },
    steps: 'O(1)',
  }),
  budget('Looking, setting again and deleting are constant work, whatever the keys', {
    given: (module: Kata, { n, random }) => fullOfTexts(module, n, random),
    when: ({ cache, asked }, i) => {
      // What one call deletes, the next one sets.
      const key = asked[(i % 8 === 7 ? i - 1 : i) % asked.length] as string
      switch (i % 8) {
        case 0:
          return cache.get(key)
        case 1:
          return cache.peek(key)
        case 2:
          return cache.has(key)
        case 3:
          return cache.weight
        case 4:
          return cache.size
        case 6:
          return cache.delete(key)
        default:
          return cache.set(key, i)
      }
    },
    steps: 'O(1)',
    calls: (n) => 8 * n,
  }),
  budget('What has left is not held on to', {
    given: ({ LruCache }: Kata, { n }) => {
      const cache = new LruCache<number, object>({ maxWeight: 100, ttlMs: FOR_EVER_MS, clock: () => START_MS })
      for (let key = 0; key < n; key++) {
        cache.set(key, { key })
        // The first is in use for ever: it stays the eldest.
        cache.get(0)
      }
      return cache
    },
    // For each entry that ever came. Nothing would be best, but a Map that is rebuilt now and then is not always as large.
    bytesPerEntry: 8,
  }),
  budget('The place that an entry leaves empty does not keep its value', {
    given: ({ LruCache }: Kata, { n }) => {
      const time = passingClock(START_MS, 1)
      const weigh = (_: Float64Array, key: number) => (key === n ? n : 1)
      const cache = new LruCache<number, Float64Array>({ maxWeight: n, ttlMs: n, clock: time.clock, weigh })
      for (let key = 0; key < n; key++) {
        cache.set(key, new Float64Array(LARGE))
        time.pass()
      }
      // A third is deleted, half of the rest expires, and the last one pushes out the others.
      for (let key = 0; key < n; key += 3) cache.delete(key)
      for (let passed = 0; passed < n / 2; passed++) time.pass()
      cache.set(n, new Float64Array(LARGE))
      return cache
    },
    // Places may stay: to them belong some numbers and links, a value is 4,096 bytes.
    bytesPerEntry: 400,
    sizes: [500, 2_000],
  }),
  budget('Hits beside the reference', {
    given: (module: Kata, { n, random }) => fullOf(module, n, random),
    when: ({ cache, asked }, i) => cache.get(asked[i % asked.length] as number),
    throughput: 'reference',
  }),
  budget('Sets that evict beside the reference', {
    given: (module: Kata, { n }) => fullForEver(module, n),
    when: ({ n, cache }, i) => cache.set(n + i, i),
    throughput: 'reference',
  }),
]
