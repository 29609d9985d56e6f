// What an election and an office may cost, in messages, counted by the simulated network on clusters where nothing is lost.

import type * as kata from '#kata/4-scale/raft-election'
import { budget } from '../../kit/budget.ts'
import { peer, planFor, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

const NODES = 5
const ELECTIONS = 40
const OFFICE_MS = 20_000
/** By then a leader is in office. */
const SETTLED_MS = 2_000

/** Messages by kind, of one quiet cluster. */
function countsOf({ boot }: Kata, seed: number, untilMs: number): Readonly<Record<string, number>> {
  const world = simulation<kata.Message, kata.View>({ boot: peer(boot), label: ({ type }) => type })
  const plan = planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: untilMs, patienceMs: 300 })
  return world.timed({ nodes: NODES, seed, plan, maxSteps: 200_000, countsKinds: true }).counts.byKind
}

const sum = (counts: Readonly<Record<string, number>>, ...kinds: readonly string[]): number =>
  kinds.reduce((all, kind) => all + (counts[kind] ?? 0), 0)

export default [
  budget('An election in a quiet network is one round of messages', {
    sample: (kata: Kata, { random }) => {
      let messages = 0
      for (let i = 0; i < ELECTIONS; i++)
        messages += sum(countsOf(kata, Math.floor(random() * 2 ** 31), SETTLED_MS), 'RequestVote', 'Vote')
      return { figure: messages / ELECTIONS }
    },
    // One round is 8; now and then two stand at once, and it takes two: more often where a vote does not put off standing.
    quality: { what: 'messages an election of five', figureAtMost: 20 },
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
]
