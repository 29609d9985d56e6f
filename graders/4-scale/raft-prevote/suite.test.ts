// Elections with a question before them: by schedules written for each trap, by walks that know no time, and by the clock
// under all kinds of faults. What an election was before, it still has to be: its rules look at the same histories.

import { agreed, agreement } from '../../kit/raft/agreement.ts'
import {
  ballotSurvives,
  byMajority,
  disksWith,
  type ElectionMessage,
  type Logs,
  oneVote,
  upToDate,
} from '../../kit/raft/election-rules.ts'
import { MAX_STEPS, PEERS } from '../../kit/raft/election-runs.ts'
import {
  asAVote,
  asksForNothing,
  isAnswered,
  ofElections,
  type PreVoteMessage,
  type PreVoteRule,
  type PreVoteView,
  standsByMajority,
  staysLoyal,
} from '../../kit/raft/prevote-rules.ts'
import { termsRule } from '../../kit/raft/term-rules.ts'
import {
  everyScript,
  type Fault,
  isRepeatable,
  type Move,
  mustHaveSeen,
  noRun,
  noWalk,
  type Plan,
  planFor,
  type Survey,
  survey,
} from '../../kit/simulate.ts'
import type { ScriptInput, Setup, TimedInput, WalkInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import { RUN_RULES, runsFor } from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

const RULES = {
  asksForNothing,
  standsByMajority,
  staysLoyal,
  asAVote,
  isAnswered,
  majority: ofElections(byMajority),
  oneVote: ofElections(oneVote),
  afterCrash: ofElections(ballotSurvives),
  upToDate: ofElections(upToDate),
  terms: ofElections(termsRule),
} satisfies Record<string, PreVoteRule>

const tellView = ({ role, term }: PreVoteView, node: string) =>
  role === 'follower' ? undefined : `${node} is ${role} of term ${term}`

// ---- walks -------------------------------------------------------------------------------------------------------

const WALKS = 60
const WALK_STEPS = 80
const LOGS: readonly Logs[] = [
  [[1], [1, 1], [1, 1, 1]],
  [[1, 1, 1], [2], [2, 2]],
  [[], [1], [3, 3, 3]],
  [[1, 2], [2], [1, 2]],
]

function walksFor(seed: number): WalkInput[] {
  return Array.from({ length: WALKS }, (_, i) => {
    const logs = i % 3 === 2 ? LOGS[((i / 3) | 0) % LOGS.length] : undefined
    return {
      nodes: logs === undefined ? ([3, 4, 3, 5][i % 4] as number) : 3,
      seed: (seed + i) | 0,
      length: WALK_STEPS,
      crashes: i % 2 === 0 ? 3 : 0,
      peers: PEERS[i % PEERS.length] ?? [],
      keepsAll: true,
      ...(logs === undefined ? {} : { disks: disksWith(logs) }),
    }
  })
}

/** All the rules look at the same walks. */
async function walksKeep(tools: Given, ...rules: readonly (keyof typeof RULES)[]): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
  }))
  for (const rule of rules)
    await noWalk(tools, { walk, replay, inputs: walksFor(seed), check: RULES[rule] }, failing[rule] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers', 'crashes', 'cuts')
}

// ---- by the clock ------------------------------------------------------------------------------------------------

async function runsKeep(tools: Given, ...rules: readonly (keyof typeof RUN_RULES)[]): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally }: Survey & { seed: number } = await tools.once('runs', async (seed) => {
    await isRepeatable(tools, timed, runsFor(seed)[0])
    return { seed, ...(await survey(tools, timed, runsFor(seed), RUN_RULES, 3)) }
  })
  for (const rule of rules)
    await noRun(tools, { timed, inputs: runsFor(seed), check: RUN_RULES[rule], tellView }, failing[rule] ?? [])
  mustHaveSeen(tally, 'crashes', 'lost', 'partitions')
}

async function holdsIn(tools: Given, check: PreVoteRule, ...inputs: readonly TimedInput[]): Promise<void> {
  const { timed } = tools.subject
  const { failing } = await survey(tools, timed, inputs, { check }, 3)
  await noRun(tools, { timed, inputs, check, tellView }, failing['check'] ?? [])
}

