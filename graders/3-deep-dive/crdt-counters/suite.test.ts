// Counters are called one by one, each promise in a setting in which breaking another does not show: laws are tried on a
// counter that has counted nothing itself and are held against themselves, a value against the entries beside it. Nodes live
// in the simulated world; what they show is held against what has reached them, whatever the network made of it.

import {
  type Broken,
  everySchedule,
  everyScript,
  type History,
  isRepeatable,
  type Move,
  mustHaveSeen,
  noRun,
  noWalk,
  type Plan,
  planFor,
  survey,
} from '../../kit/simulate.ts'
import type { TimedInput, WalkInput } from '../../kit/simulation.ts'
import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import {
  alike,
  asksFor,
  CHAOS_MS,
  COMMANDS,
  type Counts,
  type Kind,
  MAX_STEPS,
  name,
  QUIET_MS,
  RUN_RULES,
  type Rule,
  runsFor,
  type State,
  told,
  type View,
} from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
// ---- states and how they are told ----------------------------------------------------------------------------------

const sum = (counts: Counts) => Object.values(counts).reduce((all, count) => all + count, 0)
const join = (a: Counts, b: Counts): Counts => {
  const both = { ...a }
  for (const [replica, count] of Object.entries(b)) both[replica] = Math.max(both[replica] ?? 0, count)
  return both
}

const make = (kind: Kind, replica: string) => `const ${replica} = new ${kind}('${replica}')`
const merging = (kind: Kind, replica: string, state: State) => `${replica}.merge(${told(kind, state)})`
const counting = (kind: Kind, replica: string, by: number) =>
  `${replica}.${kind === 'GCounter' ? 'increment' : 'add'}(${show(by)})`

const kinds = fc.constantFrom<Kind[]>('GCounter', 'PNCounter')
const NAMES = ['n1', 'n2', 'n3', 'n4']
const count = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.integer({ min: 0, max: 2 ** 40 }))
const counts = fc.dictionary(fc.constantFrom(...NAMES), count, { maxKeys: 3, noNullPrototype: true })
const states = fc.record({ up: counts, down: counts })
const up = (counts: Counts): State => ({ up: counts, down: {} })
const without = (kind: Kind, state: State): State => (kind === 'GCounter' ? up(state.up) : state)

// ---- one counter ---------------------------------------------------------------------------------------------------

test('A replica counts in an entry of its own', async ({ subject, forAll }) => {
  const scripts = fc
    .record({ kind: kinds, replica: fc.constantFrom(...NAMES), by: fc.array(fc.integer({ min: -9, max: 9 })) })
    .map(({ kind, replica, by }) => ({ kind, replica, by: kind === 'GCounter' ? by.map(Math.abs) : by }))
    .map(({ by, ...rest }) => ({ ...rest, calls: by.map((count) => ({ count })) }))
  const story = ({ kind, replica, calls }: driver.Script, through: number) => [
    make(kind, replica),
    ...calls.slice(0, through).map((call) => counting(kind, replica, 'count' in call ? call.count : 0)),
  ]
  await forAll(
    scripts,
    subject.run,
    (script, { first, after }) => {
      const want: State = { up: {}, down: {} }
      holds(alike(first, want), story(script, 0), `state ${told(script.kind, want)}`, told(script.kind, first))
      for (const [i, { count }] of script.calls.entries()) {
        const side = count < 0 ? want.down : want.up
        side[script.replica] = (side[script.replica] ?? 0) + Math.abs(count)
        const { seen, ...came } = after[i] as (typeof after)[number]
        const now = story(script, i + 1)
        holds('returned' in came, now, 'no complaint', show(came))
        holds(alike(seen, want), now, `state ${told(script.kind, want)}`, told(script.kind, seen))
      }
    },
    {
      tell: (script) => story(script, script.calls.length),
      runs: 25,
      examples: [[2, 3], [5, -2], [-2, 5, -3], [0]].map((by, i) => ({
        kind: i === 0 ? ('GCounter' as const) : ('PNCounter' as const),
        replica: 'n1',
        calls: by.map((count) => ({ count })),
      })),
    },
  )
})

