// A log is cut short in three ways: by schedules written for each trap, by walks that know no time, and by the clock under
// all kinds of faults. Before nearly every walk and schedule the logs are as long as they may be, so that the next commit
// makes a snapshot. One referee looks at all of them, and says which promise was broken first.

import { inLine, otherwise, served } from '../../kit/raft/log-convergence.ts'
import { calmRun, officesKeep } from '../../kit/raft/log-offices.ts'
import type { LogMessage, LogView } from '../../kit/raft/log-referee.ts'
import { asksUntil } from '../../kit/raft/log-runs.ts'
import { type MachineState, START, stateAfter } from '../../kit/raft/log-state.ts'
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
type RuleName = keyof typeof RULES

const tellView = ({ role, term, commitIndex }: LogView, node: string) =>
  role === 'follower' ? undefined : `${node} is ${role} of term ${term}, and has committed ${commitIndex}`

// ---- what is there at first --------------------------------------------------------------------------------------

type Disks = NonNullable<Setup['disks']>

type Log = readonly number[]

const times = (n: number, term: number): number[] => Array.from({ length: n }, () => term)

const entry = (index: number, term: number) => ({ term, command: `e${index}t${term}` })

/** What a log has come to, up to there. */
const stateOf = (log: Log, upTo: number): MachineState =>
  log.slice(0, upTo).reduce<MachineState>((state, term, i) => stateAfter(state, entry(i + 1, term).command), START)

const snapshotOf = (log: Log, lastIndex: number) => ({
  lastIndex,
  lastTerm: log[lastIndex - 1] ?? 0,
  state: stateOf(log, lastIndex),
})

/** Logs by terms, with a snapshot of the first so many. Entries of one index and term are one entry. */
const diskWith = (log: Log, covered = 0, term = Math.max(0, ...log)): Disks[number] => ({
  keys: {
    ballot: { term, votedFor: null },
    ...(covered === 0 ? {} : { snapshot: snapshotOf(log, covered) }),
  },
  log: log.slice(covered).map((one, i) => entry(covered + 1 + i, one)),
  dropped: covered,
})

// ---- walks -------------------------------------------------------------------------------------------------------

const WALKS = 60
const WALK_STEPS = 90
const COMMANDS = ['a', 'b', 'c', 'd', 'e', 'f']
const MOST = 32
const FULL = times(MOST - 1, 1)
const LOGS: readonly Disks[] = [
  // The next commit makes a snapshot, and the third node has not come along.
  [diskWith(FULL), diskWith(FULL), diskWith([])],
  [diskWith(FULL), diskWith(FULL), diskWith(times(20, 1))],
  // They have made one; the third has another log, longer than what it covers.
  [diskWith([...FULL, 3, 3], 32), diskWith([...FULL, 3, 3], 30), diskWith([...times(20, 1), ...times(16, 2)], 0, 3)],
  [diskWith([...times(40, 1), 2], 40), diskWith(times(40, 1), 36, 2), diskWith(times(10, 1), 4, 2)],
]
const PEERS: readonly Setup['peers'][] = [[], [null, 'sips', 'sips'], [null, 'ticks'], [], ['ticks', null, 'sips']]

function walksFor(seed: number): WalkInput[] {
  return Array.from({ length: WALKS }, (_, i) => {
    return {
      nodes: 3,
      seed: (seed + i) | 0,
      length: WALK_STEPS,
      crashes: i % 2 === 0 ? 3 : 0,
      commands: COMMANDS,
      peers: PEERS[i % PEERS.length] ?? [],
      disks: LOGS[((i / 5) | 0) % LOGS.length] ?? [],
    }
  })
}

/** All the rules look at the same walks. */
async function walksKeep(rule: RuleName, tools: Given): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
  }))
  await noWalk(tools, { walk, replay, inputs: walksFor(seed), check: RULES[rule] }, failing[rule] ?? [])
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
/** n1 of three, with this on its disk. */
const from = (disk: Disks[number], ...moves: readonly Move[]) => script(3, moves, { disks: [disk, {}, {}] })

const install = (term: number, log: Log, lastIndex: number): LogMessage => ({
  type: 'InstallSnapshot',
  term,
  ...snapshotOf(log, lastIndex),
})

async function promised(rule: RuleName, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript<LogView, LogMessage>(tools, { script: operation, replay, inputs, check: RULES[rule] })
  await walksKeep(rule, tools)
  await runsKeep(rule, tools)
}

const back = (node: number): Move[] => [
  ['crash', node],
  ['restart', node],
]
/** A crash after each of the first so many effects of one delivery, with so many of its writes. */
const cuts = (most: number, script: (cut: [after: number, keep: number]) => ScriptInput): ScriptInput[] =>
  Array.from({ length: most }, (_, after) => [0, 1, 2, 3].map((keep) => script([after, keep]))).flat()

