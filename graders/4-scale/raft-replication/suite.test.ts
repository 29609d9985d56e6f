// One log is kept in three ways: by schedules written for each trap, by walks that know no time, and by the clock under all
// kinds of faults. One referee looks at all of them, and says which promise was broken first.

import { inLine, otherwise, served } from '../../kit/raft/log-convergence.ts'
import { calmRun, officesKeep } from '../../kit/raft/log-offices.ts'
import type { LogFault, LogMessage, LogView } from '../../kit/raft/log-referee.ts'
import { asksUntil } from '../../kit/raft/log-runs.ts'
import {
  everyScript,
  isRepeatable,
  type Move,
  mustHaveSeen,
  noRun,
  noWalk,
  type Plan,
  survey,
} from '../../kit/simulate.ts'
import type { ScriptInput, Setup, TimedInput, WalkInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import { MAX_STEPS, RULES, RUN_RULES, type Rule, runsFor } from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

const tellView = ({ role, term, commitIndex }: LogView, node: string) =>
  role === 'follower' ? undefined : `${node} is ${role} of term ${term}, and has committed ${commitIndex}`

// ---- what is there at first --------------------------------------------------------------------------------------

type Disks = NonNullable<Setup['disks']>

/** Logs by terms. Entries of one index and term are one entry, so their command is made of both. */
function disksWith(...logs: readonly (readonly number[])[]): Disks {
  const term = Math.max(0, ...logs.flat())
  return logs.map((log) => ({
    keys: { ballot: { term, votedFor: null } },
    log: log.map((term, i) => entry(i + 1, term)),
  }))
}

const entry = (index: number, term: number) => ({ term, command: `e${index}t${term}` })

// ---- walks -------------------------------------------------------------------------------------------------------

const WALKS = 60
const WALK_STEPS = 90
const COMMANDS = ['a', 'b', 'c', 'd', 'e', 'f']
/** Logs as they are after leaders have come and gone. */
const LOGS: readonly Disks[] = [
  disksWith([1, 2], [1], [1]),
  disksWith([1, 1, 1], [1, 1], [1, 2, 2]),
  disksWith([1, 1, 4, 4], [1, 1, 2, 2, 3], [1, 1]),
]
const PEERS: readonly Setup['peers'][] = [[], [null, 'sips', 'sips'], [null, 'ticks'], [], ['ticks', null, 'sips']]

function walksFor(seed: number): WalkInput[] {
  return Array.from({ length: WALKS }, (_, i) => {
    const disks = i % 3 === 2 ? LOGS[((i / 3) | 0) % LOGS.length] : undefined
    return {
      nodes: disks === undefined ? ([3, 3, 4, 5][i % 4] as number) : 3,
      seed: (seed + i) | 0,
      length: WALK_STEPS,
      crashes: i % 2 === 0 ? 3 : 0,
      commands: COMMANDS,
      peers: PEERS[i % PEERS.length] ?? [],
      ...(disks === undefined ? {} : { disks }),
    }
  })
}

/** All the rules look at the same walks. */
async function walksKeep(fault: LogFault, tools: Given): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
  }))
  await noWalk(tools, { walk, replay, inputs: walksFor(seed), check: RULES[fault] }, failing[fault] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers', 'crashes', 'cuts')
}

// ---- by the clock ------------------------------------------------------------------------------------------------

async function runsKeep(rule: keyof typeof RUN_RULES, tools: Given): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally } = await tools.once('runs', async (seed) => {
    const [first] = runsFor(seed)
    // A second of it is enough to see whether the world is the same twice.
    await isRepeatable(tools, timed, first && { ...first, plan: { ...first.plan, untilMs: 1_000 } })
    return { seed, ...(await survey(tools, timed, runsFor(seed), RUN_RULES, 1)) }
  })
  await noRun(tools, { timed, inputs: runsFor(seed), check: RUN_RULES[rule], tellView }, failing[rule] ?? [])
  mustHaveSeen(tally, 'crashes', 'lost', 'partitions')
}