test('The value is the sum of all entries', async ({ subject, forAll }) => {
  const scripts = fc
    .record({ kind: kinds, given: fc.array(states, { maxLength: 3 }), by: fc.integer({ min: 0, max: 9 }) })
    .map(({ kind, given, by }) => ({
      kind,
      replica: 'n1',
      calls: [...given.map((state) => ({ merge: without(kind, state) })), { count: by }],
    }))
  const story = ({ kind, calls }: driver.Script, through: number) => [
    make(kind, 'n1'),
    ...calls
      .slice(0, through)
      .map((call) => ('count' in call ? counting(kind, 'n1', call.count) : merging(kind, 'n1', call.merge))),
  ]
  await forAll(
    scripts,
    subject.run,
    (script, { first, after }) => {
      for (const [i, seen] of [first, ...after.map(({ seen }) => seen)].entries())
        holds(
          seen.value === sum(seen.up) - sum(seen.down),
          [...story(script, i), `n1.state() → ${told(script.kind, seen)}`, 'n1.value'],
          show(sum(seen.up) - sum(seen.down)),
          show(seen.value),
        )
    },
    { tell: (script) => story(script, script.calls.length), runs: 25 },
  )
})

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
  // Once more, late.
  [0, 1, 2, 0],
  [0, 0, 1, 2, 1],
  [2, 2, 1, 0],
]

test('Order, grouping and repetition of merges change nothing', async ({ subject, forAll }) => {
  const triples = fc.record({ kind: kinds, three: fc.tuple(states, states, states) }).map(({ kind, three }) => ({
    kind,
    three: three.map((state) => without(kind, state)),
  }))
  const examples: { kind: Kind; three: State[] }[] = [
    { kind: 'GCounter', three: [{ n1: 1 }, { n1: 2 }, { n2: 1 }].map(up) },
    { kind: 'GCounter', three: [{ n1: 2, n2: 1 }, { n1: 1, n2: 2 }, {}].map(up) },
    { kind: 'PNCounter', three: [{ n1: 1 }, { n1: 3 }, { n1: 2 }].map((down) => ({ up: {}, down })) },
  ]
  const ordered = ({ kind, three }: { kind: Kind; three: State[] }) => ({
    kind,
    three,
    orders: ORDERS.map((order) => order.map((i) => three[i] as State)),
  })
  const one = (kind: Kind, list: readonly State[]) => [make(kind, 'one'), ...list.map((s) => merging(kind, 'one', s))]
  const other = (kind: Kind, list: readonly State[]) => [
    make(kind, 'other'),
    ...list.map((s) => merging(kind, 'other', s)),
  ]
  await forAll(
    triples.map(ordered),
    subject.observers,
    ({ kind, orders }, seen) => {
      for (const [i, order] of orders.entries()) {
        const [first, now] = [seen[0] as State, seen[i] as State]
        holds(
          alike(first, now),
          [...one(kind, orders[0] as State[]), ...other(kind, order)],
          `the same in both, as in one: ${told(kind, first)}`,
          `${told(kind, now)} in other`,
        )
      }
    },
    { tell: ({ kind, three }) => one(kind, three), runs: 15, examples: examples.map(ordered) },
  )
  const groups = ({ kind, three: [a, b, c] }: { kind: Kind; three: State[] }) => ({
    kind,
    triples: [
      [a, b, c],
      [b, c, a],
      [c, a, b],
      [a, a, b],
    ] as State[][],
  })
  await forAll(
    triples.map(groups),
    subject.grouped,
    ({ kind, triples }, seen) => {
      for (const [i, [a, b, c]] of triples.slice(0, 3).entries()) {
        const [first, now] = [seen[0] as State, seen[i] as State]
        const story = [make(kind, 'inner'), merging(kind, 'inner', b as State), merging(kind, 'inner', c as State)]
        holds(
          alike(first, now),
          [...story, make(kind, 'other'), merging(kind, 'other', a as State), 'other.merge(inner.state())'],
          `the same as with the other two put together first: ${told(kind, first)}`,
          told(kind, now),
        )
      }
    },
    { tell: ({ kind, triples }) => one(kind, triples[0] as State[]), runs: 15, examples: examples.map(groups) },
  )
})

