// Clients ask, again and of others, while the cluster crashes, parts and elects. What they were told has to be what one copy
// would have told them: held against a checker for linearizability, with schedules for each trap beside it.

import type { LogView } from '../../kit/raft/replicated-log.ts'
import {
  type Entry,
  everyScript,
  isRepeatable,
  type Move,
  mustHaveSeen,
  noRun,
  noWalk,
  survey,
} from '../../kit/simulate.ts'
import type { ScriptInput, WalkInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import { type Command, type Result, RULES, RUN_RULES, type Rule, runsFor, scriptsFor } from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>
type RuleName = keyof typeof RULES

// ---- walks, and by the clock -------------------------------------------------------------------------------------

const WALKS = 60

function walksFor(seed: number): WalkInput[] {
  return Array.from({ length: WALKS }, (_, i) => ({
    nodes: i % 4 === 3 ? 5 : 3,
    seed: (seed + i) | 0,
    length: 150,
    crashes: i % 2 === 0 ? 3 : 0,
    clients: scriptsFor(3, 12, Math.abs(seed + i) % 7),
  }))
}

const tellView = ({ role, term }: LogView, node: string) =>
  role === 'follower' ? undefined : `${node} is ${role} of term ${term}`

async function walksKeep(tools: Given, rule: RuleName): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
  }))
  await noWalk(tools, { walk, replay, inputs: walksFor(seed), check: RULES[rule] }, failing[rule] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers', 'crashes')
}

async function runsKeep(tools: Given, rule: keyof typeof RUN_RULES): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally } = await tools.once('runs', async (seed) => {
    await isRepeatable(tools, timed, runsFor(seed)[0])
    return { seed, ...(await survey(tools, timed, runsFor(seed), RUN_RULES, 2)) }
  })
  await noRun(tools, { timed, inputs: runsFor(seed), check: RUN_RULES[rule], tellView }, failing[rule] ?? [])
  mustHaveSeen(tally, 'crashes', 'lost')
}

// ---- schedules ---------------------------------------------------------------------------------------------------

const speak = (node: number): Move => ['until', node, 'AppendEntries']
const elect = (node: number, voter: number): Move[] => [
  ['until', node, 'RequestVote'],
  ['deliver', node, voter, 'RequestVote'],
  ['deliver', voter, node, 'Vote'],
]
/** What the leader has is written by one other, and by whoever hears of it next. */
const round = (leader: number, other: number): Move[] => [speak(leader), ['drain', other], ['drain', leader]]
const settled = (leader: number, other: number): Move[] => [
  ...elect(leader, other),
  ...round(leader, other),
  ...round(leader, other),
]

const append = (value: string, client: number, sequence: number): Command => ({
  type: 'Append',
  key: 'x',
  value,
  client,
  sequence,
})
const GET: Command = { type: 'Get', key: 'x' }

const script = (
  moves: readonly Move[],
  clients: readonly (readonly Command[])[],
  commands: readonly Command[] = [],
): ScriptInput => ({ nodes: 3, seed: 1, moves, clients, commands, keepsAll: true })

async function scriptsKeep(check: Rule, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript(tools, { script: operation, replay, inputs, check })
}

const call = (node: number, client: number, operation: number): Move => ['call', node, client, operation]