// ---- promises ----------------------------------------------------------------------------------------------------

// The leader of three that has committed its log, a follower having acknowledged.
const leads = (log: Log, ...more: readonly Move[]): ScriptInput =>
  script(3, [...elect(0, [1]), acks(0, 1, Math.max(0, ...log) + 1, log.length + 1), ...more], {
    disks: [diskWith(log), diskWith(log), diskWith([])],
  })

test('The log stays short', (tools) =>
  promised('short', tools, [
    leads(times(31, 1)),
    leads(times(32, 1)),
    leads(times(50, 1)),
    from(diskWith(times(31, 1)), told(0, 1, append(1, [31, 1], [1, 1, 1], 34))),
    from(diskWith(times(40, 1)), told(0, 1, append(1, [40, 1], [], 40))),
    from(diskWith(times(40, 1), 30), told(0, 1, append(1, [40, 1], times(40, 1), 80))),
    from(diskWith(times(40, 1)), told(0, 1, append(1, [40, 1], [], 33)), ...back(0)),
    // The crash came between the snapshot and what it covers.
    from(
      { ...diskWith(times(62, 1), 32), log: times(62, 1).map((term, i) => entry(i + 1, term)), dropped: 0 },
      told(0, 1, append(1, [62, 1], [], 60)),
    ),
  ]))

test('Nothing is dropped before a snapshot holds it', (tools) =>
  promised('dropped', tools, [
    leads(times(31, 1)),
    leads(times(50, 1)),
    from(diskWith(times(40, 1)), told(0, 1, append(1, [40, 1], [], 40))),
    from(diskWith(times(40, 1)), told(0, 1, append(1, [40, 1], [], 34))),
    from(diskWith(times(10, 1)), told(0, 1, install(1, times(40, 1), 40))),
    from(diskWith(times(40, 1), 30), ...back(0)),
  ]))

test('A snapshot is what its entries have come to', (tools) =>
  promised('snapshot', tools, [
    leads(times(31, 1)),
    leads([...times(20, 1), ...times(20, 2)]),
    // Some of it is not committed.
    from(diskWith(times(45, 1)), told(0, 1, append(1, [45, 1], [], 36))),
    from(diskWith([...times(30, 1), ...times(10, 2)]), told(0, 1, append(2, [40, 2], [], 38))),
    // The second one, after another.
    from(diskWith(times(45, 1), 20), told(0, 1, append(1, [45, 1], times(30, 1), 70))),
    // One that comes late, or again.
    from(diskWith([]), told(0, 1, install(1, times(40, 1), 40)), told(0, 1, install(1, times(40, 1), 20))),
    from(diskWith(times(40, 1), 40), told(0, 1, install(1, times(40, 1), 20))),
    from(
      diskWith(times(40, 1), 20),
      told(0, 1, install(1, times(40, 1), 40)),
      told(0, 1, install(1, times(40, 1), 40)),
    ),
    // What is sent to others, a snapshot that was sent included.
    script(3, [...elect(0, [1]), ['until', 0, 'AppendEntries'], ['drain', 2], ['drain', 0]], {
      disks: [diskWith(times(40, 1), 36), diskWith(times(40, 1), 30), diskWith([])],
    }),
    from(diskWith([]), told(0, 1, install(1, times(40, 1), 40)), ...back(0)),
    // A leader that crashes in the step in which it commits, and sends afterwards what nobody has seen it commit.
    ...cuts(8, (cut) =>
      script(
        3,
        [
          ...elect(0, [1]),
          ['lose', 0, 2, 'RequestVote'],
          ['lose', 0, 2, 'AppendEntries'],
          ['deliver', 0, 1, 'AppendEntries'],
          ['deliver', 1, 0, 'AppendReply', ...cut],
          ['restart', 0],
          ...elect(0, [2]),
          ['deliver', 0, 2, 'AppendEntries'],
          ['deliver', 2, 0, 'AppendReply'],
        ],
        { disks: [diskWith(times(31, 1)), diskWith(times(31, 1)), diskWith([])] },
      ),
    ),
  ]))

