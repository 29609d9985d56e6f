// The runs by the clock in which logs are kept under all kinds of faults while clients ask, cut short or not.

import { type Plan, type Profile, planFor, withPartition } from '../simulate.ts'
import type { TimedInput } from '../simulation.ts'

export const PROFILES: readonly Profile[] = ['swarm', 'hunter', 'blackout', 'swarm', 'hunter']
const CHAOS_MS = 1_800
/** Clients ask for a while after all is well. */
export const ASKED_MS = CHAOS_MS + 500
/** Time for some elections, one after another, and for what was missed. */
const QUIET_MS = 3_500
/** A history of more would not fit into one answer. */
export const MAX_BYTES = 300_000

export const asksUntil = (
  untilMs: number,
  everyMs: number,
  whom: (i: number) => number | 'leader',
): NonNullable<Plan['asks']> =>
  Array.from({ length: Math.floor(untilMs / everyMs) }, (_, i) => ({
    atMs: (i + 1) * everyMs,
    node: whom(i),
    command: `c${i}`,
  }))

/** @param maxSteps more than twice what it takes */
export function logRuns(seed: number, askEveryMs: number, maxSteps: number): TimedInput[] {
  const runs = PROFILES.map((profile, i): TimedInput => {
    const nodes = i % 2 === 0 ? 3 : 5
    const scale = { nodes, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 300, skew: { offsetMs: 500, rate: 0.05 } }
    const asks = asksUntil(ASKED_MS, askEveryMs, (k) => (k % 3 === 2 ? k % nodes : 'leader'))
    return {
      nodes,
      seed: (seed + i) | 0,
      plan: { ...planFor(profile, (seed + i) | 0, scale), asks },
      maxSteps,
      maxBytes: MAX_BYTES,
      peers: i === 3 ? [null, 'ticks', null, 'ticks'] : [],
    }
  })
  return withPartition(runs)
}
