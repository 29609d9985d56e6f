// A log kept by the clock, under all kinds of faults: which runs there are of a seed, and what must hold in them.

import { inLine, otherwise } from '../../kit/raft/log-convergence.ts'
import { type LogFault, type LogMessage, type LogView, ruling } from '../../kit/raft/log-referee.ts'
import { ASKED_MS, logRuns } from '../../kit/raft/log-runs.ts'
import type { Check } from '../../kit/simulate.ts'
import type { TimedInput } from '../../kit/simulation.ts'

export { PROFILES } from '../../kit/raft/log-runs.ts'

export type Rule = Check<LogView, LogMessage>

const faulty =
  (fault: LogFault): Rule =>
  (history, setup) => {
    const found = ruling(history, setup)
    return found?.fault === fault ? found : undefined
  }

export const RULES = {
  matching: faulty('matching'),
  acknowledged: faulty('acknowledged'),
  majority: faulty('majority'),
  'own term': faulty('own term'),
  'follower commits': faulty('follower commits'),
  kept: faulty('kept'),
  client: faulty('client'),
  elections: faulty('elections'),
  hints: faulty('hints'),
} satisfies Record<LogFault, Rule>

/** More than twice what it takes: a history of more would not fit into one answer. */
export const MAX_STEPS = 4_500

export const runsFor = (seed: number): TimedInput[] => logRuns(seed, 70, MAX_STEPS)

export const RUN_RULES = { ...RULES, agreement: otherwise(inLine(ASKED_MS)) } satisfies Record<string, Rule>