test('The state is that of all that is committed', (tools) =>
  promised('state', tools, [
    leads([1, 1, 1]),
    leads(times(50, 1)),
    from(diskWith([1, 1, 1]), told(0, 1, append(1, [3, 1], [], 2)), told(0, 1, append(1, [3, 1], [], 3))),
    from(diskWith(times(40, 1), 36)),
    from(diskWith(times(40, 1), 36), ...back(0), told(0, 1, append(1, [40, 1], [], 40))),
    from(diskWith([]), told(0, 1, install(1, times(40, 1), 40))),
    from(diskWith([1]), told(0, 1, install(1, times(40, 1), 40)), told(0, 1, append(1, [40, 1], [1], 41))),
    from(diskWith([]), told(0, 1, install(1, times(40, 1), 40)), ...back(0)),
    from(
      diskWith(times(34, 1)),
      told(0, 1, append(1, [34, 1], [], 34)),
      ...back(0),
      told(0, 1, append(1, [34, 1], [1], 35)),
    ),
    ...cuts(6, (cut) =>
      script(
        3,
        [
          ['tell', 1, 2, append(1, [0, 0], [])],
          ...elect(2, [1]),
          ['deliver', 2, 0, 'AppendEntries', ...cut],
          ['restart', 0],
        ],
        {
          disks: [diskWith(times(31, 1)), diskWith(times(31, 1)), diskWith(times(31, 1))],
        },
      ),
    ),
  ]))

test('A snapshot that is installed takes nothing back', (tools) =>
  promised('kept', tools, [
    // What is behind it is the leader's.
    from(diskWith(times(45, 1)), told(0, 1, install(1, times(45, 1), 40))),
    from(diskWith(times(45, 1), 20), told(0, 1, install(2, times(45, 1), 40))),
    // Of a leader that is over.
    from(diskWith([...times(30, 1), 5, 5]), told(0, 1, install(4, [...times(30, 1), 4], 31))),
    // What is before it goes only when it is there.
    from(diskWith([...times(30, 1), 2, 2, 2]), told(0, 1, install(3, [...times(30, 1), 3], 31))),
    // An append that begins before it.
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [38, 1], [1]))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [38, 1], [1, 1, 1]))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [38, 1], []))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [40, 1], [1]))),
    // One that is the same at first, and contradicts then.
    from(diskWith(times(45, 1), 40), told(0, 1, append(2, [41, 1], [1, 2]))),
  ]))

test('What is acknowledged is safe', (tools) =>
  promised('acknowledged', tools, [
    from(diskWith([]), told(0, 1, install(1, times(40, 1), 40))),
    from(diskWith(times(10, 1), 4), told(0, 1, install(1, times(40, 1), 40))),
    from(diskWith([...times(30, 1), 5, 5]), told(0, 1, install(4, [...times(30, 1), 4], 31))),
    from(diskWith(times(45, 1)), told(0, 1, install(1, times(45, 1), 40))),
    from(diskWith([...times(30, 1), 2, 2, 2]), told(0, 1, install(3, [...times(30, 1), 3], 31))),
    from(diskWith([]), told(0, 1, append(1, [0, 0], [1, 1]))),
    from(diskWith(times(31, 1)), told(0, 1, append(1, [31, 1], [1, 1], 33))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [38, 1], [1, 1, 1, 1]))),
    from(diskWith([...times(40, 1), 1, 1], 40), told(0, 1, append(2, [40, 1], []))),
  ]))

test('All that held before holds', async (tools) => {
  await officesKeep(tools, tools.subject, MAX_STEPS, tellView)
  await promised('before', tools, [
    // Two of four.
    script(4, elect(0, [1])),
    // An acknowledgement of the term before.
    script(3, [...elect(0, [1]), ['ask', 0, 0], acks(0, 1, 1, 5)], {
      disks: [diskWith([1, 1, 1]), diskWith([1, 1, 1]), diskWith([])],
    }),
    // Whoever refuses one still has its vote.
    script(3, [stands(1), ['deliver', 1, 0, 'RequestVote'], stands(2), ['deliver', 2, 0, 'RequestVote']], {
      disks: [diskWith([1, 1]), diskWith([1]), diskWith([1, 1])],
    }),
    // A log of which nothing is left but the snapshot: who stands, and who votes.
    script(3, [stands(0)], { disks: [diskWith(times(40, 2), 40), {}, {}] }),
    script(3, [stands(0), ['deliver', 0, 1, 'RequestVote']], {
      disks: [diskWith(times(40, 1), 40, 2), diskWith([...times(39, 1), 2], 40), {}],
    }),
    script(3, [stands(0), ['deliver', 0, 1, 'RequestVote']], {
      disks: [diskWith(times(39, 1), 0, 1), diskWith(times(40, 1), 40), {}],
    }),
    // A leader whose log begins with a snapshot.
    script(3, [...elect(0, [1]), ['ask', 0, 0], ['until', 0, 'AppendEntries'], ['drain', 1], ['drain', 0]], {
      disks: [diskWith(times(40, 2), 40), diskWith(times(40, 2), 36), diskWith([])],
    }),
    // What contradicts a snapshot does not stay behind it.
    from(
      diskWith([...times(30, 1), 2, 2, 2]),
      told(0, 1, install(3, [...times(30, 1), 3], 31)),
      told(0, 1, append(3, [31, 3], [3])),
    ),
    from(
      diskWith([...times(30, 1), 2, 2, 2]),
      told(0, 1, install(3, [...times(30, 1), 3], 31)),
      told(0, 1, append(3, [31, 3], [3, 3, 3])),
      ...back(0),
      stands(0),
    ),
    // An append that begins before the snapshot, or just at it, and one that contradicts behind it.
    from(diskWith(times(45, 1), 40), told(0, 1, append(1, [38, 1], [1, 1, 1]))),
    from(diskWith(times(40, 1), 40), told(0, 1, append(1, [38, 1], [1, 1, 1]))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(2, [43, 2], []))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(2, [47, 2], []))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(2, [39, 1], [1, 2]))),
    from(diskWith(times(45, 1), 40), told(0, 1, append(2, [10, 1], []))),
    leads([1, 1, 1], ['ask', 0, 0], acks(0, 1, 2, 5)),
    leads(times(31, 1), ['ask', 0, 0], acks(0, 1, 2, 33)),
  ])
})