// ---- schedules ---------------------------------------------------------------------------------------------------

const stands = (node: number): Move => ['until', node, 'RequestVote']
const elect = (node: number, by: readonly number[]): Move[] => [
  stands(node),
  ...by.flatMap((voter): Move[] => [
    ['deliver', node, voter, 'RequestVote'],
    ['deliver', voter, node, 'Vote'],
  ]),
]
const append = (
  term: number,
  [prevLogIndex, prevLogTerm]: readonly [number, number],
  terms: readonly number[],
  leaderCommit = 0,
): LogMessage => ({
  type: 'AppendEntries',
  term,
  prevLogIndex,
  prevLogTerm,
  entries: terms.map((one, i) => entry(prevLogIndex + 1 + i, one)),
  leaderCommit,
})
const told = (to: number, from: number, message: LogMessage): Move => ['tell', to, from, message]
const acks = (to: number, from: number, term: number, matchIndex: number): Move =>
  told(to, from, { type: 'AppendReply', term, success: true, matchIndex, conflictTerm: 0, conflictIndex: 0 })

const script = (nodes: number, moves: readonly Move[], more: Partial<Setup> = {}): ScriptInput => ({
  nodes,
  seed: 1,
  moves,
  commands: COMMANDS,
  ...more,
})
/** n1 of three has this log. */
const from = (log: readonly number[], ...moves: readonly Move[]) =>
  script(3, moves, { disks: disksWith(log, log, log) })