test('A merge takes nothing back, and learns all that it is told', async ({ subject, forAll }) => {
  // A counter that has heard one state, and then hears another.
  const pairs = fc
    .record({ kind: kinds, replica: fc.constantFrom('n1', 'n9'), two: fc.tuple(states, states) })
    .map(({ kind, replica, two }) => ({ kind, replica, calls: two.map((state) => ({ merge: without(kind, state) })) }))
  const pair = (kind: Kind, one: State, other: State) => ({
    kind,
    replica: 'n1',
    calls: [{ merge: one }, { merge: other }],
  })
  const story = ({ kind, replica, calls }: { kind: Kind; replica: string; calls: { merge: State }[] }) => [
    make(kind, replica),
    ...calls.map(({ merge }) => merging(kind, replica, merge)),
  ]
  await forAll(
    pairs,
    subject.run,
    (script, { after }) => {
      const given = script.calls.at(-1)?.merge as State
      const [before, now] = after.map(({ seen }): State => seen) as [State, State]
      for (const side of ['up', 'down'] as const)
        for (const replica of Object.keys({ ...before[side], ...given[side] })) {
          const [old, news, got] = [before, given, now].map((state) => state[side][replica] ?? 0) as [
            number,
            number,
            number,
          ]
          const least = show(Math.max(old, news))
          const why = old >= news ? 'as before' : 'as it was told'
          holds(
            got >= old && got >= news,
            story(script),
            `${replica} at ${least} or more, ${why}`,
            told(script.kind, now),
          )
        }
    },
    {
      tell: story,
      examples: [
        pair('GCounter', up({ n1: 2 }), up({ n2: 3 })),
        pair('GCounter', up({ n1: 2 }), up({ n1: 1 })),
        pair('GCounter', up({ n1: 1, n2: 1 }), up({ n1: 2, n2: 3 })),
        pair('GCounter', up({ n2: 5 }), up({ n3: 1 })),
        pair('GCounter', up({ n1: 1 }), up({ n1: 2 ** 31 })),
        pair('PNCounter', { up: { n2: 1 }, down: { n2: 2 } }, { up: { n2: 2 }, down: { n2: 1 } }),
      ],
    },
  )
})

test('What goes in and what comes out belongs to the caller', async ({ subject, forAll }) => {
  const inputs = fc
    .record({ kind: kinds, counted: fc.integer({ min: 0, max: 5 }), given: states, later: states })
    .map(({ kind, given, later, ...rest }) => ({
      kind,
      given: without(kind, given),
      later: without(kind, later),
      ...rest,
    }))
  const story = ({ kind, counted, given, later }: driver.Owning) => [
    make(kind, 'n1'),
    ...(counted > 0 ? [counting(kind, 'n1', counted)] : []),
    `const given = ${told(kind, given)}`,
    'n1.merge(given)',
    'const out = n1.state()',
    counting(kind, 'n1', 1),
    merging(kind, 'n1', later),
  ]
  await forAll(
    inputs,
    subject.owned,
    (input, owned) => {
      const { kind } = input
      const now = story(input)
      holds(same(owned.given, input.given), now, `given as it was: ${told(kind, input.given)}`, told(kind, owned.given))
      const { out, outAtFirst, before, after } = owned
      holds(same(out, outAtFirst), now, `out as it was: ${told(kind, outAtFirst)}`, told(kind, out))
      holds(
        alike(before, after),
        [...now, 'write over given and out'],
        `n1 as before: ${told(kind, before)}`,
        told(kind, after),
      )
    },
    {
      tell: story,
      runs: 30,
      examples: [
        { kind: 'GCounter', counted: 0, given: up({ n2: 1 }), later: up({ n2: 2 }) },
        { kind: 'GCounter', counted: 2, given: up({ n2: 1 }), later: up({ n3: 2 }) },
        { kind: 'PNCounter', counted: 2, given: { up: { n2: 1 }, down: { n2: 1 } }, later: up({ n3: 2 }) },
      ],
    },
  )
})

// ---- nodes in the simulated world ----------------------------------------------------------------------------------

/** Entries of a history, step by step. */
function stepsOf<V, M>({ entries }: History<V, M>) {
  const groups: { from: number; to: number }[] = []
  for (const [i, [step]] of entries.entries()) {
    const last = groups.at(-1)
    if (last !== undefined && entries[last.from]?.[0] === step) last.to = i
    else groups.push({ from: i, to: i })
  }
  return groups.map(({ from, to }) => ({ last: to, group: entries.slice(from, to + 1) }))
}

