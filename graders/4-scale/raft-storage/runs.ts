// A log that is cut short, by the clock and under all kinds of faults: which runs there are of a seed, and what must hold in them.

import { inLine, otherwise } from '../../kit/raft/log-convergence.ts'
import { type Fault, type LogMessage, type LogView, ruling } from '../../kit/raft/log-referee.ts'
import { ASKED_MS, logRuns } from '../../kit/raft/log-runs.ts'
import type { Check } from '../../kit/simulate.ts'
import type { TimedInput } from '../../kit/simulation.ts'

export { PROFILES } from '../../kit/raft/log-runs.ts'

export type Rule = Check<LogView, LogMessage>

const faulty =
  (...faults: readonly Fault[]): Rule =>
  (history, setup) => {
    const found = ruling(history, setup)
    return found !== undefined && faults.includes(found.fault) ? found : undefined
  }

export const RULES = {
  short: faulty('short'),
  dropped: faulty('dropped'),
  snapshot: faulty('snapshot'),
  state: faulty('state'),
  kept: faulty('kept'),
  acknowledged: faulty('acknowledged'),
  before: faulty('matching', 'majority', 'own term', 'follower commits', 'client', 'elections', 'hints'),
} satisfies Record<string, Rule>

/** More than twice what it takes: a history of more would not fit into one answer. */
export const MAX_STEPS = 5_000

export const runsFor = (seed: number): TimedInput[] => logRuns(seed, 25, MAX_STEPS)

export const RUN_RULES = { ...RULES, agreement: otherwise(inLine(ASKED_MS)) } satisfies Record<string, Rule>
