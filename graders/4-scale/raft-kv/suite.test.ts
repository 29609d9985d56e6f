// Clients ask, again and of others, while the cluster crashes, parts and elects. What they were told has to be what one copy
// would have told them: held against a checker for linearizability, with schedules for each trap beside it.

import type { Model } from '../../kit/history/models.ts'
import type { LogMessage, LogView } from '../../kit/raft/replicated-log.ts'
import {
  type Check,
  type Entry,
  everyScript,
  isRepeatable,
  type Move,
  mustHaveSeen,
  noRun,
  noWalk,
  type Profile,
  planFor,
  survey,
} from '../../kit/simulate.ts'
import type { ScriptInput, TimedInput, WalkInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import { asOneCopy } from '../../kit/world/operations.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>
type Rule = Check<LogView, LogMessage>
type Command =
  | { readonly type: 'Get'; readonly key: string }
  | {
      readonly type: 'Put' | 'Append'
      readonly key: string
      readonly value: string
      readonly client: number
      readonly sequence: number
    }
type Result = { readonly type: string; readonly value?: string | null; readonly leader?: string | null }

// ---- what must hold ----------------------------------------------------------------------------------------------

/** One key of one copy: each write is told what was there before it. */
const copy: Model<string | null, Command, string | null> = {
  init: null,
  apply(state, command) {
    if (command.type === 'Get') return { state, output: state }
    return { state: command.type === 'Put' ? command.value : `${state ?? ''}${command.value}`, output: state }
  },
  partOf: ({ key }) => key,
  tell(command, output) {
    const answer = output === undefined ? '' : ` → ${output.value === null ? 'nothing' : `'${output.value}'`}`
    const value = command.type === 'Get' ? '' : `, '${command.value}'`
    return `${command.type.toLowerCase()}('${command.key}'${value})${answer}`
  },
}

/** Values are made of marks that are written once each, so that one that is there twice was executed twice. */
const marksOf = (value: string): string[] => value.split(';').slice(0, -1)

/** Nobody is told of a value that was written twice. */
const once: Rule = ({ entries }) => {
  for (const [i, entry] of (entries as readonly Entry[]).entries()) {
    if (entry[2] !== 'replied') continue
    const { value } = entry[5] as Result
    if (typeof value !== 'string') continue
    const marks = marksOf(value)
    const twice = marks.find((mark, place) => marks.indexOf(mark) !== place)
    if (twice !== undefined)
      return { entry: i, expected: `'${twice};' once: it was asked for once`, got: `the value is '${value}'` }
  }
  return undefined
}

const oneCopy = asOneCopy(copy, {
  input: (command) => command as Command,
  output: (result) => (result as Result).value ?? null,
})

/** What was executed twice, and what a retry is told, is another promise's matter. */
const linearizable: Rule = (history, setup) =>
  once(history, setup) === undefined && alike(history, setup) === undefined ? oneCopy(history) : undefined

/** Requests of one write are answered alike, whoever answers, as far as they are; and never with what came of it. */
const alike: Rule = ({ entries }) => {
  const asked = new Map<number, Command>()
  const told = new Map<string, Result>()
  for (const [i, entry] of (entries as readonly Entry[]).entries()) {
    if (entry[2] === 'asked') asked.set(entry[4], entry[5] as Command)
    if (entry[2] !== 'replied') continue
    const command = asked.get(entry[4])
    const result = entry[5] as Result
    if (command === undefined || command.type === 'Get' || result.type !== 'Done') continue
    const isOwn = marksOf(result.value ?? '').includes(command.value.slice(0, -1))
    if (isOwn)
      return {
        entry: i,
        expected: `write ${command.sequence} of client ${command.client} is told what was there before it`,
        got: `it is told ${tell(result)}, which holds its own '${command.value}'`,
      }
    const write = `${command.client}, ${command.sequence}`
    const first = told.get(write)
    if (first !== undefined && first.value !== result.value)
      return {
        entry: i,
        expected: `write ${command.sequence} of client ${command.client} is told again that before it was ${tell(first)}`,
        got: tell(result),
      }
    told.set(write, result)
  }
  return undefined
}

const tell = ({ value }: Result): string => (value === null || value === undefined ? 'nothing' : `'${value}'`)

/** Who does not lead says so at once, and who does; a write that is done already it may answer. */
const sendsOn: Rule = ({ entries }) => {
  const views = new Map<number, LogView>()
  const list = entries as readonly Entry<LogView, LogMessage>[]
  for (const [i, entry] of list.entries()) {
    if (entry[2] === 'boot') views.delete(entry[3])
    if (entry[2] === 'view') views.set(entry[3], entry[4])
    if (entry[2] !== 'asked') continue
    const [step, , , node, request] = entry
    const view = views.get(node)
    if (view === undefined || view.role === 'leader') continue
    const at = list.findIndex((one, j) => j > i && one[0] === step && one[2] === 'replied' && one[4] === request)
    const result = list[at]?.[5] as Result | undefined
    if (result?.type === 'Done' && (entry[5] as Command).type !== 'Get') continue
    if (result?.type === 'NotLeader' && result.leader === view.leader) continue
    return {
      entry: at < 0 ? i : at,
      expected: `n${node + 1} does not lead, and says so: its leader is ${view.leader ?? 'not known'}`,
      got:
        result === undefined
          ? 'no answer'
          : result.type === 'Done'
            ? `the answer ${tell(result)}`
            : `it says that the leader is ${result.leader ?? 'not known'}`,
    }
  }
  return undefined
}

const CHAOS_MS = 2_500
const QUIET_MS = 2_500

/** When all is well again, every client is answered. */
const answered: Rule = ({ entries, end, counts }, { clients = [] }) => {
  if (end === 'storm') return { entry: -1, expected: 'an end', got: `a storm of ${counts.sent} messages` }
  const well = new Set<number>()
  for (const entry of entries as readonly Entry[])
    if (entry[2] === 'returned' && entry[1] >= CHAOS_MS) well.add(entry[3])
  const left = clients.findIndex((_, client) => !well.has(client))
  if (left < 0) return undefined
  return { entry: -1, expected: `client ${left + 1} is answered when all is well`, got: 'it never is' }
}

// ---- clients -----------------------------------------------------------------------------------------------------

const KEYS = ['x', 'y']

/** They write and read by turns, each mark once; nothing is overwritten, so that what was executed twice stays visible. */
function scriptsFor(clients: number, operations: number, seed: number): Command[][] {
  return Array.from({ length: clients }, (_, client) =>
    Array.from({ length: operations }, (_, i): Command => {
      const key = KEYS[(client + i + seed) % 5 === 0 ? 1 : 0] as string
      if (((3 * client + 5 * i + seed) % 7) % 2 === 0) return { type: 'Get', key }
      const value = `${client + 1}.${i + 1};`
      return { type: 'Append', key, value, client: client + 1, sequence: i + 1 }
    }),
  )
}

const RULES = { linearizable, once, alike, sendsOn } satisfies Record<string, Rule>
type RuleName = keyof typeof RULES

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

const PROFILES: readonly Profile[] = ['swarm', 'hunter', 'blackout', 'hunter']

function runsFor(seed: number): TimedInput[] {
  return PROFILES.map((profile, i) => {
    const nodes = i === 3 ? 5 : 3
    const scale = { nodes, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 300 }
    return {
      nodes,
      seed: (seed + i) | 0,
      plan: planFor(profile, (seed + i) | 0, scale),
      maxSteps: 40_000,
      clients: scriptsFor(4, 120, i),
      pace: { thinkMs: 80, patienceMs: 250, attempts: 5 },
    }
  })
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

const RUN_RULES = { ...RULES, answered } satisfies Record<string, Rule>

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
  const isReturned = (entries as readonly Entry[]).slice(last).some(([, , what]) => what === 'returned')
  if (stuckAt === undefined && isReturned) return undefined
  const expected = `an answer: n1 leads, and a majority of ${setup.nodes} nodes has heard it since`
  return { entry: entries.length - 1, expected, got: 'none' }
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('What clients see is one copy', async (tools) => {
  const writer = [append('a;', 1, 1), append('b;', 1, 2)]
  await scriptsKeep(linearizable, tools, [
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
  await scriptsKeep(once, tools, [
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
  await scriptsKeep(alike, tools, [
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
  await scriptsKeep(sendsOn, tools, [
    script([call(0, 0, 0), call(0, 1, 0)], [[GET], [A]]),
    script([...settled(0, 1), call(1, 0, 0), call(1, 1, 0), call(2, 2, 0)], [[GET], [A], [GET]]),
    script([['until', 0, 'RequestVote'], call(0, 0, 0)], [[GET]]),
  ])
  await walksKeep(tools, 'sendsOn')
})

test('Who asks a leader is answered', async (tools) => {
  await scriptsKeep(isTold, tools, [
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1)], [[GET]]),
    script([...settled(0, 1), call(0, 0, 0), ...round(0, 1), call(0, 0, 1), ...round(0, 1)], [[A, GET]]),
    // It was asked before its own first entry was committed.
    script([...elect(0, 1), call(0, 0, 0), ...round(0, 1), ...round(0, 1), ...round(0, 1)], [[GET]]),
  ])
  await runsKeep(tools, 'answered')
})