/** After each step a node shows what it was asked, and what was in the states that have reached it; and it answers. */
const showsWhatItKnows: Rule = (history): Broken | undefined => {
  const known = new Map<number, State>()
  const views = new Map<number, View>()
  for (const { group, last } of stepsOf(history)) {
    const node = group[0]?.[3] ?? -1
    let asked: number | undefined
    let answer: { readonly result: unknown } | undefined
    for (const entry of group) {
      const now = known.get(node) ?? { up: {}, down: {} }
      if (entry[2] === 'boot') known.set(node, { up: {}, down: {} })
      else if (entry[2] === 'got')
        known.set(node, { up: join(now.up, entry[5].up), down: join(now.down, entry[5].down) })
      else if (entry[2] === 'asked') {
        const { add } = entry[5] as { add: number }
        asked = entry[4]
        const side = add < 0 ? 'down' : 'up'
        const counted = (now[side][name(node)] ?? 0) + Math.abs(add)
        known.set(node, { ...now, [side]: { ...now[side], [name(node)]: counted } })
      } else if (entry[2] === 'replied' && entry[4] === asked) answer = { result: entry[5] }
      else if (entry[2] === 'view') views.set(node, entry[4])
    }
    const [want, view] = [known.get(node), views.get(node)]
    if (want === undefined || view === undefined) continue
    if (!alike(view, want))
      return {
        entry: last,
        expected: `${name(node)} shows ${told('PNCounter', want)}`,
        got: told('PNCounter', view),
      }
    if (asked !== undefined && !same(answer?.result, view.value))
      return {
        entry: last,
        expected: `${name(node)} answers ${view.value}, its value after it`,
        got: answer === undefined ? 'no answer' : show(answer.result),
      }
  }
  return undefined
}

/**
 * When a node is back, it shows as much of its own counting as it did when it answered last, and no more than it ever did,
 * but for what it was counting when it crashed.
 */
const survives: Rule = (history): Broken | undefined => {
  const views = new Map<number, View>()
  const answered = new Map<number, { up: number; down: number }>()
  const shown = new Map<number, { up: number; down: number }>()
  for (const { group, last } of stepsOf(history)) {
    const node = group[0]?.[3] ?? -1
    const own = (view: View | undefined) => ({ up: view?.up[name(node)] ?? 0, down: view?.down[name(node)] ?? 0 })
    const before = own(views.get(node))
    for (const entry of group) if (entry[2] === 'view') views.set(node, entry[4])
    const add = group.flatMap((entry) => (entry[2] === 'asked' ? [(entry[5] as { add: number }).add] : []))[0] ?? 0
    const isCut = group.some(([, , what]) => what === 'crash')
    const counted = { up: before.up + Math.max(0, add), down: before.down + Math.max(0, -add) }
    const now = isCut ? counted : own(views.get(node))
    if (group.some(([, , what]) => what === 'replied')) answered.set(node, now)
    if (group[0]?.[2] !== 'boot') {
      const most = shown.get(node) ?? now
      shown.set(node, { up: Math.max(most.up, now.up), down: Math.max(most.down, now.down) })
      continue
    }
    const least = answered.get(node) ?? { up: 0, down: 0 }
    const most = shown.get(node) ?? least
    shown.set(node, now)
    if (now.up >= least.up && now.down >= least.down && now.up <= most.up && now.down <= most.down) continue
    return {
      entry: last,
      expected: `${name(node)} is back with what it had answered for: up ${least.up}, down ${least.down}`,
      got: `up ${now.up}, down ${now.down}`,
    }
  }
  return undefined
}

/** At the end each node has heard of all that was counted some time before, however much is counted since. */
const heard: Rule = ({ entries }, setup): Broken | undefined => {
  const { untilMs } = (setup as TimedInput).plan
  const views = new Map<number, View>()
  let old: State = { up: {}, down: {} }
  for (const [, at, what, node, view] of entries) {
    if (what !== 'view') continue
    views.set(node, view)
    if (at <= untilMs - QUIET_MS) old = { up: join(old.up, view.up), down: join(old.down, view.down) }
  }
  for (const [node, view] of views) {
    const now = { up: join(old.up, view.up), down: join(old.down, view.down) }
    if (alike(now, view)) continue
    return {
      entry: -1,
      expected: `at the end ${name(node)} shows all that was counted ${QUIET_MS} ms before: ${told('PNCounter', old)}, or more`,
      got: told('PNCounter', view),
    }
  }
  return undefined
}

/** Of a partition. */
const LONG_MS = 20_000
/** Of requests that come one after another. */
const EVERY_MS = 40

