// Elections by the clock, under all kinds of faults: which runs there are of a seed, and what must hold in them.

import { agreement } from '../../kit/raft/agreement.ts'
import { ballotSurvives, byMajority, oneVote, type Rule, upToDate } from '../../kit/raft/election-rules.ts'
import { CHAOS_MS, electionRuns } from '../../kit/raft/election-runs.ts'

export { PROFILES } from '../../kit/raft/election-runs.ts'

export const runsFor = electionRuns

export const RUN_RULES = {
  majority: byMajority,
  oneVote,
  afterCrash: ballotSurvives,
  upToDate,
  agreement: agreement(CHAOS_MS),
} satisfies Record<string, Rule>