const calm = (
  nodes: number,
  untilMs: number,
  more: Omit<Partial<TimedInput>, 'plan'>,
  plan: Partial<Plan> = {},
): TimedInput => ({
  nodes,
  seed: 1,
  maxSteps: MAX_STEPS,
  ...more,
  plan: { ...planFor('calm', 1, { nodes, chaosMs: 0, quietMs: untilMs, patienceMs: 300 }), ...plan },
})

/** n1's clock is so fast that it leads before anybody else has asked. */
const firstLeads = (nodes: number) =>
  Array.from({ length: nodes }, (_, node) => ({ offsetMs: 0, rate: node === 0 ? 2.2 : 1 }))

const apart = (atMs: number, ...groups: readonly number[][]): Fault => ({ atMs, what: 'partition', groups })
const deaf = (atMs: number, from: readonly number[], to: readonly number[]): Fault => ({
  atMs,
  what: 'one-way',
  from,
  to,
})

// ---- schedules ---------------------------------------------------------------------------------------------------

const asks = (node: number): Move => ['until', node, 'RequestPreVote']
const question = (from: number, to: number): Move => ['deliver', from, to, 'RequestPreVote']
const reply = (from: number, to: number): Move => ['deliver', from, to, 'PreVote']
const canvass = (node: number, by: readonly number[]): Move[] => [
  asks(node),
  ...by.flatMap((voter) => [question(node, voter), reply(voter, node)]),
]
const request = (from: number, to: number): Move => ['deliver', from, to, 'RequestVote']
const vote = (from: number, to: number): Move => ['deliver', from, to, 'Vote']
const elect = (node: number, by: readonly number[]): Move[] => [
  ...canvass(node, by),
  ...by.flatMap((voter) => [request(node, voter), vote(voter, node)]),
]
const heartbeat = (from: number, to: number): Move => ['deliver', from, to, 'AppendEntries']
const told = (to: number, from: number, message: PreVoteMessage): Move => ['tell', to, from, message]

const ask = (nextTerm: number, log = 0): PreVoteMessage => ({
  type: 'RequestPreVote',
  nextTerm,
  lastLogIndex: log,
  lastLogTerm: log,
})
const stand = (term: number, lastLogIndex = 0, lastLogTerm = 0): ElectionMessage => ({
  type: 'RequestVote',
  term,
  lastLogIndex,
  lastLogTerm,
})
const append = (term: number): ElectionMessage => ({ type: 'AppendEntries', term })

const script = (nodes: number, moves: readonly Move[], more: Partial<Setup> = {}): ScriptInput => ({
  nodes,
  seed: 1,
  moves,
  keepsAll: true,
  ...more,
})

const terms = (...terms: readonly number[]): Pick<Setup, 'disks'> => ({
  disks: terms.map((term) => ({ keys: { ballot: { term, votedFor: null } } })),
})

