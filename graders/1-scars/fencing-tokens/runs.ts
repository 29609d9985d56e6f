// A lock service and a storage by the clock, under all kinds of faults: which runs there are of a seed, and what must hold
// in them.

import {
  durable,
  exclusive,
  fenced,
  freed,
  type LockRule,
  owned,
  renewable,
  rising,
  taken,
} from '../../kit/locks/lock-rules.ts'
import { type Fault, type Plan, type Profile, planFor } from '../../kit/simulate.ts'
import type { TimedInput } from '../../kit/simulation.ts'

const LEASE_MS = 1_000
export const MAX_DRIFT = 0.05

export const RUN_RULES = {
  exclusive: exclusive({ leaseMs: LEASE_MS }),
  rising,
  owned: owned({ leaseMs: LEASE_MS }),
  renewable: renewable({ leaseMs: LEASE_MS }),
  freed: freed({ leaseMs: LEASE_MS }),
  fenced,
  durable,
  taken,
} satisfies Record<string, LockRule>

/** Two workers beside the lock service and the storage. */
export const A = 2
export const B = 3
export const CAST = [null, null, 'worker', 'worker', 'heedless']

export const MAX_STEPS = 20_000
export const PROFILES: readonly Profile[] = ['swarm', 'hunter', 'blackout', 'hunter']
const CHAOS_MS = 8_000
const QUIET_MS = 3_000

/** In every run one worker is cut off for longer than a lease, whatever else there is. */
const CUT_OFF: Fault = { atMs: 1_000, what: 'isolate', node: A, forMs: 1_500 }

function chaosFor(profile: Profile, seed: number): Plan {
  const plan = planFor(profile, seed, {
    nodes: CAST.length,
    chaosMs: CHAOS_MS,
    quietMs: QUIET_MS,
    patienceMs: 300,
    skew: { offsetMs: 5_000, rate: MAX_DRIFT },
  })
  return { ...plan, faults: [CUT_OFF, ...plan.faults] }
}

export const runsFor = (seed: number): TimedInput[] =>
  PROFILES.map((profile, i) => ({
    nodes: CAST.length,
    seed: (seed + i) | 0,
    plan: chaosFor(profile, (seed + i) | 0),
    maxSteps: MAX_STEPS,
    peers: CAST,
    keepsAll: true,
  }))
