// Counting stands in the path of every request, and gossip is paid for day and night, whether anybody counts or not.

import type * as kata from '#kata/3-deep-dive/crdt-counters'
import { budget } from '../../kit/budget.ts'
import { peer, planFor, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

const NODES = 5
const RUN_MS = 10_000
const PERIODS = RUN_MS / 100
/** Adds at each node, one after another: far more often than it gossips. */
const EVERY_MS = 10

/** What one busy cluster has sent, in a quiet network. */
function sentBy({ boot }: Kata, seed: number): { readonly sent: number; readonly bytes: number } {
  const world = simulation<kata.PNState, kata.View>({ boot: peer(boot) })
  const asks = Array.from({ length: (NODES * RUN_MS) / EVERY_MS }, (_, i) => ({
    atMs: Math.floor((i * EVERY_MS) / NODES),
    node: i % NODES,
    command: { add: i % 2 === 0 ? 1 : -1 },
  }))
  const plan = planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: RUN_MS, patienceMs: 100 })
  return world.timed({ nodes: NODES, seed, plan: { ...plan, asks }, maxSteps: 100_000 }).counts
}

/** A state of n replicas, each of which has counted. */
const stateOf = (n: number, random: () => number): kata.Counts =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`r${i}`, 1 + Math.floor(random() * 1_000)]))

export default [
  budget('Counting is constant work, however many replicas are known', {
    given: ({ GCounter, PNCounter }: Kata, { n, random }) => {
      const counter = new GCounter('r0')
      const both = new PNCounter('r0')
      counter.merge(stateOf(n, random))
      both.merge({ up: stateOf(n, random), down: stateOf(n, random) })
      return { counter, both }
    },
    when: ({ counter, both }, i) => (i % 2 === 0 ? counter.increment(1) : both.add(i % 4 === 1 ? 1 : -1)),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A value costs no more than the replicas, however much was counted', {
    given: ({ PNCounter }: Kata, { n }) => {
      const counter = new PNCounter('r0')
      counter.merge({ up: { r1: 3, r2: 4 }, down: { r1: 1 } })
      for (let i = 0; i < n; i++) counter.add(i % 3 === 0 ? -1 : 1)
      return counter
    },
    when: (counter) => counter.value,
    steps: 'O(1)',
  }),
  budget('A sum looks once at each replica', {
    given: ({ PNCounter }: Kata, { n, random }) => {
      const counter = new PNCounter('r0')
      counter.merge({ up: stateOf(n, random), down: stateOf(n, random) })
      return counter
    },
    when: (counter) => counter.value,
    steps: 'O(n)',
    calls: () => 8,
  }),
  budget('A merge looks once at each replica of the state', {
    given: ({ GCounter }: Kata, { n, random }) => {
      const counter = new GCounter('r0')
      const states = [stateOf(n, random), stateOf(n, random)]
      return { counter, states }
    },
    when: ({ counter, states }, i) => counter.merge(states[i & 1]!),
    answers: 'free',
    steps: 'O(n)',
    calls: () => 8,
  }),
  budget('Gossip is one message a peer and period, however much is counted', {
    sample: (kata: Kata, { random }) => {
      const { sent } = sentBy(kata, Math.floor(random() * 2 ** 31))
      return { figure: sent / (NODES * (NODES - 1)) / PERIODS }
    },
    // Gossip has a timer, and a fault has no part in it: 101 messages in 100 periods at the most, whatever the seed.
    quality: { what: 'messages a peer and period', figureAtMost: 1.1 },
  }),
  budget('A message weighs its replicas, and nothing that happened', {
    sample: (kata: Kata, { random }) => {
      const { sent, bytes } = sentBy(kata, Math.floor(random() * 2 ** 31))
      return { figure: sent === 0 ? 0 : bytes / sent }
    },
    // A number weighs eight bytes, however large: 92 where all five are in it both ways, and fewer before.
    quality: { what: 'bytes a message of five replicas', figureAtMost: 130 },
  }),
  budget('A merge beside the reference', {
    given: ({ GCounter }: Kata, { n, random }) => ({
      counter: new GCounter('r0'),
      states: [stateOf(n, random), stateOf(n, random)],
    }),
    when: ({ counter, states }, i) => counter.merge(states[i & 1]!),
    throughput: 'reference',
    n: 16,
  }),
]
