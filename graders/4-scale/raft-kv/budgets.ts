// What looking may cost: entries of the log, each of which a majority writes onto its disk.

import type * as kata from '#kata/4-scale/raft-kv'
import { budget } from '../../kit/budget.ts'
import { type LogMessage, type LogView, logNode } from '../../kit/raft/replicated-log.ts'
import { peer, planFor, simulation, unpack } from '../../kit/simulation.ts'

type Kata = typeof kata

const NODES = 3
const UNTIL_MS = 6_000

/** Entries of the longest log, and answers, of a quiet cluster whose clients do one thing again and again. */
function entriesEach({ serve }: Kata, seed: number, command: (i: number) => kata.Command): number {
  const world = simulation<LogMessage, LogView>({
    boot: peer((context) => logNode(context, serve)),
    refusal: (result) => {
      const { type, leader } = result as { type: string; leader: string | null }
      return type === 'NotLeader' ? { leader } : undefined
    },
  })
  const plan = planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: UNTIL_MS, patienceMs: 300 })
  const clients = [Array.from({ length: 60 }, (_, i) => command(i))]
  const { entries: seen } = unpack(world.timed({ nodes: NODES, seed, plan, maxSteps: 100_000, clients }))
  let entries = 0
  let answers = 0
  for (const entry of seen) {
    if (entry[2] === 'view') entries = Math.max(entries, entry[4].log)
    if (entry[2] === 'returned') answers++
  }
  return answers === 0 ? Number.POSITIVE_INFINITY : entries / answers
}

export default [
  budget('A read adds nothing to the log', {
    sample: (kata: Kata, { random }) => ({
      figure: entriesEach(kata, Math.floor(random() * 2 ** 31), () => ({ type: 'Get', key: 'x' })),
    }),
    // A leader's own first entry is one. The elections are our own node's: who is in office stays there, and of 1,800 clusters
    // all had a leader by the second term, 1,794 by the first. For a fifth it takes 12 leaders, or none in 5.8 of the six
    // seconds: 19 terms in a row that elect nobody, each with a chance of less than one in a hundred.
    quality: { what: 'entries a read', figureAtMost: 0.2 },
  }),
  budget('A retry of what is done adds nothing to the log', {
    sample: (kata: Kata, { random }) => ({
      figure: entriesEach(kata, Math.floor(random() * 2 ** 31), () => ({
        type: 'Put',
        key: 'x',
        value: 'a',
        client: 1,
        sequence: 1,
      })),
    }),
    // As above; one entry more is the first one's.
    quality: { what: 'entries a retry', figureAtMost: 0.2 },
  }),
]
