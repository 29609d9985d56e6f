// A look-up sits before every request; the nodes change rarely.

import type * as kata from '#kata/2-foundation/hash-ring'
import { budget, type Setting } from '../../kit/budget.ts'

type Kata = typeof kata

/** As many keys as this are asked for in turn, so that no call is like the one before. */
const KEYS = 1_024
const keysOf = (random: () => number) =>
  Array.from({ length: KEYS }, () => `user:${Math.floor(random() * 1e9).toString(36)}`)

/** n nodes of two points; the first look-up is part of the set-up, because the ring may be laid out there. */
const ringOf = ({ HashRing }: Kata, { n, random }: Setting) => {
  const ring = new HashRing({ virtualNodes: 2 })
  for (let node = 0; node < n; node++) ring.addNode(`node-${node}`)
  const keys = keysOf(random)
  ring.nodeFor(keys[0] as string)
  return { ring, keys }
}

/** The same, and beside it a ring of one node: with fewer points, so that the dearest look-up is one of the other ring. */
const ringsOf = (kata: Kata, setting: Setting) => {
  const { ring, keys } = ringOf(kata, setting)
  const lone = new kata.HashRing({ virtualNodes: Math.ceil(setting.n / 8) })
  lone.addNode('node')
  lone.nodeFor(keys[0] as string)
  return { ring, lone, keys }
}

export default [
  budget('A look-up walks no more than a logarithm of the points', {
    given: ringsOf,
    when: ({ ring, lone, keys }, i) => (i % 8 === 7 ? lone : ring).nodeFor(keys[i % KEYS] as string),
    // Which node a key falls to hangs on the hash, which is the learner's.
    answers: 'free',
    steps: 'O(log n)',
    worstCall: 'O(log n)',
  }),
  budget('A change lays the ring out once at most', {
    given: ringOf,
    when: ({ ring, keys }, i) => {
      // Wherever it is laid out, at the change or at the next look-up.
      ring.addNode(`guest-${i}`)
      ring.nodeFor(keys[i % KEYS] as string)
      ring.removeNode(`guest-${i}`)
      ring.nodeFor(keys[i % KEYS] as string)
    },
    answers: 'free',
    steps: 'O(n log n)',
    sizes: [32, 128, 512],
    calls: () => 4,
  }),
  budget('The list of the nodes is one sort of their ids', {
    given: (kata: Kata, setting) => {
      const { n } = setting
      const { ring } = ringOf(kata, setting)
      return { ring, n }
    },
    when: ({ ring, n }, i) => ring.nodes[(7 * i) % n],
    steps: 'O(n log n)',
    calls: () => 4,
  }),
  budget('The size is known, not counted', {
    given: ringOf,
    when: ({ ring }) => ring.size,
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A look-up makes no garbage', {
    given: ringOf,
    when: ({ ring, keys }, i) => ring.nodeFor(keys[i % KEYS] as string),
    bytesPerCall: 0,
    n: 50,
  }),
  budget('A key that was asked for is not kept', {
    given: ({ HashRing }: Kata, { n }) => {
      const ring = new HashRing({ virtualNodes: 2 })
      for (let node = 0; node < 8; node++) ring.addNode(`node-${node}`)
      for (let key = 0; key < n; key++) ring.nodeFor(`user:${key}`)
      return ring
    },
    bytesPerEntry: 1,
  }),
  budget('Beside the reference', {
    given: ringOf,
    when: ({ ring, keys }, i) => ring.nodeFor(keys[i % KEYS] as string),
    throughput: 'reference',
    n: 50,
  }),
]
