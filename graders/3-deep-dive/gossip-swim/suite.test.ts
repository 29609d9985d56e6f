// Clusters are run by the clock, with and without losses, crashes, and deaf links; what concerns one node alone is told to
// it by hand. What is a matter of chance is asked for with bounds that a right node passes by far.

import { everyScript, type Fault, isRepeatable, type Move, mustHaveSeen, noRun, survey } from '../../kit/simulate.ts'
import type { ScriptInput, TimedInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import { nameOf } from '../../kit/world/cluster.ts'
import type * as driver from './driver.ts'
import {
  MAX_STEPS,
  type Message,
  PERIOD_MS,
  RUN_RULES,
  type Rule,
  rounds,
  run,
  runsFor,
  type State,
  TICK_MS,
  type Update,
  type View,
} from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

const HELPERS = 3
const MAX_UPDATES = 6
const retransmits = (nodes: number): number => 4 * rounds(nodes)
const tellView = ({ suspects, dead }: View, node: string): string | undefined => {
  const says = [
    ...(suspects.length === 0 ? [] : [`suspects ${suspects.join(', ')}`]),
    ...(dead.length === 0 ? [] : [`holds ${dead.join(', ')} for dead`]),
  ]
  return says.length === 0 ? undefined : `${node} ${says.join(' and ')}`
}

// ---- runs --------------------------------------------------------------------------------------------------------

async function runsKeep(tools: Given, inputs: readonly TimedInput[], check: Rule): Promise<void> {
  const { timed } = tools.subject
  const { failing } = await survey(tools, timed, inputs, { check }, 4)
  await noRun(tools, { timed, inputs, check, tellView }, failing['check'] ?? [])
}

const storms: Rule = ({ end, counts }) =>
  end === 'storm'
    ? { entry: -1, expected: `fewer than ${MAX_STEPS} steps`, got: `a storm of ${counts.sent} messages` }
    : undefined

// ---- crashes -----------------------------------------------------------------------------------------------------

async function crashesKeep(tools: Given, name: keyof typeof RUN_RULES): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await survey(tools, timed, runsFor(seed), RUN_RULES, 4)),
  }))
  await noRun(tools, { timed, inputs: runsFor(seed), check: RUN_RULES[name], tellView }, failing[name] ?? [])
  mustHaveSeen(tally, 'crashes')
}

// ---- scripts -----------------------------------------------------------------------------------------------------

const about = (node: number, state: State, incarnation: number): Update => ({ node: nameOf(node), state, incarnation })

const hears = (to: number, from: number, ...updates: readonly Update[]): Move => [
  'tell',
  to,
  from,
  { type: 'Ping', seq: 77, updates } satisfies Message,
]

function alone(nodes: number, ...moves: readonly Move[]): ScriptInput {
  return { nodes, seed: 1, peers: [null, ...Array.from({ length: nodes - 1 }, () => 'mute')], keepsAll: true, moves }
}

async function scriptsKeep(tools: Given, inputs: readonly ScriptInput[], check: Rule): Promise<void> {
  const { script, replay } = tools.subject
  await everyScript(tools, { script, replay, inputs, check })
}

// ---- rules for every run -----------------------------------------------------------------------------------------

/** A node's incarnation never falls, and is higher in each life than in the one before. */
const rising: Rule = ({ entries }) => {
  const own = new Map<number, number>()
  const booted = new Set<number>()
  for (const [i, [, , what, node, view]] of entries.entries()) {
    if (what === 'boot' && view > 1) booted.add(node)
    if (what !== 'view') continue
    const last = own.get(node)
    const least = last === undefined ? 0 : booted.delete(node) ? last + 1 : last
    if (view.incarnation < least)
      return {
        entry: i,
        expected: `${nameOf(node)} in incarnation ${least} or a later one: its last was ${last}`,
        got: `incarnation ${view.incarnation}`,
      }
    own.set(node, view.incarnation)
  }
  return undefined
}

