// What a log may cost, counted by the simulated network on clusters where nothing is lost.
//
// How sure the limits are: all messages take 5 ms and all commands come at fixed times, so that chance decides only who leads and
// from when. Who is in office stays there; without a leader at the first command there is less to be counted, and never more.
// Over 60 seeds (200 for the refusals) the reference came to one figure each, and the node with a tick to 1.2 ± 0.01 messages.

import type * as kata from '#kata/4-scale/raft-replication'
import { budget } from '../../kit/budget.ts'
import { type Plan, peer, planFor, type Setup, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

/** By then a leader is in office. */
const SETTLED_MS = 2_000
const BUSY_MS = 2_000
const NODES = 5

const label = (message: kata.Message): string =>
  message.type === 'AppendReply' && !message.success ? 'Refusal' : message.type

function countsOf(
  { boot }: Kata,
  seed: number,
  asks: NonNullable<Plan['asks']>,
  more: Partial<Setup> = {},
): { readonly bytes: number; readonly byKind: Readonly<Record<string, number>> } {
  const world = simulation<kata.Message, kata.View>({
    boot: peer(boot),
    label,
    leads: ({ role }) => role === 'leader',
  })
  const nodes = more.nodes ?? NODES
  const calm = planFor('calm', seed, { nodes, chaosMs: 0, quietMs: SETTLED_MS + BUSY_MS, patienceMs: 300 })
  // Messages keep their order, as on a connection: what overtakes another is refused, and that is no fault of the sender's.
  const weather = { ...calm.weather, delayMs: [5, 5] as const }
  return world.timed({ nodes, seed, plan: { ...calm, weather, asks }, maxSteps: 200_000, countsKinds: true, ...more })
    .counts
}

const askEvery = (everyMs: number, command: (i: number) => string): NonNullable<Plan['asks']> =>
  Array.from({ length: (BUSY_MS - 500) / everyMs }, (_, i) => ({
    atMs: SETTLED_MS + i * everyMs,
    node: 'leader' as const,
    command: command(i),
  }))

const spoken = (counts: Readonly<Record<string, number>>): number =>
  (counts['AppendEntries'] ?? 0) + (counts['AppendReply'] ?? 0) + (counts['Refusal'] ?? 0)

const seedOf = (random: () => number): number => Math.floor(random() * 2 ** 31)

/** So long that a command weighs more than what is around it. */
const LONG = 'x'.repeat(200)

/** Entries of one index and term are one entry. */
const disk = (...runs: readonly (readonly [term: number, entries: number])[]) => {
  const terms = runs.flatMap(([term, entries]) => Array.from({ length: entries }, () => term))
  return {
    keys: { ballot: { term: 9, votedFor: null } },
    log: terms.map((term, i) => ({ term, command: `e${i + 1}t${term}` })),
  }
}

export default [
  budget('A command costs a follower one message and one answer', {
    sample: (kata: Kata, { random }) => {
      const seed = seedOf(random)
      const asks = askEvery(20, (i) => `c${i}`)
      const [busy, idle] = [asks, []].map((given) => spoken(countsOf(kata, seed, given).byKind))
      return { figure: ((busy ?? 0) - (idle ?? 0)) / (NODES - 1) / asks.length }
    },
    quality: { what: 'messages a command and follower', figureAtMost: 3 },
  }),
  budget('An entry crosses once to each follower', {
    sample: (kata: Kata, { random }) => {
      const seed = seedOf(random)
      const asks = askEvery(3, (i) => `${LONG}${i}`)
      const [busy, idle] = [asks, []].map((given) => countsOf(kata, seed, given).bytes)
      return { figure: ((busy ?? 0) - (idle ?? 0)) / (NODES - 1) / asks.length }
    },
    // A command of 200 letters; the rest is what the message and its answer say besides.
    quality: { what: 'bytes an entry and follower', figureAtMost: 620 },
  }),
  budget('Where the logs part is found in a round for each term', {
    sample: (kata: Kata, { random }) => {
      const disks = [disk([1, 10], [9, 40]), disk([1, 10], [9, 40]), disk([1, 10], [2, 30], [3, 30], [5, 30])]
      const { byKind } = countsOf(kata, seedOf(random), [], { nodes: 3, disks })
      return { figure: byKind['Refusal'] ?? 0 }
    },
    // Three terms that the leader has not, and the end of its own log.
    quality: { what: 'refusals until 90 entries of three terms are gone', figureAtMost: 8 },
  }),
]
