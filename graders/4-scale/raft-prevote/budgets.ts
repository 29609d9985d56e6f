// What an election, an office and a time in the cold may cost, in messages, counted by the simulated network.

import type * as kata from '#kata/4-scale/raft-prevote'
import { budget } from '../../kit/budget.ts'
import { type Plan, peer, planFor, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

const NODES = 5
const ELECTIONS = 40
const OFFICE_MS = 20_000
/** By then a leader is in office. */
const SETTLED_MS = 2_000
const ALONE_MS = 30_000
/** what a timeout is on average */
const TIMEOUT_MS = 225

/** Messages by kind, of one cluster without losses. */
function countsOf({ boot }: Kata, seed: number, untilMs: number, plan: Partial<Plan> = {}) {
  const world = simulation<kata.Message, kata.View>({ boot: peer(boot), label: ({ type }) => type })
  const calm = planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: untilMs, patienceMs: 300 })
  return world.timed({ nodes: NODES, seed, plan: { ...calm, ...plan }, maxSteps: 200_000, countsKinds: true }).counts
    .byKind
}

const sum = (counts: Readonly<Record<string, number>>, ...kinds: readonly string[]): number =>
  kinds.reduce((all, kind) => all + (counts[kind] ?? 0), 0)

const ELECTING = ['RequestPreVote', 'PreVote', 'RequestVote', 'Vote']

export default [
  budget('An election in a quiet network is two rounds of messages', {
    sample: (kata: Kata, { random }) => {
      let messages = 0
      for (let i = 0; i < ELECTIONS; i++)
        messages += sum(countsOf(kata, Math.floor(random() * 2 ** 31), SETTLED_MS), ...ELECTING)
      return { figure: messages / ELECTIONS }
    },
    // Two rounds are 16; now and then two ask at once, and it takes another.
    quality: { what: 'messages an election of five', figureAtMost: 36 },
  }),
  budget('A leader in office costs one message and one answer a follower and heartbeat', {
    sample: (kata: Kata, { random }) => {
      const seed = Math.floor(random() * 2 ** 31)
      const [office, settling] = [OFFICE_MS + SETTLED_MS, SETTLED_MS].map((untilMs) =>
        sum(countsOf(kata, seed, untilMs), 'AppendEntries', 'AppendReply'),
      )
      return { figure: ((office ?? 0) - (settling ?? 0)) / (NODES - 1) / (OFFICE_MS / 50) }
    },
    quality: { what: 'messages a follower and heartbeat', figureAtMost: 2.2 },
  }),
  budget('Who is cut off asks once a timeout', {
    sample: (kata: Kata, { random }) => {
      const groups = Array.from({ length: NODES }, (_, node) => [node])
      const faults = [{ atMs: 0, what: 'partition' as const, groups }]
      const counts = countsOf(kata, Math.floor(random() * 2 ** 31), ALONE_MS, { healMs: ALONE_MS, faults })
      return { figure: sum(counts, ...ELECTING) / NODES / (NODES - 1) / (ALONE_MS / TIMEOUT_MS) }
    },
    // A node may ask again within a timeout, for what was lost.
    quality: { what: 'questions a peer and timeout', figureAtMost: 4 },
  }),
]