const walksFor = (seed: number, walks: number, crashes: number): WalkInput[] =>
  Array.from({ length: walks }, (_, i) => ({
    nodes: [2, 3, 4][i % 3] as number,
    seed: (seed + i) | 0,
    length: 40,
    commands: COMMANDS,
    crashes,
  }))

test('A node shows what it was asked and told, and nothing else', async (tools) => {
  const { walk, replay, explore, script } = tools.subject
  const check = showsWhatItKnows
  const gossip = (from: number): Move => ['until', from, 'state']
  const hears = (from: number, to: number): Move => ['deliver', from, to, 'state']
  const base = { seed: 1, commands: COMMANDS }
  await everyScript(tools, {
    script,
    replay,
    check,
    inputs: [
      { ...base, nodes: 2, moves: [['ask', 0, 0], gossip(0), hears(0, 1), ['again', 0, 1, 'state']] },
      { ...base, nodes: 2, moves: [['ask', 0, 0], ['ask', 1, 1], gossip(0), hears(0, 1), gossip(1), hears(1, 0)] },
      // Much is known here already, and a little comes.
      { ...base, nodes: 2, moves: [['ask', 0, 3], ['ask', 1, 0], gossip(1), hears(1, 0)] },
      { ...base, nodes: 2, moves: [['ask', 0, 4], gossip(0), hears(0, 1), ['ask', 1, 1], gossip(1), hears(1, 0)] },
    ],
  })
  const small = { seed: 1, commands: COMMANDS.slice(0, 3), mergeBy: 'events' as const, most: 6_000 }
  await everySchedule(tools, { explore, replay, check, input: { ...small, nodes: 2, depth: 4 } })
  const inputs = walksFor(tools.seed, 30, 0)
  const { failing, tally } = await survey(tools, walk, inputs, { check })
  await noWalk(tools, { walk, replay, inputs, check }, failing['check'] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers')
})

test('What was answered survives a crash', async (tools) => {
  const { walk, replay, script } = tools.subject
  const check = survives
  const back: Move[] = [
    ['crash', 0],
    ['restart', 0],
  ]
  const base = { nodes: 2, seed: 1, commands: COMMANDS }
  await everyScript(tools, {
    script,
    replay,
    check,
    inputs: [
      { ...base, moves: [['ask', 0, 0], ...back] },
      { ...base, moves: [['ask', 0, 0], ['ask', 0, 1], ['ask', 0, 2], ...back, ...back] },
      // After each effect of the step in which it answers, with none or some of what was written, first of all or later.
      ...[1, 2, 3, 4, 5].flatMap((cut) =>
        [0, 1, 2].flatMap((keep) =>
          ([[], [['ask', 0, 0]]] as Move[][]).flatMap((before) =>
            [1, 2].map((request) => ({
              ...base,
              moves: [...before, ['ask', 0, request, cut, keep], ['restart', 0]] as Move[],
            })),
          ),
        ),
      ),
      { ...base, moves: [['ask', 0, 0], ['crash', 0], ['restart', 0], ['ask', 0, 1], ...back] },
    ],
  })
  const inputs = walksFor(tools.seed, 30, 3)
  const { failing, tally } = await survey(tools, walk, inputs, { check })
  await noWalk(tools, { walk, replay, inputs, check }, failing['check'] ?? [])
  mustHaveSeen(tally, 'crashes', 'cuts')
})

test('Nodes that can reach each other soon agree', async (tools) => {
  const { timed } = tools.subject
  const swarm = runsFor(tools.seed)
  const calm = planFor('calm', 1, { nodes: 3, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 150 })
  const shut = (from: number[], to: number[]) => ({ atMs: 0, what: 'one-way' as const, from, to })
  const given = (plan: Partial<Plan>): TimedInput => ({
    nodes: 3,
    seed: tools.seed,
    maxSteps: MAX_STEPS,
    plan: { ...calm, asks: asksFor(3), ...plan },
  })
  const runs = [
    given({}),
    // n1 and n3 never hear each other: what they know of each other goes through n2.
    given({ healMs: 60_000, faults: [shut([0], [2]), shut([2], [0])] }),
    given({ healMs: 60_000, faults: [shut([0], [1]), shut([1], [0])] }),
    // All is counted while n3 is alone. Nothing happens when it is back.
    given({ healMs: CHAOS_MS, faults: [{ atMs: 0, what: 'partition', groups: [[0, 1], [2]] }] }),
    // What is counted is heard by nobody, and that is all there is to say.
    given({
      healMs: 400,
      faults: [{ atMs: 0, what: 'partition', groups: [[0], [1], [2]] }],
      asks: [1, -1, 1].map((add, node) => ({ atMs: 10, node, command: { add } })),
    }),
    // Far longer than it takes to think that all has been said.
    given({
      ...planFor('calm', 1, { nodes: 3, chaosMs: LONG_MS, quietMs: QUIET_MS, patienceMs: 150 }),
      healMs: LONG_MS,
      faults: [{ atMs: 0, what: 'partition', groups: [[0, 1], [2]] }],
    }),
    ...swarm,
  ]
  await isRepeatable(tools, timed, swarm[0])
  const { failing, tally } = await survey(tools, timed, runs, RUN_RULES, 4)
  const tellView = ({ value }: View, node: string) => `${node} shows ${value}`
  await noRun(tools, { timed, inputs: runs, check: RUN_RULES.agreed, tellView }, failing['agreed'] ?? [])
  mustHaveSeen(tally, 'lost', 'partitions', 'crashes')
  // Somebody counts all the while, more often than it gossips; or all of them do.
  const busy = [[0], [0, 1, 2]].map((who) => {
    const asks = Array.from({ length: (CHAOS_MS + QUIET_MS) / EVERY_MS }, (_, i) => ({
      atMs: EVERY_MS * i,
      command: { add: 1 },
    }))
    return given({ asks: asks.flatMap((ask) => who.map((node) => ({ ...ask, node }))) })
  })
  const { failing: unheard } = await survey(tools, timed, busy, { heard })
  await noRun(tools, { timed, inputs: busy, check: heard, tellView }, unheard['heard'] ?? [])
})

// ---- bad input -----------------------------------------------------------------------------------------------------

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const MOST = Number.MAX_SAFE_INTEGER
  const odd = [0.5, -0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 53)]
  const isGood = (kind: Kind, by: number, now: { up: number; down: number }) =>
    Number.isSafeInteger(by) && (by < 0 ? kind === 'PNCounter' && now.down - by <= MOST : now.up + by <= MOST)
  const by = fc.oneof(fc.constantFrom(...odd, -1, MOST, -MOST), fc.constantFrom(-3, -2, 1, 2, 3))
  const scripts = fc
    .record({ kind: kinds, by: fc.array(by, { minLength: 1, maxLength: 5 }) })
    .map(({ kind, by }) => ({ kind, replica: 'n1', calls: by.map((count) => ({ count })) }))
  const of = (kind: Kind, ...by: number[]) => ({ kind, replica: 'n1', calls: by.map((count) => ({ count })) })
  const story = ({ kind, calls }: driver.Script, through: number) => [
    make(kind, 'n1'),
    ...calls.slice(0, through).map((call) => counting(kind, 'n1', 'count' in call ? call.count : 0)),
  ]
  await forAll(
    scripts,
    subject.run,
    ({ kind, calls, ...rest }, { first, after }) => {
      const now = { up: 0, down: 0 }
      let before: State = first
      for (const [i, { count }] of calls.entries()) {
        const { seen, ...came } = after[i] as (typeof after)[number]
        const lines = story({ kind, calls, ...rest }, i + 1)
        if (isGood(kind, count, now)) {
          holds('returned' in came, lines, 'no complaint', refusal(came))
          if (count < 0) now.down -= count
          else now.up += count
        } else {
          const isRefused = 'threw' in came && came.threw === 'RangeError' && came.message.includes('by')
          holds(isRefused, lines, 'throws RangeError naming by', refusal(came))
          holds(alike(seen, before), lines, `the counter as before: ${told(kind, before)}`, told(kind, seen))
        }
        before = seen
      }
    },
    {
      tell: (script) => story(script, script.calls.length),
      examples: [
        of('GCounter', -1),
        of('GCounter', 0),
        ...odd.flatMap((by) => [of('GCounter', by), of('PNCounter', 1, by)]),
        of('GCounter', MOST, 1),
        of('GCounter', MOST - 2, 2, 1),
        of('PNCounter', MOST, 1, -MOST, -1),
        of('PNCounter', -MOST, 1, MOST - 1, 1),
      ],
    },
  )
})

const refusal = (came: object) =>
  'message' in came ? `${show(came)}: ${came.message}` : 'returned' in came ? 'no error' : show(came)
