// What storage may cost, counted by the simulated disk and network on clusters where nothing is lost.
//
// How sure the limits are: all messages take equally long and all commands come at fixed times, so that chance decides only who
// leads and from when. Who is in office stays there; without a leader there is less to be counted, and never more. Over 60
// seeds (300 for what is sent) the reference came to 3 and 2, and the node with a tick to 8 and 2, each time.

import type * as kata from '#kata/4-scale/raft-storage'
import { budget } from '../../kit/budget.ts'
import { type Plan, peer, planFor, type Setup, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

/** By then a leader is in office. */
const SETTLED_MS = 1_500
const BUSY_MS = 2_000
const NODES = 3

function run(
  { boot }: Kata,
  seed: number,
  asks: NonNullable<Plan['asks']>,
  delayMs: number,
  more: Partial<Setup> = {},
) {
  const world = simulation<kata.Message, kata.View>({
    boot: peer(boot),
    label: ({ type }) => type,
    keepsWrites: true,
    leads: ({ role }) => role === 'leader',
  })
  const calm = planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: SETTLED_MS + BUSY_MS, patienceMs: 300 })
  // Messages keep their order, as on a connection.
  const plan = { ...calm, weather: { ...calm.weather, delayMs: [delayMs, delayMs] as const }, asks }
  const { counts, entries } = world.timed({ nodes: NODES, seed, plan, maxSteps: 200_000, countsKinds: true, ...more })
  return { counts, writes: entries.split('"wrote"') }
}

const ASKED = 200
const askedFrom = (atMs: number): NonNullable<Plan['asks']> =>
  Array.from({ length: ASKED }, (_, i) => ({ atMs: atMs + i * 7, node: 'leader', command: `c${i}` }))

const seedOf = (random: () => number): number => Math.floor(random() * 2 ** 31)

/** A node with so many entries of term 1 on its disk. */
const disk = (entries: number) => ({
  keys: { ballot: { term: 1, votedFor: null } },
  log: Array.from({ length: entries }, (_, i) => ({ term: 1, command: `e${i + 1}t1` })),
})

export default [
  budget('A snapshot is written once for many entries', {
    sample: (kata: Kata, { random }) => {
      const { writes } = run(kata, seedOf(random), askedFrom(SETTLED_MS), 5)
      const snapshots = writes.filter((write) => /^,\d+,\["put","snapshot"/.test(write)).length
      return { figure: (100 * snapshots) / NODES / ASKED }
    },
    // One for 32 entries is 3.1; half as large logs are as good, and a node may cut its log short whenever it likes to.
    quality: { what: 'snapshots a hundred entries', figureAtMost: 12.5 },
  }),
  budget('A snapshot is sent to who needs it', {
    sample: (kata: Kata, { random }) => {
      const disks = [disk(40), disk(40), {}]
      // From the moment that there is a leader: what the third node needs first is dropped by then.
      const { counts } = run(kata, seedOf(random), askedFrom(0), 20, { disks })
      return { figure: counts.byKind['InstallSnapshot'] ?? 0 }
    },
    // One, and a second one with a heartbeat while the first is on its way; some six commands come meanwhile.
    quality: { what: 'snapshots sent to one that needs one', figureAtMost: 4 },
  }),
]