async function promised(fault: LogFault, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript<LogView, LogMessage>(tools, { script: operation, replay, inputs, check: RULES[fault] })
  await walksKeep(fault, tools)
  await runsKeep(fault, tools)
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('Logs that share an entry share all before it', (tools) =>
  promised('matching', tools, [
    // What was there contradicts the leader.
    from([1, 1, 1], told(0, 1, append(2, [1, 1], [2, 2]))),
    from([1, 1, 1], told(0, 1, append(2, [0, 0], [2]))),
    // It has not what stands before.
    from([1], told(0, 1, append(2, [3, 1], [2]))),
    from([], told(0, 1, append(2, [1, 1], [2]))),
    // It has another one there.
    from([1, 1], told(0, 1, append(3, [2, 2], [3]))),
    from([1, 1, 1], told(0, 1, append(3, [2, 2], [3]))),
    // Twice, and half of it.
    from([], told(0, 1, append(1, [0, 0], [1, 1])), told(0, 1, append(1, [0, 0], [1, 1]))),
    from([1], told(0, 1, append(2, [0, 0], [1, 2, 2]))),
    // A leader of a log with something in it, and a follower without.
    script(3, [...elect(0, [1]), ['drain', 1], ['drain', 0], ['drain', 1], ['drain', 0]], {
      disks: disksWith([1, 1, 2], [1, 1], []),
    }),
    script(3, [...elect(0, [1]), ['ask', 0, 0], ['ask', 0, 1], ['until', 0, 'AppendEntries'], ['drain', 1]]),
    // It leads a second time, and others have written meanwhile.
    script(3, [
      ...elect(0, [1]),
      ['drain', 1],
      ['drain', 0],
      ['ask', 0, 0],
      ...elect(2, [1]),
      ['drain', 1],
      ['drain', 0],
    ]),
  ]))

test('An entry is acknowledged when it is safe', (tools) =>
  promised('acknowledged', tools, [
    from([], told(0, 1, append(1, [0, 0], [1, 1]))),
    from([1, 1, 1], told(0, 1, append(2, [1, 1], [2, 2]))),
    // Behind what the message reaches there is something of nobody's.
    from([1, 1, 1], told(0, 1, append(2, [1, 1], []))),
    from([1, 1, 1], told(0, 1, append(2, [0, 0], [1]))),
    // It does not fit, with something to append and without.
    from([1], told(0, 1, append(2, [3, 1], [2]))),
    from([1], told(0, 1, append(2, [3, 1], []))),
    from([1, 1], told(0, 1, append(3, [2, 2], []))),
    // A leader of a term that is over.
    from([1, 5], told(0, 1, append(4, [1, 1], [4]))),
    from([1, 5], told(0, 1, append(4, [1, 1], []))),
  ]))

test('Committed is what a majority has acknowledged', (tools) =>
  promised('majority', tools, [
    // Two of five; twice the same one; two of four.
    script(5, [...elect(0, [1, 2]), acks(0, 1, 1, 1), acks(0, 1, 1, 1)]),
    script(4, [...elect(0, [1, 2]), acks(0, 1, 1, 1)]),
    // In a term that is over.
    script(3, [...elect(0, [1]), acks(0, 1, 4, 6)], { disks: disksWith([1, 1, 1, 4, 4], [1], [1]) }),
    script(5, [...elect(0, [1, 2]), acks(0, 3, 4, 6), acks(0, 4, 4, 6)], {
      disks: disksWith([4, 4, 4, 4, 4], [1], [1], [], []),
    }),
    // Only the first of two.
    ...[3, 5].map((nodes) =>
      script(nodes, [
        ...elect(0, nodes === 3 ? [1] : [1, 2]),
        acks(0, 1, 1, 1),
        acks(0, 2, 1, 1),
        ['ask', 0, 0],
        ['until', 0, 'AppendEntries'],
        acks(0, 1, 1, 1),
        acks(0, 2, 1, 1),
      ]),
    ),
    // It has sent, and nobody has answered.
    script(3, [...elect(0, [1]), ['ask', 0, 0], ['until', 0, 'AppendEntries']]),
    // Refused.
    script(3, [
      ...elect(0, [1]),
      told(0, 1, { type: 'AppendReply', term: 1, success: false, matchIndex: 0, conflictTerm: 0, conflictIndex: 1 }),
      told(0, 2, { type: 'AppendReply', term: 1, success: false, matchIndex: 0, conflictTerm: 0, conflictIndex: 1 }),
    ]),
  ]))

test('Counting commits only entries of the own term', (tools) =>
  promised('own term', tools, [
    script(3, [...elect(0, [1]), acks(0, 1, 3, 2), acks(0, 2, 3, 2)], { disks: disksWith([1, 2], [1], [1]) }),
    script(5, [...elect(0, [1, 2]), acks(0, 1, 5, 2), acks(0, 2, 5, 2), acks(0, 3, 5, 2)], {
      disks: disksWith([1, 2], [1], [1], [1], [1, 4]),
    }),
    // As it happens: a follower that takes one entry at a time.
    script(
      3,
      [
        ...elect(0, [1]),
        ...Array.from({ length: 3 }, (): Move[] => [
          ['drain', 1],
          ['drain', 0],
          ['until', 0, 'AppendEntries'],
        ]).flat(),
      ],
      { disks: disksWith([1, 2], [1], [1]), peers: [null, 'sips', 'sips'] },
    ),
  ]))

test('A follower commits what it shares with its leader', (tools) =>
  promised('follower commits', tools, [
    // The leader has committed more than has come.
    from([1, 1, 1], told(0, 1, append(2, [1, 1], [], 3))),
    from([1, 1, 1], told(0, 1, append(2, [0, 0], [1], 3))),
    from([], told(0, 1, append(1, [0, 0], [1], 5))),
    // Less than has come.
    from([], told(0, 1, append(1, [0, 0], [1, 1], 1))),
    from([1, 1, 1], told(0, 1, append(2, [3, 1], [], 2))),
    // It does not fit.
    from([1, 1], told(0, 1, append(3, [2, 2], [], 2))),
    from([1], told(0, 1, append(2, [3, 1], [2], 3))),
    // A leader of a term that is over.
    from([1, 5], told(0, 1, append(4, [2, 5], [], 2))),
    // An old message comes late.
    from([1, 1, 1], told(0, 1, append(2, [3, 1], [], 3)), told(0, 1, append(2, [2, 1], [], 1))),
    from([1, 1, 1], told(0, 1, append(2, [3, 1], [], 3)), told(0, 1, append(2, [1, 1], [], 3))),
  ]))

test('Nothing is dropped but what contradicts the leader', (tools) =>
  promised('kept', tools, [
    // The older of two messages comes last.
    from([], told(0, 1, append(1, [0, 0], [1, 1])), told(0, 1, append(1, [0, 0], [1]))),
    from([], told(0, 1, append(1, [0, 0], [1, 1])), told(0, 1, append(1, [0, 0], []))),
    from([1, 1, 1], told(0, 1, append(2, [1, 1], []))),
    from([1, 1, 1], told(0, 1, append(2, [0, 0], [1, 1, 2]))),
    // It does not fit further on: what is before that may be committed.
    from([1, 1, 1, 1], told(0, 1, append(2, [6, 1], [2]))),
    from([1, 1, 2], told(0, 1, append(4, [3, 3], [4]))),
    // A leader of a term that is over.
    from([1, 5], told(0, 1, append(4, [1, 1], [4]))),
    // Who is elected keeps what it has.
    script(3, elect(0, [1]), { disks: disksWith([1, 2], [1], [1]) }),
    script(3, [...elect(0, [1]), told(0, 1, { type: 'RequestVote', term: 9, lastLogIndex: 0, lastLogTerm: 0 })], {
      disks: disksWith([1, 2], [1], [1]),
    }),
    from([1, 2], stands(0)),
    from([1, 2], ['crash', 0], ['restart', 0]),
  ]))

test('A client is told the truth', (tools) =>
  promised('client', tools, [
    script(3, [['ask', 0, 0]]),
    script(3, [told(0, 1, append(1, [0, 0], [])), ['ask', 0, 0]]),
    script(3, [stands(0), ['ask', 0, 0]]),
    // It leads, and nobody has answered; one has; it has been deposed meanwhile.
    script(3, [...elect(0, [1]), ['ask', 0, 0]]),
    script(3, [...elect(0, [1]), ['ask', 0, 0], acks(0, 1, 1, 1), acks(0, 1, 1, 2)]),
    script(3, [...elect(0, [1]), ['ask', 0, 0], ['ask', 0, 1], acks(0, 1, 1, 3)]),
    script(3, [...elect(0, [1]), ['ask', 0, 0], told(0, 2, append(2, [0, 0], [])), ['ask', 0, 1]]),
    script(3, [...elect(0, [1]), ['ask', 0, 0], told(0, 2, append(2, [0, 0], [2, 2, 2], 3))]),
    script(3, [...elect(0, [1]), ['ask', 0, 0], told(0, 2, { type: 'Vote', term: 2, granted: false })]),
    script(1, [
      ['until', 0, 'nothing'],
      ['ask', 0, 0],
    ]),
    // Deposed, elected again, and another entry at the same index.
    script(3, [
      ...elect(0, [1]),
      ['ask', 0, 0],
      told(0, 2, append(2, [0, 0], [2, 2])),
      ...elect(0, [1]),
      ['ask', 0, 1],
      acks(0, 1, 3, 4),
      acks(0, 2, 3, 4),
    ]),
  ]))

test('Elections are held as before', async (tools) => {
  await officesKeep(tools, tools.subject, MAX_STEPS, tellView)
  await promised('elections', tools, [
    // The voter has written since.
    script(3, [
      told(1, 2, append(1, [0, 0], [1, 1])),
      stands(0),
      ['deliver', 0, 1, 'RequestVote'],
      stands(1),
      ['deliver', 1, 0, 'RequestVote'],
    ]),
    ...[
      [[1, 1, 1], [2]],
      [[1], [1, 1]],
      [
        [1, 2, 2, 2],
        [1, 3],
      ],
    ].map(([candidate = [], voter = []]) =>
      script(3, [stands(0), ['deliver', 0, 1, 'RequestVote']], { disks: disksWith(candidate, voter, []) }),
    ),
    // What counts is what is written, committed or not.
    script(3, [
      ...elect(0, [1]),
      ['ask', 0, 0],
      ['crash', 0],
      ['restart', 0],
      stands(2),
      ['deliver', 2, 0, 'RequestVote'],
    ]),
    script(3, [
      stands(0),
      stands(1),
      ['deliver', 0, 2, 'RequestVote'],
      ['crash', 2],
      ['restart', 2],
      ['deliver', 1, 2, 'RequestVote'],
    ]),
    script(3, [...elect(0, [2]), stands(1), ['deliver', 0, 2, 'AppendEntries'], ['deliver', 1, 2, 'RequestVote']]),
    script(5, [...elect(0, [1]), ['again', 1, 0, 'Vote']]),
    script(4, elect(0, [1])),
  ])
})

const calm = (nodes: number, untilMs: number, more: Omit<Partial<TimedInput>, 'plan'>, plan: Partial<Plan> = {}) =>
  calmRun(nodes, untilMs, { maxSteps: MAX_STEPS, ...more }, plan)

const bothOf =
  (one: Rule, other: Rule): Rule =>
  (history, setup) =>
    one(history, setup) ?? other(history, setup)

test('Whoever can be reached catches up', async (tools) => {
  const { script: operation, replay, timed } = tools.subject
  const holdsIn = async (input: TimedInput, check: Rule) => {
    const rule = otherwise(check)
    const { failing } = await survey<TimedInput, LogView, LogMessage>(tools, timed, [input], { rule })
    await noRun(tools, { timed, inputs: [input], check: rule, tellView }, failing['rule'] ?? [])
  }
  const { seed } = tools
  // Where the logs part, it says.
  await everyScript<LogView, LogMessage>(tools, {
    script: operation,
    replay,
    check: RULES.hints,
    inputs: [
      from([1], told(0, 1, append(5, [4, 4], []))),
      from([], told(0, 1, append(5, [4, 4], []))),
      from([1, 2, 2, 2], told(0, 1, append(5, [4, 4], []))),
      from([2, 2, 2, 2], told(0, 1, append(5, [3, 4], [5]))),
      from([1, 1, 3, 3, 3], told(0, 1, append(5, [4, 4], []))),
      from([1, 2], told(0, 1, append(5, [2, 2], [5]))),
      from([1, 2], told(0, 1, append(5, [0, 0], []))),
    ],
  })
  // What it has inherited, a new leader commits by itself.
  for (const [i, nodes] of [1, 2].entries()) await holdsIn(calm(nodes, 1_500, { seed: seed + i }), inLine(0))
  const strayed = disksWith([1, 1, 1, 5], [1, 1, 2, 2, 2, 3, 3], [1, 4, 4, 4], [], [1, 1, 1])
  await holdsIn(calm(5, 2_500, { seed, disks: strayed }), inLine(0, 4))
  await holdsIn(calm(3, 2_500, { seed, disks: strayed, peers: [null, 'ticks', 'sips'] }), inLine(0, 4))
  // Far behind.
  const long = Array.from({ length: 150 }, () => 1)
  await holdsIn(calm(3, 2_000, { seed, disks: disksWith(long, long, []) }), inLine(0, 150))
  // Clients are served, and all of it reaches everybody. One that cannot be elected is away for a while, nobody waits for it,
  // and it comes back.
  const asks = asksUntil(1_000, 25, () => 'leader').map((one) => ({ ...one, atMs: one.atMs + 1_500 }))
  const away = {
    healMs: 2_800,
    faults: [{ atMs: 1_400, what: 'crash' as const, node: 2, forMs: 1_400, keeps: 0 }],
    asks,
  }
  const behind = disksWith([1], [1], [])
  await holdsIn(calm(3, 3_500, { seed, disks: behind }, away), bothOf(served(200), inLine(2_800, 40)))
  const lossy = {
    healMs: 2_600,
    weather: { delayMs: [1, 10] as const, lost: 0.3, doubled: 0.2, slow: 0.1, slowMs: 100 },
    asks,
  }
  await holdsIn(calm(3, 4_500, { seed }, lossy), inLine(2_600, 10))
  await walksKeep('hints', tools)
  await runsKeep('hints', tools)
  await runsKeep('agreement', tools)
})