/** Nobody speaks of an incarnation before its owner is in it. */
const itsOwn: Rule = ({ entries }) => {
  const own = new Map<string, number>()
  for (const [i, entry] of entries.entries()) {
    if (entry[2] === 'view') own.set(nameOf(entry[3]), entry[4].incarnation)
    if (entry[2] !== 'sent') continue
    const speaker = nameOf(entry[3])
    for (const { node, state, incarnation } of entry[5].updates) {
      const last = own.get(node) ?? 0
      if (speaker === node || incarnation <= last) continue
      return {
        entry: i,
        expected: `nobody speaks of incarnation ${incarnation} of ${node} before ${node} does: its own is ${last}`,
        got: `${speaker} says: ${node} ${state}@${incarnation}`,
      }
    }
  }
  return undefined
}

/** No message carries more than it may, and nobody tells one thing more often than it may while it learns nothing new. */
const bounded: Rule = ({ entries }, { nodes }) => {
  const told = new Map<string, number>()
  for (const [i, entry] of entries.entries()) {
    const [, , what, node] = entry
    if (what === 'view') for (const key of told.keys()) if (key.startsWith(`${node} `)) told.delete(key)
    if (what !== 'sent') continue
    const { updates } = entry[5]
    if (updates.length > MAX_UPDATES)
      return { entry: i, expected: `at most ${MAX_UPDATES} news in a message`, got: `${updates.length}` }
    for (const update of updates) {
      const key = `${node} ${update.node} ${update.state} ${update.incarnation}`
      const times = (told.get(key) ?? 0) + 1
      told.set(key, times)
      if (times > retransmits(nodes))
        return {
          entry: i,
          expected: `${nameOf(node)} of ${nodes} tells one piece of news ${retransmits(nodes)} times at most`,
          got: `${update.node} ${update.state}@${update.incarnation}, once more`,
        }
    }
  }
  return undefined
}

// ---- promises ----------------------------------------------------------------------------------------------------

interface Probe {
  readonly at: number
  readonly to: number
  readonly entry: number
}

function probesOf({ entries }: Parameters<Rule>[0]): Map<number, Probe[]> {
  const probes = new Map<number, Probe[]>()
  for (const [i, [, at, what, node, to, message]] of entries.entries())
    if (what === 'sent' && message.type === 'Ping')
      probes.set(node, [...(probes.get(node) ?? []), { at, to, entry: i }])
  return probes
}

/** One probe a period, and in any two rounds each other has its turn. */
const inTurn: Rule = (history, { nodes }) => {
  const { entries, end } = history
  if (end === 'storm') return storms({ entries, end, counts: { sent: 0 } } as never, { nodes, seed: 0 })
  const probes = probesOf(history)
  const lastAt = entries.at(-1)?.[1] ?? 0
  for (let node = 0; node < nodes; node++) {
    const own = probes.get(node) ?? []
    for (const [k, { at, entry }] of own.entries()) {
      const beforeMs = at - (own[k - 1]?.at ?? 0)
      const isFirst = k === 0
      if (beforeMs > PERIOD_MS + TICK_MS || (!isFirst && beforeMs < PERIOD_MS - TICK_MS))
        return {
          entry,
          expected: `one probe of ${nameOf(node)} in each ${PERIOD_MS} ms`,
          got: `its ${isFirst ? 'first' : 'next'} after ${Math.round(beforeMs)} ms`,
        }
    }
    if (own.length === 0 || lastAt - (own.at(-1)?.at ?? 0) > PERIOD_MS + TICK_MS)
      return { entry: -1, expected: `a probe of ${nameOf(node)} in each period`, got: `none after probe ${own.length}` }
    const window = 2 * (nodes - 1) - 1
    for (let other = 0; other < nodes; other++) {
      let gap = 0
      for (const { to, entry } of own) {
        gap = to === other ? 0 : gap + 1
        if (other !== node && gap >= window + 1)
          return {
            entry,
            expected: `${nameOf(node)} probes ${nameOf(other)} among any ${window} probes, in turn`,
            got: `${gap} probes of others`,
          }
      }
    }
  }
  return undefined
}

/** By then whoever crashed at the beginning is held for dead by all. */
const BURIED_MS = 25_000

