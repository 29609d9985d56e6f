// The runs by the clock in which elections are held under all kinds of faults, with and without a question before them.

import { type Profile, planFor, withPartition } from '../simulate.ts'
import type { Setup, TimedInput } from '../simulation.ts'
import { disksWith } from './election-rules.ts'

export const PEERS: readonly Setup['peers'][] = [
  [],
  [],
  [null, 'ticks'],
  [null, null, 'roles'],
  ['ticks', null, 'roles'],
]
export const PROFILES: readonly Profile[] = ['swarm', 'hunter', 'blackout', 'swarm', 'hunter', 'swarm']
export const CHAOS_MS = 3_000
/** Time for a dozen elections, one after another: each succeeds far more often than not. */
const QUIET_MS = 4_000
export const MAX_STEPS = 40_000

export function electionRuns(seed: number): TimedInput[] {
  const runs = PROFILES.map((profile, i): TimedInput => {
    const nodes = i % 2 === 0 ? 3 : 5
    const scale = { nodes, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 300, skew: { offsetMs: 500, rate: 0.05 } }
    return {
      nodes,
      seed: (seed + i) | 0,
      plan: planFor(profile, (seed + i) | 0, scale),
      maxSteps: MAX_STEPS,
      peers: PEERS[i % PEERS.length] ?? [],
      ...(i === 3 ? { disks: disksWith([[1], [1, 1], [2], [2, 2], [2]]) } : {}),
    }
  })
  return withPartition(runs)
}