async function scriptsKeep(check: PreVoteRule, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript(tools, { script: operation, replay, inputs, check })
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('To ask changes nothing', async (tools) => {
  await scriptsKeep(RULES.asksForNothing, tools, [
    script(3, [asks(0), question(0, 1)]),
    script(3, [asks(0), asks(0), asks(0), question(0, 1)]),
    // Who is asked asks, stands, or leads.
    script(3, [asks(0), asks(1), question(0, 1)]),
    script(3, [...canvass(0, [1]), asks(2), question(2, 0)]),
    script(3, [...elect(0, [1]), asks(2), question(2, 0)]),
    // Who is asked has a vote to give, or has given it.
    script(3, [...canvass(0, [1]), request(0, 2), asks(1), question(1, 2)]),
    // Terms above and below.
    script(3, [asks(0), question(0, 1), question(0, 2)], terms(5, 0, 9)),
    script(3, [told(0, 1, ask(9)), told(1, 0, ask(1))], terms(3, 3, 3)),
    // From a candidacy back to asking.
    script(3, [...canvass(0, [1]), asks(0)]),
  ])
  await walksKeep(tools, 'asksForNothing')
  await runsKeep(tools, 'asksForNothing')
})

test('Nobody stands whom no majority would elect', async (tools) => {
  await scriptsKeep(RULES.standsByMajority, tools, [
    // Two of four, and one answer that comes twice.
    script(4, canvass(0, [1])),
    script(5, [...canvass(0, [1]), ['again', 1, 0, 'PreVote']]),
    // A no: for the log, and for the term.
    script(3, canvass(0, [1]), { disks: disksWith([[1], [1, 1], []]) }),
    script(3, [asks(0), told(1, 2, append(4)), question(0, 1), told(0, 1, { ...NO, term: 0 })], terms(0, 4, 0)),
    // A yes that comes when the leader is heard again.
    script(3, [
      ...elect(2, [1]),
      heartbeat(2, 0),
      asks(0),
      asks(0),
      question(0, 1),
      told(0, 2, append(1)),
      reply(1, 0),
    ]),
    // A yes for another term.
    script(3, [asks(0), question(0, 1), told(0, 2, append(1)), asks(0), reply(1, 0)]),
    // Yes to one canvass, and yes to the next: between them it had a leader.
    script(5, [told(0, 4, append(1)), ...canvass(0, [1]), told(0, 4, append(1)), ...canvass(0, [2])]),
    // Who stood in vain asks before it stands again.
    script(3, [...canvass(0, [1]), asks(0)]),
    script(5, [...canvass(0, [1, 2]), request(0, 1), vote(1, 0), asks(0), reply(2, 0)]),
  ])
  await walksKeep(tools, 'standsByMajority')
  const alone = (nodes: number) => {
    const faults = [apart(0, ...Array.from({ length: nodes }, (_, node) => [node]))]
    return calm(nodes, 1_900, { seed: tools.seed }, { healMs: 2_000, faults })
  }
  await holdsIn(tools, RULES.standsByMajority, alone(2), alone(3))
  await runsKeep(tools, 'standsByMajority')
})

const NO = { type: 'PreVote', term: 0, nextTerm: 1, granted: false } as const

test('Who hears a leader turns others away', async (tools) => {
  const led: readonly Move[] = [...elect(0, [1]), heartbeat(0, 1), heartbeat(0, 2)]
  const all = [ask(2), ask(9), stand(1), stand(2), stand(9)]
  await scriptsKeep(RULES.staysLoyal, tools, [
    ...all.map((message) => script(3, [...led, told(2, 1, message)])),
    ...all.map((message) => script(3, [...led, told(0, 1, message)])),
    // It has asked, and then heard its leader.
    ...all.map((message) =>
      script(3, [...led, asks(2), ['until', 0, 'AppendEntries'], heartbeat(0, 2), told(2, 1, message)]),
    ),
    // A leader that it did not help to elect, of a later term.
    ...all.map((message) => script(3, [told(2, 0, append(1)), told(2, 1, message)])),
  ])
  await walksKeep(tools, 'staysLoyal')
})

test('A pre-vote is what a vote would be', async (tools) => {
  const pair = (asker: readonly number[], voter: readonly number[]) =>
    script(3, [asks(0), question(0, 1)], { disks: disksWith([asker, voter, []]) })
  await scriptsKeep(RULES.asAVote, tools, [
    ...[
      [[], []],
      [[1], [1, 1]],
      [
        [1, 1],
        [1, 1],
      ],
      [[1, 1], [1]],
      [[2], [1, 1, 1]],
      [[1, 1, 1], [2]],
      [
        [1, 2, 2, 2],
        [1, 3],
      ],
      [
        [2, 3],
        [1, 2, 3],
      ],
    ].map(([asker = [], voter = []]) => pair(asker, voter)),
    // Yes to everybody who asks, and also by who asks itself, or stands.
    script(5, [asks(0), asks(1), asks(2), question(0, 3), question(1, 3), question(2, 3)]),
    script(3, [asks(0), asks(1), question(0, 1), question(1, 0)]),
    script(3, [...canvass(0, [1]), told(0, 2, ask(2))]),
    // Terms: no for one that is there already, yes for any above.
    script(3, [asks(0), question(0, 1), question(0, 2)], terms(4, 5, 3)),
    script(3, [asks(0), question(0, 1), question(0, 2)], terms(4, 4, 0)),
    script(3, [...canvass(0, [1]), request(0, 2), told(2, 1, ask(1))]),
    // A vote that is given says nothing of the next term.
    script(3, [...canvass(0, [1]), request(0, 2), told(2, 1, ask(2))]),
    // A leader that has not been heard for long, or whose office is over, is none.
    script(3, [...elect(0, [1]), heartbeat(0, 1), asks(2), asks(2), asks(2), question(2, 1)]),
    script(3, [...elect(0, [1]), heartbeat(0, 1), asks(1), told(1, 2, ask(2))]),
    script(3, [told(0, 1, append(1)), ['crash', 0], ['restart', 0], told(0, 2, ask(2))]),
    script(3, [told(0, 1, append(1)), told(0, 2, { type: 'Vote', term: 2, granted: false }), told(0, 2, ask(3))]),
  ])
  await walksKeep(tools, 'asAVote')
})

test('Whoever goes and comes, leader and term stay', async (tools) => {
  const away = (nodes: number, ...faults: readonly Fault[]) =>
    calm(nodes, 4_000, { seed: tools.seed }, { clocks: firstLeads(nodes), healMs: 2_800, faults })
  await holdsIn(
    tools,
    steady,
    away(3),
    away(3, apart(1_000, [0, 1], [2])),
    away(5, apart(1_000, [0, 1, 2], [3, 4])),
    away(5, apart(1_000, [0, 1, 2], [3], [4]), apart(1_900, [0, 1, 3], [2], [4])),
    // The switch that broke by half: one cannot hear the leader, and another hears both.
    away(3, deaf(1_000, [0], [2]), deaf(1_000, [2], [0])),
    // It hears nobody, and is heard.
    away(3, deaf(1_000, [0, 1], [2])),
    away(5, deaf(1_000, [0], [3, 4])),
    away(3, { atMs: 1_000, what: 'crash', node: 2, forMs: 900, keeps: 0 }),
    away(3, { atMs: 1_000, what: 'pause', node: 2, forMs: 900 }),
    away(5, ...[3, 4].map((node): Fault => ({ atMs: 1_000, what: 'crash', node, forMs: 1_500, keeps: 0 }))),
  )
})

/** Once all have a leader, and a majority can speak with it, it leads on in its term; nobody goes on to another. */
const steady: PreVoteRule = ({ entries }, { nodes }) => {
  const views = new Map<number, PreVoteView>()
  let settled: number | undefined
  for (const [i, [, at, what, node, view]] of entries.entries()) {
    if (what !== 'view') continue
    views.set(node, view)
    const isDeposed = settled !== undefined && node === 0 && (view.role !== 'leader' || view.term !== settled)
    if (isDeposed || (settled !== undefined && view.term > settled))
      return {
        entry: i,
        expected: `n1 leads term ${settled} for good: it is up, and a majority can speak with it`,
        got: isDeposed
          ? `it is ${view.role} of term ${view.term} at ${at} ms`
          : `n${node + 1} goes on to term ${view.term} at ${at} ms`,
      }
    if (settled === undefined && agreed(views, nodes, () => true) && views.get(0)?.role === 'leader')
      settled = view.term
  }
  return settled === undefined
    ? { entry: -1, expected: 'n1, whose clock is fast, leads', got: 'it never does' }
    : undefined
}

test('A leader that no majority answers lays its office down', async (tools) => {
  const beat: Move = ['until', 0, 'AppendEntries']
  const answer = (from: number): Move => ['deliver', from, 0, 'AppendReply']
  const beats = Array.from({ length: 8 }, () => beat)
  await scriptsKeep(RULES.isAnswered, tools, [
    script(3, [...elect(0, [1]), ...beats]),
    // One of five is no majority.
    script(5, [...elect(0, [1, 2]), ...beats.flatMap((beat) => [heartbeat(0, 3), answer(3), beat])]),
    // Answered at first, and then no more.
    script(3, [...elect(0, [1]), heartbeat(0, 1), answer(1), ...beats]),
    // Answered all the time, by whom it takes.
    script(3, [...elect(0, [1]), ...beats.flatMap((beat) => [heartbeat(0, 2), answer(2), beat])]),
    script(5, [
      ...elect(0, [1, 2]),
      ...[...beats, ...beats].flatMap((beat, i) => [heartbeat(0, 1 + (i % 4)), answer(1 + (i % 4)), beat]),
    ]),
    // Questions are no answers.
    script(3, [...elect(0, [1]), ...beats.flatMap((beat) => [told(0, 2, ask(2)), beat])]),
  ])
  await walksKeep(tools, 'isAnswered')
  const alone = (nodes: number, ...faults: readonly Fault[]) =>
    calm(nodes, 2_600, { seed: tools.seed }, { clocks: firstLeads(nodes), healMs: 2_500, faults })
  await holdsIn(
    tools,
    laidDown(1_000),
    alone(3, apart(1_000, [0], [1, 2])),
    alone(5, apart(1_000, [0, 1], [2, 3, 4])),
    // All hear it, and it hears nobody.
    alone(3, deaf(1_000, [1, 2], [0])),
  )
})

/** n1, which leads at that time, is a follower of the same term before it hears of another. */
const laidDown =
  (atMs: number): PreVoteRule =>
  ({ entries }) => {
    const latestMs = atMs + 400
    let view: PreVoteView | undefined
    for (const [i, entry] of entries.entries()) {
      const [, at, what, node] = entry
      if (at > latestMs) break
      if (what !== 'view' || node !== 0) continue
      if (at > atMs && view?.role === 'leader' && entry[4].role !== 'leader' && entry[4].term !== view.term)
        return {
          entry: i,
          expected: `n1 lays down its office and stays in term ${view.term}`,
          got: `term ${entry[4].term}`,
        }
      view = entry[4]
      if (at > atMs && view.role !== 'leader') return undefined
    }
    return view?.role === 'leader'
      ? {
          entry: -1,
          expected: `n1 lays its office down by ${latestMs} ms: it hears of no majority`,
          got: 'it leads on',
        }
      : undefined
  }

test('Without a leader there is soon another', async (tools) => {
  const { seed } = tools
  const inTime = (input: TimedInput, afterMs: number, who?: (node: number) => boolean) =>
    holdsIn(tools, agreement(afterMs, who), input)
  for (const [i, nodes] of [1, 2, 3, 5].entries()) await inTime(calm(nodes, 3_000, { seed: seed + i }), 0)
  // Only n1's log may win, its clock goes at half speed, and n2 keeps asking.
  const slow = { healMs: 6_900, faults: [apart(0, [0, 1], [2])], clocks: SLOW }
  await inTime(calm(3, 6_800, { seed, disks: disksWith([[1, 1], [1], []]) }, slow), 0, (node) => node < 2)
  // n2 alone reaches a majority; the leader reaches n2.
  const hub = [
    deaf(1_000, [0], [2, 3, 4]),
    deaf(1_000, [2, 3, 4], [0]),
    deaf(1_000, [2], [3, 4]),
    deaf(1_000, [3, 4], [2]),
    deaf(1_000, [3], [4]),
    deaf(1_000, [4], [3]),
  ]
  const half = { clocks: firstLeads(5), healMs: 5_900, faults: hub }
  await inTime(calm(5, 5_800, { seed }, half), 2_000, (node) => node > 0)
  // The terms differ, and the longest log is in the lowest.
  const mixed = {
    disks: [
      { keys: { ballot: { term: 7, votedFor: null } }, log: [{ term: 1 }] },
      { keys: { ballot: { term: 2, votedFor: null } }, log: [{ term: 2 }] },
      { keys: { ballot: { term: 4, votedFor: null } }, log: [] },
    ],
  }
  await inTime(calm(3, 5_000, { seed, ...mixed }), 0)
  const pair = { healMs: 5_900, faults: [apart(0, [0, 1], [2])] }
  await inTime(calm(3, 5_800, { seed, ...mixed }, pair), 0, (node) => node < 2)
  // The leader is gone, and so are two of five.
  const gone = [0, 1].map((node): Fault => ({ atMs: 1_000, what: 'crash', node, forMs: 4_000, keeps: 0 }))
  await inTime(calm(5, 4_800, { seed }, { clocks: firstLeads(5), healMs: 4_900, faults: gone }), 1_400)
  // Only n1's log may win, and it was in office already.
  const again = { healMs: 2_500, faults: [apart(1_000, [0], [1])] }
  await inTime(calm(2, 6_000, { seed, disks: disksWith([[1, 1], [1]]) }, again), 2_500)
  // All messages take equally long, so that only the draws tell one node from another.
  const even = { weather: { delayMs: [5, 5], lost: 0, doubled: 0, slow: 0, slowMs: 0 } as const }
  await inTime(calm(3, 4_000, { seed }, even), 0)
  // Everybody is alone for a while.
  await inTime(calm(3, 6_000, { seed }, { healMs: 2_000, faults: [apart(0, [0], [1], [2])] }), 2_000)
  await runsKeep(tools, 'agreement')
})

const SLOW = [0.4, 1, 1].map((rate) => ({ offsetMs: 0, rate }))

test('An election is what it was', async (tools) => {
  await scriptsKeep(RULES.majority, tools, [
    script(4, [...canvass(0, [1, 2]), request(0, 1), vote(1, 0)]),
    script(5, [...canvass(0, [1, 2]), request(0, 1), vote(1, 0), ['again', 1, 0, 'Vote']]),
    // Who would vote has not voted.
    script(5, [...canvass(0, [1, 2]), request(0, 3), vote(3, 0), ['again', 1, 0, 'PreVote']]),
    script(3, [...canvass(2, [1]), request(2, 1), ...canvass(0, [1]), request(0, 1), vote(1, 0)]),
  ])
  await scriptsKeep(RULES.oneVote, tools, [
    script(3, [...canvass(0, [2]), ...canvass(1, [2]), request(0, 2), request(1, 2)]),
    script(3, [...canvass(0, [2]), ...canvass(1, [2]), request(0, 1)]),
    script(3, [...elect(0, [2]), ...canvass(1, [2]), heartbeat(0, 2), request(1, 2)]),
  ])
  await scriptsKeep(RULES.afterCrash, tools, [
    script(3, [...canvass(0, [2]), ...canvass(1, [2]), request(0, 2), ['crash', 2], ['restart', 2], request(1, 2)]),
    ...[1, 2, 3, 4, 5, 6].map((cut) =>
      script(3, [
        ...canvass(0, [2]),
        ...canvass(1, [2]),
        ['deliver', 0, 2, 'RequestVote', cut, 0],
        ['restart', 2],
        request(1, 2),
      ]),
    ),
    script(3, [...canvass(0, [2]), ['crash', 0], ['restart', 0]]),
  ])
  await scriptsKeep(RULES.upToDate, tools, [
    script(3, [told(1, 0, stand(2))], { disks: disksWith([[], [1], []]) }),
    script(3, [told(1, 0, stand(9, 3, 1))], {
      disks: disksWith([[1, 1, 1], [2], []]),
    }),
  ])
  const refusal = (term: number): PreVoteMessage => ({ ...NO, term })
  const replies: readonly PreVoteMessage[] = [
    refusal(9),
    stand(9),
    append(9),
    { type: 'Vote', term: 9, granted: false },
    { type: 'AppendReply', term: 9, success: false },
  ]
  await scriptsKeep(RULES.terms, tools, [
    ...replies.flatMap((message) => [
      script(3, [told(0, 1, message)]),
      script(3, [asks(0), told(0, 1, message)]),
      script(3, [...canvass(0, [1]), told(0, 1, message)]),
      ...(message.type === 'RequestVote' ? [] : [script(3, [...elect(0, [1]), told(0, 2, message)])]),
    ]),
    // Who asks obeys the leader of its term, and not one of a term that is over.
    script(3, [asks(0), told(0, 1, append(4))], terms(4, 4, 4)),
    script(3, [asks(0), told(0, 1, append(3)), told(0, 1, stand(3))], terms(4, 4, 4)),
  ])
  await walksKeep(tools, 'majority', 'oneVote', 'afterCrash', 'upToDate', 'terms')
  await runsKeep(tools, 'majority', 'oneVote', 'afterCrash', 'upToDate')
})