/** Two are left of many: each has the other's answer each period. */
const goesOn: Rule = (history) => {
  const probes = probesOf(history)
  const endMs = history.entries.at(-1)?.[1] ?? 0
  for (const node of [0, 1]) {
    let beforeMs = BURIED_MS
    const late = [...(probes.get(node) ?? []), { at: endMs, entry: -1 }].find(({ at }) => {
      const isLate = at - Math.max(beforeMs, BURIED_MS) > PERIOD_MS + TICK_MS
      beforeMs = at
      return isLate
    })
    if (late !== undefined)
      return {
        entry: late.entry,
        expected: `a probe of ${nameOf(node)} in each ${PERIOD_MS} ms, of the one that is left`,
        got: `none before ${Math.round(late.at)} ms`,
      }
  }
  return undefined
}

test('Everybody is probed in turn, one each period', async (tools) => {
  await isRepeatable(tools, tools.subject.timed, run(5, tools.seed, 5_000))
  await runsKeep(
    tools,
    [
      run(2, tools.seed, 8_000, { keepsAll: true }),
      run(4, tools.seed, 30_000, { keepsAll: true, peers: [null, 'ticks'] }),
      run(9, tools.seed + 1, 50_000, { keepsAll: true }),
    ],
    inTurn,
  )
  const gone = [2, 3, 4, 5].map((node): Fault => ({ atMs: 2_000, what: 'crash', node, forMs: 900_000, keeps: 0 }))
  await runsKeep(tools, [run(6, tools.seed, 45_000, { keepsAll: true, faults: gone })], goesOn)
  // Who is alone has nobody to probe, and lives.
  await runsKeep(tools, [run(1, tools.seed, 4_000)], storms)
  // Every ping is acknowledged, in its own name and with its own number.
  await scriptsKeep(tools, [alone(3, hears(0, 1)), alone(3, hears(0, 2, about(1, 'suspect', 0)))], acknowledged)
})

const acknowledged: Rule = ({ entries }) => {
  const got = entries.findIndex(([, , what]) => what === 'got')
  const [step, , , , from] = entries[got] ?? []
  const answers = entries.filter((entry) => entry[0] === step && entry[2] === 'sent' && entry[4] === from)
  const ack = answers.find((entry) => (entry[5] as Message).type === 'Ack') ?? answers[0]
  const message = ack?.[5] as Message | undefined
  if (got < 0 || (message?.type === 'Ack' && message.seq === 77 && message.target === 'n1')) return undefined
  const said =
    message === undefined ? 'none' : `${message.type} ${'target' in message ? message.target : ''} ${message.seq}`
  return { entry: got, expected: `Ack n1 77 for n${Number(from) + 1}, at once`, got: said }
}

/** Where helpers can reach whom oneself cannot, nobody is ever suspected. */
const unsuspected: Rule = ({ entries }) => {
  for (const [i, [, , what, node, view]] of entries.entries())
    if (what === 'view' && view.suspects.length + view.dead.length > 0)
      return {
        entry: i,
        expected: 'nobody is suspected: everybody can be reached, through others at least',
        got: `${nameOf(node)} suspects ${[...view.suspects, ...view.dead].join(', ')}`,
      }
  return undefined
}

/** Helpers are asked after the time-out, as many as there should be, each once, and not whom it is about. */
const asksHelpers: Rule = ({ entries }, { nodes }) => {
  const wanted = Math.min(HELPERS, nodes - 2)
  const asked = new Map<number, { entry: number; node: number; to: number[]; target: string }>()
  for (const [i, [step, , what, node, to, message]] of entries.entries()) {
    if (what !== 'sent' || message.type !== 'PingReq') continue
    const one = asked.get(step) ?? { entry: i, node, to: [], target: message.target }
    one.to.push(to)
    asked.set(step, one)
  }
  for (const { entry, node, to, target } of asked.values()) {
    const others = new Set(to.filter((one) => nameOf(one) !== target))
    if (others.size !== wanted || to.length !== wanted)
      return {
        entry,
        expected: `${nameOf(node)} asks ${wanted} others, each once, to ping ${target}`,
        got: `it asks ${to.map(nameOf).join(', ')}`,
      }
  }
  return undefined
}

