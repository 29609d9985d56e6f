// What knowing who is up may cost, in messages, counted by the simulated network.

import type * as kata from '#kata/3-deep-dive/gossip-swim'
import { budget } from '../../kit/budget.ts'
import { type Plan, peer, planFor, simulation } from '../../kit/simulation.ts'

type Kata = typeof kata

const NODES = 32
const PERIODS = 40

function messagesOf({ boot }: Kata, seed: number, faults: Plan['faults']): number {
  const world = simulation<kata.Message, kata.View>({ boot: peer(boot) })
  const untilMs = PERIODS * 1_000
  const plan = {
    ...planFor('calm', seed, { nodes: NODES, chaosMs: 0, quietMs: untilMs, patienceMs: 1_000 }),
    faults,
    healMs: untilMs,
  }
  return world.timed({ nodes: NODES, seed, plan, maxSteps: 400_000 }).counts.sent / NODES / PERIODS
}

const seedOf = (random: () => number): number => Math.floor(random() * 2 ** 31)

export default [
  budget('A quiet cluster costs two messages a node and period', {
    sample: (kata: Kata, { random }) => ({ figure: messagesOf(kata, seedOf(random), []) }),
    // No ack is late where no message takes 250 ms, so that chance moves the ends only: 41 probes in 40 periods are 2.05.
    quality: { what: 'messages a node and period among 32', figureAtMost: 2.1 },
  }),
  budget('News cost no messages of their own', {
    sample: (kata: Kata, { random }) => {
      const faults: Plan['faults'] = [3, 9, 20].map((node, i) => ({
        atMs: 4_000 + 2_000 * i,
        what: 'crash',
        node,
        forMs: 10_000_000,
        keeps: 0,
      }))
      return { figure: messagesOf(kata, seedOf(random), faults) }
    },
    // Each of 29 probes each of the three once a round of 31 periods: in the 36 that are left, three times at the most. That is
    // six messages more, for three helpers, and one ack less: 3.1 in all, where nobody is ever told of a death. It was 2.07 ±
    // 0.02 over 40 seeds; 10.2 where all are told at once.
    quality: { what: 'messages a node and period, when three of 32 crash', figureAtMost: 3.5 },
  }),
]
