// Elections are held in three ways: by schedules written for each trap, by walks that know no time, and by the clock under
// all kinds of faults. Every history is held against the same rules.

import { agreement } from '../../kit/raft/agreement.ts'
import {
  ballotSurvives,
  byMajority,
  disksWith,
  type ElectionMessage,
  type Logs,
  oneVote,
  type RaftView,
  type Rule,
  upToDate,
} from '../../kit/raft/election-rules.ts'
import { MAX_STEPS, PEERS } from '../../kit/raft/election-runs.ts'
import { ALONE, ALONE_MS, atOnce, standsAgain, steady, WAITING, waitsFirst } from '../../kit/raft/office-rules.ts'
import { termsRule } from '../../kit/raft/term-rules.ts'
import {
  everyScript,
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
  majority: byMajority,
  oneVote,
  afterCrash: ballotSurvives,
  upToDate,
  terms: termsRule,
} satisfies Record<string, Rule>
type RuleName = keyof typeof RULES

const tellView = ({ role, term }: RaftView, node: string) =>
  role === 'follower' ? undefined : `${node} is ${role} of term ${term}`

// ---- walks -------------------------------------------------------------------------------------------------------

const WALKS = 60
const WALK_STEPS = 70
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
async function walksKeep(rule: RuleName, tools: Given): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
  }))
  const walks = { walk, replay, inputs: walksFor(seed), check: RULES[rule] }
  await noWalk(tools, walks, failing[rule] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers', 'crashes', 'cuts')
}

// ---- by the clock ------------------------------------------------------------------------------------------------

async function runsKeep(rule: keyof typeof RUN_RULES, tools: Given): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally }: Survey & { seed: number } = await tools.once('runs', async (seed) => {
    await isRepeatable(tools, timed, runsFor(seed)[0])
    return { seed, ...(await survey(tools, timed, runsFor(seed), RUN_RULES, 3)) }
  })
  await noRun(tools, { timed, inputs: runsFor(seed), check: RUN_RULES[rule], tellView }, failing[rule] ?? [])
  mustHaveSeen(tally, 'crashes', 'lost', 'partitions')
}

// ---- schedules ---------------------------------------------------------------------------------------------------

const ask = (from: number, to: number, term?: number): Move => [
  'deliver',
  from,
  to,
  term === undefined ? 'RequestVote' : `RequestVote t${term}`,
]
const answer = (from: number, to: number): Move => ['deliver', from, to, 'Vote']
const stands = (node: number, term?: number): Move => [
  'until',
  node,
  term === undefined ? 'RequestVote' : `RequestVote t${term}`,
]
const elect = (node: number, by: readonly number[]): Move[] => [
  stands(node),
  ...by.flatMap((voter) => [ask(node, voter), answer(voter, node)]),
]

const script = (nodes: number, moves: readonly Move[], more: Partial<Setup> = {}): ScriptInput => ({
  nodes,
  seed: 1,
  moves,
  keepsAll: true,
  ...more,
})