/** An ack of another than is probed is no answer: helpers are asked in the same period. */
const stillSilent =
  (acked: number): Rule =>
  (history) => {
    const [first, second] = probesOf(history).get(0) ?? []
    if (first === undefined || first.to === acked || second === undefined) return undefined
    return {
      entry: second.entry,
      expected: `n1 asks others to ping ${nameOf(first.to)}, which has not answered; ${nameOf(acked)} has`,
      got: `it goes on, to ${nameOf(second.to)}`,
    }
  }

test('Who is silent is asked for by others before it is suspected', async (tools) => {
  const deaf = (from: number, to: number): Fault => ({ atMs: 0, what: 'one-way', from: [from], to: [to] })
  const inputs = [
    run(5, tools.seed, 14_000, { faults: [deaf(0, 2)], keepsAll: true }),
    run(5, tools.seed + 1, 14_000, { faults: [deaf(0, 2), deaf(2, 0)], keepsAll: true }),
    run(3, tools.seed + 2, 9_000, { faults: [deaf(1, 0)], keepsAll: true }),
    run(6, tools.seed + 3, 14_000, { faults: [deaf(4, 1)], keepsAll: true, peers: ['ticks', null, 'ticks'] }),
    // Where messages take their time, a helper comes into its own next period meanwhile.
    ...Array.from({ length: 24 }, (_, i) =>
      run(3, tools.seed + i, 7_000, { faults: [deaf(0, 1), deaf(1, 0)], delayMs: [70, 100], keepsAll: true }),
    ),
  ]
  await runsKeep(tools, inputs, unsuspected)
  await runsKeep(tools, inputs, asksHelpers)
  // One of the two is not whom it probes.
  for (const acked of [1, 2])
    await scriptsKeep(
      tools,
      [
        alone(
          5,
          ['until', 0, 'Ping'],
          ['tell', 0, acked, { type: 'Ack', seq: 77, target: nameOf(acked), updates: [] } satisfies Message],
          ['until', 0, 'PingReq'],
        ),
      ],
      stillSilent(acked),
    )
})

test('A crash is noticed within a few periods, however many there are', async (tools) => {
  await crashesKeep(tools, 'noticed')
})

test('News reach everybody in a logarithm of periods', async (tools) => {
  await crashesKeep(tools, 'spreads')
})

const LOSS = 0.1
const LOSSY = [12, 12, 12, 24] as const

const nobodyBuried: Rule = ({ entries }) => {
  for (const [i, [, at, what, node, view]] of entries.entries())
    if (what === 'view' && view.dead.length > 0)
      return {
        entry: i,
        expected: 'nobody is held for dead: all are up',
        got: `${nameOf(node)} holds ${view.dead.join(', ')} for dead at ${Math.round(at)} ms`,
      }
  return undefined
}

test('Nobody who lives is held for dead', async (tools) => {
  await runsKeep(
    tools,
    LOSSY.map((nodes, i) => run(nodes, tools.seed + i, 60_000, { lost: LOSS })),
    nobodyBuried,
  )
  await crashesKeep(tools, 'patient')
  // One accusation is one, however often it comes.
  const again = [1, 2, 3, 4, 5, 6].map((from) => hears(0, from, about(7, 'suspect', 0)))
  await scriptsKeep(tools, [alone(8, ...again)], nobodyBuried)
})

/** Who is accused is in a higher incarnation than the accusation's, and says so with the next message. */
const clears =
  (accused: number): Rule =>
  ({ entries }) => {
    const last = entries.findLast((entry) => entry[2] === 'sent' && entry[3] === 0)
    const view = entries.findLast((entry) => entry[2] === 'view' && entry[3] === 0)
    const said = last?.[2] === 'sent' ? last[5].updates : []
    const word = said.find(({ node }) => node === 'n1')
    const incarnation = view?.[2] === 'view' ? view[4].incarnation : -1
    if (incarnation > accused && word?.state === 'alive' && word.incarnation === incarnation) return undefined
    return {
      entry: -1,
      expected: `n1 says: n1 alive@${accused + 1}, or higher`,
      got: `incarnation ${incarnation}, and ${word === undefined ? 'not a word of itself' : `n1 ${word.state}@${word.incarnation}`}`,
    }
  }

