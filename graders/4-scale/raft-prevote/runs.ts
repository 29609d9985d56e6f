// Elections with a question before them, by the clock and under all kinds of faults: which runs there are of a seed, and
// what must hold in them.

import { agreement } from '../../kit/raft/agreement.ts'
import { ballotSurvives, byMajority, oneVote, upToDate } from '../../kit/raft/election-rules.ts'
import { CHAOS_MS, electionRuns } from '../../kit/raft/election-runs.ts'
import { asksForNothing, ofElections, type PreVoteRule, standsByMajority } from '../../kit/raft/prevote-rules.ts'

export { PROFILES } from '../../kit/raft/election-runs.ts'

export const runsFor = electionRuns

export const RUN_RULES = {
  asksForNothing,
  standsByMajority,
  majority: ofElections(byMajority),
  oneVote: ofElections(oneVote),
  afterCrash: ofElections(ballotSurvives),
  upToDate: ofElections(upToDate),
  agreement: agreement(CHAOS_MS),
} satisfies Record<string, PreVoteRule>