async function scriptsKeep(check: Rule, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript(tools, { script: operation, replay, inputs, check })
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('Only a majority makes a leader', async (tools) => {
  await scriptsKeep(RULES.majority, tools, [
    // Two of four.
    script(4, elect(0, [1])),
    // One vote that comes twice.
    script(5, [...elect(0, [1]), ['again', 1, 0, 'Vote']]),
    // A vote of the term before.
    script(3, [stands(0), ask(0, 1), stands(0), answer(1, 0)]),
    script(5, [stands(0), ask(0, 1), stands(0), ask(0, 2), answer(2, 0), answer(1, 0)]),
    // Votes of two terms, each short of a majority.
    script(5, [...elect(0, [1]), stands(0), ask(0, 2), answer(2, 0)]),
    // A refusal.
    script(3, [stands(2), ask(2, 1), stands(0), ask(0, 1), answer(1, 0)]),
    // A vote for who has crashed since, and stands again.
    script(3, [stands(0), ask(0, 1), ['crash', 0], ['restart', 0], stands(0), answer(1, 0)]),
    // A leader that goes on in a term that it was not elected in.
    script(3, [...elect(0, [1]), stands(2), ask(2, 0)]),
    // A vote for who stands no more.
    script(5, [...elect(0, [1]), stands(3), ask(3, 0), ask(0, 2), answer(2, 0)]),
  ])
  await walksKeep('majority', tools)
  await runsKeep('majority', tools)
})

test('A node votes once a term', async (tools) => {
  await scriptsKeep(RULES.oneVote, tools, [
    script(3, [stands(0), stands(1), ask(0, 2), ask(1, 2)]),
    // Its own candidacy is a vote.
    script(3, [stands(0), stands(1), ask(0, 1)]),
    // It has voted, and then obeys the leader of that term.
    script(3, [...elect(0, [2]), stands(1), ['deliver', 0, 2, 'AppendEntries'], ask(1, 2)]),
    // It stands, obeys the leader of that term, and is asked by a third.
    script(5, [stands(0), stands(3), ...elect(1, [2, 4]), ['deliver', 1, 0, 'AppendEntries'], ask(3, 0)]),
    // It stands, and has been refused.
    script(5, [stands(0), stands(3), stands(1), ask(1, 2), ask(0, 2), answer(2, 0), ask(3, 0)]),
  ])
  await walksKeep('oneVote', tools)
  await runsKeep('oneVote', tools)
})

const back = (node: number): Move[] => [
  ['crash', node],
  ['restart', node],
]

test('A crash takes back neither vote nor term', async (tools) => {
  await scriptsKeep(RULES.afterCrash, tools, [
    script(3, [stands(0), stands(1), ask(0, 2), ...back(2), ask(1, 2)]),
    // After each effect of the step in which it votes.
    ...[1, 2, 3, 4, 5, 6].map((cut) =>
      script(3, [stands(0), stands(1), ['deliver', 0, 2, 'RequestVote', cut, 0], ['restart', 2], ask(1, 2)]),
    ),
    // Who stood has voted for itself.
    script(3, [stands(0), stands(1), ...back(0), ask(1, 0)]),
    // A vote in term 2, and none in term 1 after it.
    script(3, [stands(1, 1), stands(0, 1), stands(0, 2), ask(0, 2, 2), ...back(2), ask(1, 2, 1)]),
    // What was there before the first boot counts as well.
    script(3, [], { disks: [{}, {}, { keys: { ballot: { term: 1, votedFor: 'n1' } } }] }),
    // Twice is no different from once.
    script(3, [stands(0), ask(0, 2), ...back(2), ...back(2)]),
  ])
  await walksKeep('afterCrash', tools)
  await runsKeep('afterCrash', tools)
})

test('A vote goes to no log that ends earlier', async (tools) => {
  const pair = (candidate: readonly number[], voter: readonly number[]) =>
    script(3, [stands(0), ask(0, 1)], { disks: disksWith([candidate, voter, []]) })
  await scriptsKeep(
    RULES.upToDate,
    tools,
    [
      [[1], [1, 1]],
      [[], [1]],
      [[1, 1, 1], [2]],
      [
        [1, 2, 2, 2],
        [1, 3],
      ],
      [
        [2, 3],
        [1, 2, 3],
      ],
    ].map(([candidate = [], voter = []]) => pair(candidate, voter)),
  )
  // And to one that does not, it does go.
  await scriptsKeep(
    granted,
    tools,
    [
      [[], []],
      [
        [1, 1],
        [1, 1],
      ],
      [[1, 1], [1]],
      [[2], [1, 1, 1]],
    ].map(([candidate = [], voter = []]) => pair(candidate, voter)),
  )
  await walksKeep('upToDate', tools)
  await runsKeep('upToDate', tools)
})

const granted: Rule = ({ entries }, { disks = [] }) => {
  const asked = entries.find((entry) => entry[2] === 'got' && entry[3] === 1 && entry[5].type === 'RequestVote')
  const vote = entries.findIndex(
    (entry) => entry[0] === asked?.[0] && entry[2] === 'sent' && entry[5].type === 'Vote' && entry[5].granted,
  )
  if (asked === undefined || vote >= 0) return undefined
  const terms = (node: number) =>
    `[${(disks[node]?.log ?? []).map((one) => (one as { term: number }).term).join(', ')}]`
  return {
    entry: entries.findLastIndex((entry) => entry[0] === asked[0]),
    expected: `a vote of n2, whose log has terms ${terms(1)}, for n1, whose log has ${terms(0)}`,
    got: 'none',
  }
}

test('The higher term wins', async (tools) => {
  const told = (to: number, from: number, message: ElectionMessage): Move => ['tell', to, from, message]
  const request = (term: number): ElectionMessage => ({ type: 'RequestVote', term, lastLogIndex: 0, lastLogTerm: 0 })
  const append = (term: number): ElectionMessage => ({ type: 'AppendEntries', term })
  const vote = (term: number, granted: boolean): ElectionMessage => ({ type: 'Vote', term, granted })
  const reply = (term: number, success: boolean): ElectionMessage => ({ type: 'AppendReply', term, success })
  const atTerm5 = { disks: [{ keys: { ballot: { term: 5, votedFor: null } } }, {}, {}] }
  const each = [request(9), append(9), vote(9, false), reply(9, false)]
  await scriptsKeep(RULES.terms, tools, [
    ...each.map((message) => script(3, [told(0, 1, message)])),
    ...each.map((message) => script(3, [stands(0), told(0, 1, message)])),
    ...each.map((message) => script(3, [...elect(0, [1]), told(0, 2, message)])),
    ...[request(4), append(4), vote(4, true), reply(4, true)].flatMap((message) => [
      script(3, [told(0, 1, message)], atTerm5),
      script(3, [stands(0), told(0, 1, message)], atTerm5),
      script(3, [...elect(0, [1]), told(0, 2, message)], atTerm5),
    ]),
    script(3, [told(0, 1, append(5)), told(0, 2, append(4))], atTerm5),
    script(3, [told(0, 1, append(5)), told(0, 2, request(5))], atTerm5),
    script(3, [stands(0), told(0, 1, append(6))], atTerm5),
    // A vote of the term before is a reply of a lower term.
    script(3, [stands(0), ask(0, 1), stands(0), answer(1, 0)]),
    // Whoever is in the higher term already is asked like anybody.
    script(3, [told(0, 1, append(6)), told(0, 2, request(7))], atTerm5),
  ])
  await walksKeep('terms', tools)
})

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

test('Without a leader there is soon another', async (tools) => {
  const { timed } = tools.subject
  const holdsIn = async (input: TimedInput, check: Rule) => {
    const { failing } = await survey(tools, timed, [input], { check })
    await noRun(tools, { timed, inputs: [input], check, tellView }, failing['check'] ?? [])
  }
  const inTime = (input: TimedInput, afterMs: number, who?: (node: number) => boolean) =>
    holdsIn(input, agreement(afterMs, who))
  for (const [i, nodes] of [1, 2, 3, 5].entries()) await inTime(calm(nodes, 3_000, { seed: tools.seed + i }), 0)
  // Only n1's log may win, its clock goes at half speed, and n2 keeps asking.
  const slow = {
    healMs: 5_900,
    faults: [{ atMs: 0, what: 'partition' as const, groups: [[0, 1], [2]] }],
    clocks: [0.4, 1, 1].map((rate) => ({ offsetMs: 0, rate })),
  }
  await inTime(calm(3, 5_800, { seed: tools.seed, disks: disksWith([[1, 1], [1], []]) }, slow), 0, (node) => node < 2)
  // Everybody is alone for a while: all stand, and nobody hears of it.
  const alone = { healMs: ALONE_MS, faults: [ALONE] }
  await inTime(calm(3, 6_000, { seed: tools.seed }, alone), ALONE_MS)
  await holdsIn(calm(3, ALONE_MS, { seed: tools.seed }, alone), standsAgain)
  // The leader is gone, and one of a term that is over keeps talking.
  const gone = {
    healMs: 5_900,
    faults: [{ atMs: 2_000, what: 'crash' as const, node: 'leader' as const, forMs: 3_900, keeps: 0 }],
  }
  await inTime(calm(5, 5_800, { seed: tools.seed, peers: ['zombie'] }, gone), 2_100, (node) => node > 0)
  await runsKeep('agreement', tools)
})

test('A leader that is heard stays in office', async (tools) => {
  const { timed } = tools.subject
  await scriptsKeep(atOnce, tools, [script(3, elect(0, [1])), script(5, elect(2, [0, 4]))])
  await scriptsKeep(
    waitsFirst,
    tools,
    WAITING.map((moves) => script(3, moves)),
  )
  // One clock is so fast that its node stands before any other: whoever votes twice is another promise's matter.
  const inputs = [3, 5].map((nodes, i) => {
    const clocks = Array.from({ length: nodes }, (_, node) => ({ offsetMs: 0, rate: node === i ? 2.2 : 1 }))
    return calm(nodes, 3_000, { seed: tools.seed + i }, { clocks })
  })
  const { failing } = await survey(tools, timed, inputs, { check: steady })
  await noRun(tools, { timed, inputs, check: steady, tellView }, failing['check'] ?? [])
})