/** A script whose moves can all be made, and whose last operation is answered. */
const isTold: Rule = (history, setup) => {
  const { stuckAt, entries } = history
  const last = (entries as readonly Entry[]).findLastIndex(([, , what]) => what === 'called')
  const at = (entries as readonly Entry[]).findIndex(([, , what], i) => i >= last && what === 'returned')
  const returned = (entries as readonly Entry[])[at]
  if (stuckAt === undefined && returned?.[2] === 'returned') {
    const { type, value } = returned[5] as Result
    if (type !== 'Done' || value === null || typeof value === 'string') return undefined
    return { entry: at, expected: 'a string as the value, or null where there is none', got: String(value) }
  }
  const expected = `an answer: n1 leads, and a majority of ${setup.nodes} nodes has heard it since`
  return { entry: entries.length - 1, expected, got: 'none' }
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('What clients see is one copy', async (tools) => {
  const writer = [append('a;', 1, 1), append('b;', 1, 2)]
  await scriptsKeep(RULES.linearizable, tools, [
    // n1 has been deposed, and does not know.
    script(
      [
        ...settled(0, 1),
        call(0, 0, 0),
        ...round(0, 1),
        ...settled(1, 2),
        call(1, 0, 1),
        ...round(1, 2),
        call(0, 1, 0),
        speak(0),
      ],
      [writer, [GET]],
    ),
    // n2 has the entry, and does not know that it is committed.
    script(
      [...settled(0, 1), call(0, 0, 0), ...round(0, 1), ...elect(1, 2), call(1, 1, 0), ...round(1, 2)],
      [writer, [GET]],
    ),
    // What n1 has proposed is replaced by what n2 proposes.
    script(
      [
        ...settled(0, 1),
        call(0, 0, 0),
        ...elect(1, 2),
        call(1, 1, 0),
        ...round(1, 2),
        ...round(1, 2),
        ['drain', 0],
        ...round(1, 0),
        ...round(1, 0),
        call(1, 2, 0),
        ...round(1, 0),
      ],
      [writer, [append('c;', 2, 1)], [GET]],
    ),
    // n1 goes away before it has answered, and n2 knows what it would have said.
    script(
      [
        ...settled(0, 1),
        call(0, 0, 0),
        ...round(0, 1),
        call(0, 1, 0),
        speak(0),
        ['drain', 1],
        ['crash', 0],
        ...settled(1, 2),
        call(1, 1, 0),
        ...round(1, 2),
      ],
      [writer, [append('c;', 2, 1)]],
    ),
    // What is put takes the place of what was there.
    script(
      [...settled(0, 1), ...[0, 1, 2].flatMap((one) => [call(0, 0, one), ...round(0, 1)])],
      [[append('a;', 1, 1), { type: 'Put', key: 'x', value: 'p;', client: 1, sequence: 2 }, GET]],
    ),
    // Only n1 has it, and goes away.
    script(
      [...settled(0, 1), call(0, 0, 0), ['crash', 0], ...settled(1, 2), call(1, 1, 0), ...round(1, 2)],
      [writer, [GET]],
    ),
  ])
  await walksKeep(tools, 'linearizable')
  await runsKeep(tools, 'linearizable')
})

const A = append('a;', 7, 1)
const LATER = [append('b;', 7, 2), append('c;', 7, 3)]

test('A command is executed once', async (tools) => {
  const ask = (node: number, command: number): Move => ['ask', node, command]
  const look = (leader: number, other: number): Move[] => [call(leader, 0, 0), ...round(leader, other)]
  const commands = [A, A, ...LATER, A]
  await scriptsKeep(RULES.once, tools, [
    script([...settled(0, 1), ask(0, 0), ...round(0, 1), ask(0, 1), ...round(0, 1), ...look(0, 1)], [[GET]], commands),
    // Both are in the log before either is committed.
    script([...settled(0, 1), ask(0, 0), ask(0, 1), ...round(0, 1), ...look(0, 1)], [[GET]], commands),
    // One by each of two leaders.
    script(
      [
        ...settled(0, 1),
        ask(0, 0),
        speak(0),
        ['drain', 1],
        ...elect(1, 2),
        ask(1, 1),
        ...round(1, 2),
        ...round(1, 2),
        ...look(1, 2),
      ],
      [[GET]],
      commands,
    ),
    // After a crash: with a snapshot behind it, and without one.
    ...[[0], [0, 2, 3]].map((first) =>
      script(
        [
          ...settled(0, 1),
          ...first.flatMap((one) => [ask(0, one), ...round(0, 1)]),
          ['crash', 0],
          ['restart', 0],
          ...settled(0, 1),
          ask(0, first.at(-1) === 0 ? 1 : 5),
          ...round(0, 1),
          ...look(0, 1),
        ],
        [[GET]],
        [...commands, LATER[1] as Command],
      ),
    ),
    // A copy of one that is not the last.
    script(
      [...settled(0, 1), ...[0, 2, 3, 4].flatMap((one) => [ask(0, one), ...round(0, 1)]), ...look(0, 1)],
      [[GET]],
      commands,
    ),
  ])
  await walksKeep(tools, 'once')
  await runsKeep(tools, 'once')
})

test('A retry is told what the first was told', async (tools) => {
  const ask = (node: number, command: number): Move => ['ask', node, command]
  const other = append('d;', 8, 1)
  const commands = [A, other, A, append('e;', 8, 1)]
  await scriptsKeep(RULES.alike, tools, [
    script([...settled(0, 1), ...[0, 1, 2].flatMap((one) => [ask(0, one), ...round(0, 1)])], [], commands),
    script([...settled(0, 1), ...[1, 0, 2].flatMap((one) => [ask(0, one), ...round(0, 1)])], [], commands),
    script([...settled(0, 1), ask(0, 0), ask(0, 1), ask(0, 2), ...round(0, 1)], [], commands),
    script(
      [
        ...settled(0, 1),
        ...[0, 1].flatMap((one) => [ask(0, one), ...round(0, 1)]),
        ...settled(1, 2),
        ask(1, 2),
        ...round(1, 2),
      ],
      [],
      commands,
    ),
    // The same number of another client is another write.
    script([...settled(0, 1), ask(0, 0), ...round(0, 1), ask(0, 1), ...round(0, 1)], [], commands),
  ])
  await scriptsKeep(isTold, tools, [
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1), call(0, 1, 0), ...round(0, 1)], [[A], [other]]),
  ])
})

test('Who does not lead says who does', async (tools) => {
  await scriptsKeep(RULES.sendsOn, tools, [
    script([call(0, 0, 0), call(0, 1, 0)], [[GET], [A]]),
    script([...settled(0, 1), call(1, 0, 0), call(1, 1, 0), call(2, 2, 0)], [[GET], [A], [GET]]),
    script([['until', 0, 'RequestVote'], call(0, 0, 0)], [[GET]]),
  ])
  await walksKeep(tools, 'sendsOn')
})

test('Who asks a leader is answered', async (tools) => {
  await scriptsKeep(isTold, tools, [
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1)], [[GET]]),
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1)], [[A]]),
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1), call(0, 0, 1), ...round(0, 1)], [[A, GET]]),
    // It was asked before its own first entry was committed.
    script([...elect(0, 1), call(0, 0, 0), ...round(0, 1), ...round(0, 1), ...round(0, 1)], [[GET]]),
  ])
  await runsKeep(tools, 'answered')
})