test('Who is accused clears itself, by a higher incarnation', async (tools) => {
  for (const state of ['suspect', 'dead'] as const)
    for (const accused of [0, 1, 7])
      await scriptsKeep(tools, [alone(4, hears(0, 1, about(0, state, accused)))], clears(accused))
  await scriptsKeep(
    tools,
    [alone(4, hears(0, 1, about(0, 'suspect', 0)), hears(0, 2, about(0, 'suspect', 1)))],
    clears(1),
  )
  const inputs = [
    run(8, tools.seed, 40_000, { lost: 0.25, keepsAll: true }),
    run(6, tools.seed + 1, 40_000, { lost: 0.25, keepsAll: true, peers: [null, 'ticks', null, 'ticks'] }),
  ]
  await runsKeep(tools, inputs, rising)
  await runsKeep(tools, inputs, itsOwn)
})

const RANK: Record<State, number> = { alive: 0, suspect: 1, dead: 2 }
const STATES: readonly State[] = ['alive', 'suspect', 'dead']

/** n1 shows the newer of two pieces of news of n2. */
const shows =
  (expected: State, why: string): Rule =>
  ({ entries }) => {
    const at = entries.findLastIndex((entry) => entry[2] === 'view' && entry[3] === 0)
    const view = entries[at]
    if (view?.[2] !== 'view') return undefined
    const { suspects, dead } = view[4]
    const got: State = dead.includes('n2') ? 'dead' : suspects.includes('n2') ? 'suspect' : 'alive'
    return got === expected ? undefined : { entry: -1, expected: `n2 is ${expected} for n1: ${why}`, got }
  }

test('The newer word counts', async (tools) => {
  for (const before of STATES)
    for (const after of STATES)
      for (const incarnation of [0, 1, 2]) {
        const isNewer = incarnation > 1 || (incarnation === 1 && RANK[after] > RANK[before])
        await scriptsKeep(
          tools,
          [alone(4, hears(0, 2, about(1, before, 1)), hears(0, 3, about(1, after, incarnation)))],
          shows(isNewer ? after : before, `it hears ${before}@1, then ${after}@${incarnation}`),
        )
      }
})

const CROWD = 20

/** Each piece of news has its turn before any has another, and no message leaves room for what is waiting. */
const fairly: Rule = ({ entries }) => {
  const told = new Map<string, number>(Array.from({ length: CROWD - 1 }, (_, i) => [nameOf(i + 1), 0]))
  let acks = 0
  let waiting = 0
  for (const [i, entry] of entries.entries()) {
    if (entry[2] === 'view' && entry[3] === 0) waiting = entry[4].suspects.length
    if (entry[2] !== 'sent' || entry[3] !== 0) continue
    acks++
    const { type, updates } = entry[5]
    const { length } = updates
    // Whether it tells at all is another promise's matter.
    if (type === 'Ack' && length > 0 && length < Math.min(waiting, MAX_UPDATES))
      return { entry: i, expected: `${MAX_UPDATES} news in a message: ${waiting} are waiting`, got: `${length}` }
    for (const { node } of updates) told.set(node, (told.get(node) ?? 0) + 1)
  }
  const [[least, few], [most, many]] = [...told]
    .toSorted((a, b) => a[1] - b[1])
    .flatMap((one, i, all) => (i === 0 || i === all.length - 1 ? [one] : [])) as [[string, number], [string, number]]
  if (many - few <= 1) return undefined
  return {
    entry: -1,
    expected: `${told.size} pieces of news in ${acks} messages, the least told first: none twice as long as another waits`,
    got: `that of ${most} ${many} times, and that of ${least} ${few} times`,
  }
}