const calm = (nodes: number, untilMs: number, more: Omit<Partial<TimedInput>, 'plan'>, plan: Partial<Plan> = {}) =>
  calmRun(nodes, untilMs, { maxSteps: MAX_STEPS, ...more }, plan)

const bothOf =
  (one: Rule, other: Rule): Rule =>
  (history, setup) =>
    one(history, setup) ?? other(history, setup)

const LOST: readonly Move[] = [
  ...elect(0, [1]),
  ['deliver', 0, 2, 'AppendEntries'],
  ['deliver', 2, 0, 'AppendReply'],
  ['lose', 0, 2, 'InstallSnapshot'],
  ['until', 0, 'InstallSnapshot'],
]

const sentAgain: Rule = ({ stuckAt }) =>
  stuckAt === LOST.length - 1
    ? { entry: -1, expected: 'the snapshot once more, with a later heartbeat: the first one is lost', got: 'none' }
    : undefined

test('Whoever can be reached catches up', async (tools) => {
  const { timed } = tools.subject
  const holdsIn = async (input: TimedInput, check: Rule) => {
    const rule = otherwise(check)
    const { failing } = await survey<TimedInput, LogView, LogMessage>(tools, timed, [input], { rule })
    await noRun(tools, { timed, inputs: [input], check: rule, tellView }, failing['rule'] ?? [])
  }
  const { seed } = tools
  // Who is alone commits what it has.
  await holdsIn(calm(1, 1_000, { seed }), inLine(0))
  // One that has nothing, one that has strayed, behind a snapshot that it needs.
  const long = [...times(60, 1)]
  await holdsIn(
    calm(5, 2_500, {
      seed,
      disks: [
        diskWith(long, 50),
        diskWith(long, 60),
        diskWith([]),
        diskWith([...times(20, 1), ...times(30, 2)], 10, 2),
        diskWith(long),
      ].map((one) => ({ ...one, keys: { ...one.keys, ballot: { term: 2, votedFor: null } } })),
    }),
    inLine(0, 60),
  )
  await holdsIn(
    calm(3, 2_500, {
      seed,
      disks: [diskWith(long, 60), diskWith(long, 50), diskWith([])],
      peers: [null, 'ticks', 'sips'],
    }),
    inLine(0, 60),
  )
  await holdsIn(
    calm(3, 2_500, { seed, disks: [diskWith(long, 60), diskWith(long, 50), diskWith([])], peers: ['ticks', 'ticks'] }),
    inLine(0, 60),
  )
  // Clients are served. One that cannot be elected is away, while there is more than a log may hold, and comes back.
  const asks = asksUntil(1_000, 10, () => 'leader').map((one) => ({ ...one, atMs: one.atMs + 1_200 }))
  const away = {
    healMs: 2_300,
    faults: [{ atMs: 1_100, what: 'crash' as const, node: 2, forMs: 1_200, keeps: 0 }],
    asks,
  }
  await holdsIn(
    calm(3, 3_300, { seed, disks: [diskWith([1]), diskWith([1]), diskWith([])] }, away),
    bothOf(served(200), inLine(2_300, 100)),
  )
  // It is lost on its way.
  const { script: operation, replay } = tools.subject
  await everyScript<LogView, LogMessage>(tools, {
    script: operation,
    replay,
    inputs: [script(3, LOST, { disks: [diskWith(long, 60), diskWith(long, 50), diskWith([])] })],
    check: sentAgain,
  })
  // The snapshot itself is lost, late, and comes twice.
  const lossy = {
    healMs: 2_300,
    weather: { delayMs: [1, 10] as const, lost: 0.4, doubled: 0.3, slow: 0.2, slowMs: 150 },
    asks,
  }
  await holdsIn(
    calm(3, 4_000, { seed, disks: [diskWith(long, 60), diskWith(long, 50), diskWith([])] }, lossy),
    inLine(2_300, 61),
  )
  await runsKeep('agreement', tools)
})