const bothOf =
  (one: Rule, other: Rule): Rule =>
  (history, setup) =>
    one(history, setup) ?? other(history, setup)

/** The one piece of news that there is rides on every message until it has been told often enough. */
const toldUp: Rule = ({ entries }, { nodes }) => {
  let times = 0
  for (const [i, entry] of entries.entries()) {
    if (entry[2] !== 'sent' || entry[3] !== 0) continue
    if (entry[5].updates.some(({ state }) => state === 'suspect')) times++
    // Whether it tells at all is another promise's matter.
    else if (times > 0 && times < retransmits(nodes))
      return {
        entry: i,
        expected: `n1 of ${nodes} tells it ${retransmits(nodes)} times`,
        got: `no more after ${times}`,
      }
  }
  return undefined
}

test('News ride along, the least told first, and not for ever', async (tools) => {
  const crowd = Array.from({ length: CROWD - 1 }, (_, i) => about(i + 1, 'suspect', 0))
  const told = [0, 6, 12, 18].map((from) => hears(0, 1, ...crowd.slice(from, from + 6)))
  const more = Array.from({ length: 9 }, (_, i) => hears(0, 2 + i))
  await scriptsKeep(tools, [alone(CROWD, ...told, ...more)], fairly)
  const many = Array.from({ length: 60 }, (_, i) => hears(0, 1 + (i % 3)))
  for (const nodes of [3, 4])
    await scriptsKeep(
      tools,
      [alone(nodes, hears(0, 1, about(2, 'suspect', 0)), ...many.map((_, i) => hears(0, 1 + (i % 2))))],
      bothOf(toldUp, bounded),
    )
  await runsKeep(
    tools,
    [
      run(12, tools.seed, 25_000, {
        keepsAll: true,
        faults: [2, 3, 4, 5, 6, 7, 8].map((node) => ({ atMs: 3_000, what: 'crash', node, forMs: 900_000, keeps: 0 })),
      }),
    ],
    bounded,
  )
})

/** Long enough for all to have buried it. */
const LONG_MS = 30_000

/** At the end everybody is up, and taken for it. */
const allBack: Rule = ({ entries }, { nodes }) => {
  const views = new Map<number, View>()
  for (const [, , what, node, view] of entries) if (what === 'view') views.set(node, view)
  for (let node = 0; node < nodes; node++) {
    const { suspects = [], dead = [] } = views.get(node) ?? {}
    if (suspects.length + dead.length > 0)
      return {
        entry: -1,
        expected: `${nameOf(node)} holds all for alive again: they have been back for a while`,
        got: `${tellView({ incarnation: 0, suspects, dead }, nameOf(node))}`,
      }
  }
  return undefined
}

test('Who comes back is taken back', async (tools) => {
  const comesBack = (node: number, atMs: number, forMs: number, more: object = {}): Fault =>
    ({ atMs, what: 'crash', node, forMs, keeps: 0, ...more }) as Fault
  const inputs = [
    run(8, tools.seed, 3_000 + LONG_MS + 20_000, { keepsAll: true, faults: [comesBack(1, 3_000, LONG_MS)] }),
    run(5, tools.seed + 1, 30_000, { keepsAll: true, faults: [comesBack(1, 3_000, 100), comesBack(2, 5_000, 60)] }),
    run(5, tools.seed + 2, 60_000, {
      keepsAll: true,
      faults: [comesBack(3, 2_000, 16_000), comesBack(3, 26_000, 16_000)],
    }),
    // Twice in one breath, and in the midst of what it does first.
    run(4, tools.seed + 3, 20_000, {
      keepsAll: true,
      faults: [comesBack(0, 2_000, 50), comesBack(0, 2_040, 50, { cut: 1 }), comesBack(0, 2_200, 50)],
    }),
  ]
  await runsKeep(tools, inputs, allBack)
  await runsKeep(tools, inputs, rising)
  // It has raised its incarnation itself, and has to remember that.
  await scriptsKeep(tools, [alone(4, hears(0, 1, about(0, 'suspect', 5)), ['crash', 0], ['restart', 0])], rising)
})
