// Order is looked for in every schedule of small clusters, and in walks over larger ones, where clocks stand, leap and step
// back. What one stamp has to be is asked of single clocks, call by call. Only the promise about bytes uses times that need
// more than 32 bits, and only that one fills a counter: so whoever packs them wrong is told just that.

import {
  type Check,
  everySchedule,
  everyScript,
  type History,
  type Move,
  mustHaveSeen,
  noWalk,
  survey,
} from '../../kit/simulate.ts'
import type { ExploreInput, ScriptInput, WalkInput } from '../../kit/simulation.ts'
import { BrokenPromise, fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>
type Rule = Check<driver.View, driver.Message>
type Stamp = driver.Stamp

const MAX_COUNTER = 65_535
const MAX_MS = 2 ** 48 - 1

const compare = (a: Stamp, b: Stamp): number => a[0] - b[0] || a[1] - b[1]
const text = ([ms, counter]: Stamp): string => `${show(ms)}+${show(counter)}`
const next = ([ms, counter]: Stamp): Stamp => (counter === MAX_COUNTER ? [ms + 1, 0] : [ms, counter + 1])
const larger = (a: Stamp, b: Stamp): Stamp => (compare(a, b) < 0 ? b : a)

// ---- rules over histories ----------------------------------------------------------------------------------------

/** Each stamped event, with the last one of the same life of its node. */
function* stamped({ entries }: History<driver.View, driver.Message>) {
  const last = new Map<number, Stamp>()
  for (const [entry, [, , what, node, view]] of entries.entries()) {
    if (what === 'boot') last.delete(node)
    if (what !== 'view' || view.stamp === undefined) continue
    yield { entry, node, view, stamp: view.stamp, before: last.get(node) }
    last.set(node, view.stamp)
  }
}

const inOrder: Rule = (history) => {
  for (const { entry, node, view, stamp, before } of stamped(history)) {
    if (before !== undefined && compare(stamp, before) <= 0)
      return { entry, expected: `a stamp above ${text(before)}, n${node + 1}'s last`, got: text(stamp) }
    if (view.remote !== undefined && compare(stamp, view.remote) <= 0)
      return { entry, expected: `a stamp above ${text(view.remote)}, the message's`, got: text(stamp) }
  }
  return undefined
}

const notBehind: Rule = (history) => {
  for (const { entry, node, view, stamp } of stamped(history))
    if (stamp[0] < view.clock)
      return { entry, expected: `at least ${show(view.clock)} ms, n${node + 1}'s clock`, got: text(stamp) }
  return undefined
}

const least: Rule = (history) => {
  for (const { entry, view, stamp, before } of stamped(history)) {
    let most: Stamp = [view.clock, 0]
    if (before !== undefined) most = larger(most, next(before))
    if (view.remote !== undefined) most = larger(most, next(view.remote))
    if (compare(stamp, most) > 0) return { entry, expected: text(most), got: text(stamp) }
  }
  return undefined
}

/** What was given before a crash, shown or sent, is below what is given first after it. */
const acrossCrashes: Rule = ({ entries }) => {
  const given = new Map<number, Stamp>()
  const old = new Map<number, Stamp>()
  for (const [entry, one] of entries.entries()) {
    const [, , what, node] = one
    const before = given.get(node)
    if (what === 'boot' && before !== undefined) old.set(node, before)
    const stamp = one[2] === 'view' ? one[4].stamp : one[2] === 'sent' ? one[5].stamp : undefined
    if (stamp === undefined) continue
    const limit = old.get(node)
    old.delete(node)
    if (limit !== undefined && compare(stamp, limit) <= 0)
      return { entry, expected: `a stamp above ${text(limit)}, given before the crash`, got: text(stamp) }
    if (before === undefined || compare(before, stamp) < 0) given.set(node, stamp)
  }
  return undefined
}

/** Nobody is drawn further ahead of its own clock than it may be, whoever's clock is wrong. */
const notDrawnAhead: Rule = (history) => {
  // A counter that is full there carries into one millisecond more.
  for (const { entry, node, view, stamp } of stamped(history))
    if (view.did === 'receives' && node === 0 && stamp[0] > view.clock + 1_001)
      return {
        entry,
        expected: `at most ${show(view.clock + 1_000)} ms: n1's clock reads ${show(view.clock)}`,
        got: text(stamp),
      }
  return undefined
}

// ---- walks -------------------------------------------------------------------------------------------------------

const ALL: readonly driver.Action[] = ['sends', 'ticks', 'steps back', 'notes', 'leaps']
const clusterOf = (clocksMs: readonly number[], more: Partial<driver.Machine> = {}) => ({
  nodes: clocksMs.length,
  keepsAll: true,
  disks: clocksMs.map((clockMs) => ({ keys: { machine: { clockMs, actions: ALL, ...more } } })),
})
const CLUSTERS = [
  clusterOf([0, 0]),
  clusterOf([0, 5]),
  clusterOf([0, 40, 3]),
  clusterOf([0, 0, 0, 0], { aheadMs: 3 }),
  clusterOf([9, 0, 500], { aheadMs: 1 }),
]

const RULES = { inOrder, notBehind, least }

const walksFor = (seed: number, crashes: number): WalkInput[] =>
  Array.from({ length: 40 }, (_, i) => ({
    ...(CLUSTERS[i % CLUSTERS.length] as (typeof CLUSTERS)[number]),
    seed: (seed + i) | 0,
    length: 60,
    crashes,
  }))

/** These rules look at the same walks, in which nobody crashes. */
async function walksKeep(rule: keyof typeof RULES, tools: Given): Promise<void> {
  const { walk, replay } = tools.subject
  const { seed, failing, tally } = await tools.once('walks', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed, 0), RULES)),
  }))
  await noWalk(tools, { walk, replay, inputs: walksFor(seed, 0), check: RULES[rule] }, failing[rule] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers')
}

// ---- every schedule ----------------------------------------------------------------------------------------------

const MOST_STATES = 20_000

async function schedulesKeep(
  check: Rule,
  { subject, ...asking }: Given,
  input: Omit<ExploreInput, 'most' | 'seed'>,
): Promise<void> {
  const { explore, replay } = subject
  await everySchedule(asking, { explore, replay, input: { ...input, seed: 1, most: MOST_STATES }, check })
}

// ---- schedules ---------------------------------------------------------------------------------------------------

const COMMANDS: readonly (driver.Action | number)[] = ['sends', 'sends', 'notes', 'notes', 0, 5, 900, 1_001]
const ask = (node: number, what: driver.Action | number, nth = 0): Move => {
  const at = COMMANDS.indexOf(what)
  return ['ask', node, at + nth]
}
const arrives = (from: number, to: number): Move => ['deliver', from, to, 'stamp']

const script = (clocksMs: readonly number[], moves: readonly Move[], more?: Partial<driver.Machine>): ScriptInput => ({
  ...clusterOf(clocksMs, more),
  seed: 1,
  commands: COMMANDS,
  moves,
})

async function scriptsKeep(check: Rule, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript(tools, { script: operation, replay, inputs, check })
}

// ---- call by call ------------------------------------------------------------------------------------------------

const told = (program: driver.Program) => {
  const { clockMs, maxDriftMs, aheadMs } = program
  return (through = program.calls.length) => [
    `the clock reads ${show(clockMs)}; maxDriftMs ${show(maxDriftMs)}, aheadMs ${show(aheadMs)}`,
    ...program.calls.slice(0, through).map(said),
  ]
}

function said(call: driver.Call): string {
  if (call[0] === 'clock') return `the clock reads ${show(call[1])}`
  if (call[0] === 'receive')
    return `receive(${text([call[1], call[2]])})${call[3] === true ? ', into the same array' : ''}`
  if (call[0] === 'receive of') return `receive(${call[1]} bytes, into ${call[2]} bytes)`
  if (call[0] === 'stamp into') return `stamp(${call[1]} bytes)`
  return call[0] === 'stamp' ? 'stamp()' : 'the machine crashes and restarts'
}

function saidOf(answer: unknown): string {
  const stamp = stampOf(answer)
  return stamp === undefined ? show(answer) : text(stamp)
}

/**
 * Holds each answer against what the contract makes of the calls so far, where nothing crashes and nothing is refused.
 * What is promised elsewhere is not asked here: an arrival may be a little later than it has to be. By one count or two, or
 * in one of the next milliseconds, but not by what a byte in the wrong place comes to.
 */
function agrees(program: driver.Program, answers: readonly unknown[]): void {
  const lines = told(program)(0)
  let last: Stamp | undefined
  for (const [i, call] of program.calls.entries()) {
    const got = stampOf(answers[i])
    const remote: Stamp | undefined = call[0] === 'receive' ? [call[1], call[2]] : undefined
    let want: Stamp = [program.clockMs, 0]
    if (remote !== undefined) want = larger(want, next(remote))
    if (last !== undefined) want = larger(want, next(last))
    const lateMs = got === undefined ? Number.NaN : got[0] - want[0]
    const late = got === undefined ? Number.NaN : lateMs * 65_536 + got[1] - want[1]
    const isALittleLate = lateMs === 0 ? late > 0 && late <= 2 : lateMs > 0 && late <= 2 * 65_536
    const isRight = late === 0 || (remote !== undefined && isALittleLate)
    holds(isRight, [...lines, said(call)], text(want), saidOf(answers[i]))
    lines.push(`${said(call)} → ${saidOf(answers[i])}`)
    last = got
  }
}

function stampOf(answer: unknown): Stamp | undefined {
  const returned = (answer as { returned?: { stamp?: Stamp } | string } | undefined)?.returned
  return typeof returned === 'object' ? returned.stamp : undefined
}

const programs = (calls: fc.Arbitrary<driver.Call>, clockMs: number, maxDriftMs: number, length = 8) =>
  fc.array(calls, { minLength: 1, maxLength: length }).map((list) => ({
    clockMs,
    maxDriftMs,
    aheadMs: 50,
    calls: list,
  }))

const near = (ms: number, by: number) => fc.integer({ min: Math.max(0, ms - by), max: ms + by })
const stampCall = fc.constant<driver.Call>(['stamp'])
const receiveCall = (ms: fc.Arbitrary<number>, counter: fc.Arbitrary<number>) =>
  fc.tuple(ms, counter, fc.boolean()).map((args): driver.Call => ['receive', ...args])

const given = (clockMs: number, calls: driver.Call[], maxDriftMs = 1_000, aheadMs = 50): driver.Program => ({
  clockMs,
  maxDriftMs,
  aheadMs,
  calls,
})

// ---- promises ----------------------------------------------------------------------------------------------------

test('What happened before has the smaller stamp', async (tools) => {
  await scriptsKeep(inOrder, tools, [
    script([0, 0], [ask(0, 'notes'), ask(0, 'notes', 1)]),
    script([0, 0], [ask(0, 5), ask(0, 'notes'), ask(0, 0), ask(0, 'notes', 1)]),
    script([5, 0], [ask(0, 'sends'), arrives(0, 1), ask(1, 'notes')]),
    script([0, 0], [ask(0, 'notes'), ask(0, 'sends'), arrives(0, 1)]),
    script([0, 0], [ask(1, 'notes'), ask(0, 'notes', 1), ask(0, 'sends'), arrives(0, 1)]),
    script([0, 5], [ask(1, 'sends'), ask(0, 'sends', 1), arrives(0, 1), arrives(1, 0)]),
    // It comes twice.
    script([5, 0], [ask(0, 'sends'), arrives(0, 1), ['again', 0, 1, 'stamp']]),
  ])
  const machines = clusterOf([0, 1], { actions: ['sends', 'steps back'] })
  await schedulesKeep(inOrder, tools, { ...machines, depth: 4 })
  await walksKeep('inOrder', tools)
})

test('A stamp is never behind the clock', async (tools) => {
  await scriptsKeep(notBehind, tools, [
    script([0, 0], [ask(0, 'notes'), ask(0, 900), ask(0, 'notes', 1)]),
    script([0, 900], [ask(0, 'sends'), arrives(0, 1)]),
    script([0, 0], [ask(0, 'sends'), ask(1, 5), arrives(0, 1)]),
    script([0, 900], [ask(1, 'notes'), ask(1, 1_001), ask(0, 'sends'), arrives(0, 1)]),
  ])
  await walksKeep('notBehind', tools)
})

test('A stamp is no larger than it has to be', async (tools) => {
  await scriptsKeep(least, tools, [
    script([0, 0], [ask(0, 'notes'), ask(0, 'notes', 1)]),
    script([0, 0], [ask(0, 'notes'), ask(0, 'notes', 1), ask(0, 5), ask(0, 'sends')]),
    script([5, 0], [ask(0, 'sends'), arrives(0, 1), ask(1, 'notes')]),
    script([0, 5], [ask(1, 'notes'), ask(0, 'sends'), arrives(0, 1)]),
    script([0, 0], [ask(0, 'notes'), ask(0, 'sends'), ask(1, 5), arrives(0, 1)]),
    script([0, 0], [ask(1, 'notes'), ask(1, 'notes', 1), ask(0, 5), ask(0, 'sends'), arrives(0, 1)]),
  ])
  await walksKeep('least', tools)
})

test('48 bits of milliseconds and 16 of counter, with a carry', async ({ subject, forAll }) => {
  const real = 1_700_000_000_000
  const starts = [real, 2 ** 32 - 2, 2 ** 32 * 3 - 1, 2 ** 40 - 2, 2 ** 47 - 1, MAX_MS - 5_000]
  const counter = fc.constantFrom(0, 1, 127, 128, 255, 256, MAX_COUNTER - 1, MAX_COUNTER)
  const calls = fc.oneof(stampCall, receiveCall(fc.integer({ min: real, max: real + 3 }), counter))
  await forAll(programs(calls, real, 1_000), subject.run, agrees, {
    tell: (program) => told(program)(),
    examples: [
      ...starts.map((ms) => given(ms, [['stamp'], ['stamp'], ['receive', ms + 3, 258]])),
      given(0, [['stamp'], ['stamp']]),
      given(real, [['receive', real, MAX_COUNTER], ['stamp']]),
      given(real, [['receive', real, MAX_COUNTER - 3], ['stamp'], ['stamp'], ['stamp']]),
      given(real, [['receive', real, MAX_COUNTER - 1], ['stamp'], ['stamp'], ['stamp']]),
      given(real, [['receive', real, 255], ['stamp']]),
      given(2 ** 32 - 1, [['receive', 2 ** 32 - 1, MAX_COUNTER], ['stamp']]),
      given(real, [
        ['receive', real, 300, true],
        ['receive', real + 5, 300, true],
      ]),
    ],
  })
})

/** The same calls without those that have to be refused. */
function withoutRefused(program: driver.Program): { refused: boolean[]; rest: driver.Program } {
  let nowMs = program.clockMs
  const refused = program.calls.map((call) => {
    if (call[0] === 'clock') nowMs = call[1]
    return call[0] === 'receive' && call[1] - nowMs > program.maxDriftMs
  })
  return { refused, rest: { ...program, calls: program.calls.filter((_, i) => refused[i] !== true) } }
}

test('A stamp from too far ahead is refused and changes nothing', async (tools) => {
  const { subject, forAll } = tools
  const calls = fc.oneof(
    stampCall,
    receiveCall(fc.integer({ min: 49_000, max: 53_000 }), fc.nat({ max: 9 })),
    near(50_000, 600).map((ms): driver.Call => ['clock', ms]),
  )
  const pair = (one: driver.Program) => ({ one, other: withoutRefused(one).rest })
  const check = ({ one: program }: { one: driver.Program }, { one, other }: { one: unknown[]; other: unknown[] }) => {
    const { refused } = withoutRefused(program)
    let sound = 0
    const lines = told(program)(0)
    for (const [i, call] of program.calls.entries()) {
      const isRefused = same(one[i], { returned: 'refused' })
      const story = [...lines, said(call)]
      if (refused[i] === true) holds(isRefused, story, 'refused', saidOf(one[i]))
      else {
        holds(!isRefused, story, 'a stamp', 'refused')
        const twin = other[sound++]
        holds(same(one[i], twin), story, `${saidOf(twin)}, as without what was refused`, saidOf(one[i]))
      }
      lines.push(call[0] === 'clock' ? said(call) : `${said(call)} → ${saidOf(one[i])}`)
    }
  }
  await forAll(programs(calls, 50_000, 1_000).map(pair), subject.both, check, {
    tell: ({ one }) => told(one)(),
    examples: [
      ...[0, 1, 1_000].flatMap((drift) => [
        given(5_000, [['receive', 5_000 + drift, 3], ['stamp']], drift),
        given(5_000, [['receive', 5_000 + drift + 1, 0], ['stamp']], drift),
      ]),
      // Long on its way: what is behind is never refused.
      given(5_000, [['receive', 3_000, 0], ['stamp']]),
      // Already as far ahead as it may be, by another; the measure is the machine's clock all the same.
      given(5_000, [['stamp'], ['receive', 6_000, 1], ['receive', 6_001, 0], ['stamp']]),
      given(5_000, [['stamp'], ['receive', 9_000, 1], ['stamp'], ['receive', 9_000, 1, true], ['stamp']]),
      given(5_000, [['stamp'], ['receive', 2_000_000_000, MAX_COUNTER], ['stamp']]),
      // Its own clock has stepped back: what is ahead of that is refused, though it is behind its last stamp.
      given(5_000, [['stamp'], ['clock', 3_000], ['receive', 4_500, 0], ['stamp'], ['clock', 5_001], ['stamp']]),
      // A refusal does not look at the clock in passing.
      given(5_000, [['stamp'], ['clock', 5_100], ['receive', 9_000, 0], ['clock', 5_050], ['stamp']]),
    ].map(pair),
  })
  // One clock a day ahead does not take the others with it.
  await scriptsKeep(notDrawnAhead, tools, [
    script([0, 86_400_000], [ask(1, 'sends'), arrives(1, 0), ask(0, 'notes')]),
    script([0, 1_000], [ask(1, 'sends'), arrives(1, 0), ask(0, 'notes')]),
  ])
})

const crash: Move[] = [
  ['crash', 0],
  ['restart', 0],
]

test('A restart takes nothing back', async (tools) => {
  const { subject, askAll } = tools
  await scriptsKeep(acrossCrashes, tools, [
    script([0], [ask(0, 'notes'), ...crash, ask(0, 'notes', 1)]),
    script([0], [ask(0, 'notes'), ask(0, 'notes', 1), ask(0, 'sends'), ...crash, ask(0, 'sends', 1)]),
    script([0], [ask(0, 900), ask(0, 'notes'), ...crash, ask(0, 'notes', 1)]),
    script([0], [ask(0, 'notes'), ...crash, ...crash, ask(0, 'notes', 1), ...crash, ask(0, 'sends')]),
    script([0, 900], [ask(1, 'sends'), arrives(1, 0), ...crash, ask(0, 'notes')]),
    // The first after it is the arrival of a message from the last millisecond.
    script(
      [0, 5],
      [ask(0, 'notes'), ask(0, 5), ask(0, 'notes', 1), ask(0, 'sends'), ...crash, ask(1, 'sends', 1), arrives(1, 0)],
      { aheadMs: 6 },
    ),
    // After each effect of the step in which it stamps.
    ...[1, 2, 3, 4].map((cut) =>
      script(
        [0, 900],
        [ask(1, 'sends'), ['deliver', 1, 0, 'stamp', cut, 0], ['restart', 0], ask(0, 'notes'), ask(0, 'sends', 1)],
      ),
    ),
  ])
  const machine = clusterOf([0], { actions: ['notes', 'ticks'], aheadMs: 2 })
  await schedulesKeep(acrossCrashes, tools, { ...machine, depth: 6, crashes: 2 })
  const { walk, replay } = subject
  const { seed, failing, tally } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed, 3), { acrossCrashes })),
  }))
  const walks = { walk, replay, inputs: walksFor(seed, 3), check: acrossCrashes }
  await noWalk(tools, walks, failing['acrossCrashes'] ?? [])
  mustHaveSeen(tally, 'crashes', 'cuts')
  await noLeap(askAll, subject.run, tools.seed)
})

/** A restart may leap by `aheadMs`, and no further: also the last of several, between which nothing was stamped. */
async function noLeap(askAll: Given['askAll'], run: Given['subject']['run'], seed: number): Promise<void> {
  const leaping = fc.sample(
    fc.record({
      aheadMs: fc.constantFrom(1, 2, 50, 3_600_000),
      stampsMs: fc.array(fc.integer({ min: 5_000, max: 5_300 }), { minLength: 1, maxLength: 4 }),
      afterMs: fc.integer({ min: 4_900, max: 5_400 }),
      restarts: fc.constantFrom(1, 1, 3),
    }),
    { seed, numRuns: 20 },
  )
  const short = [1, 3].map((restarts) => ({ aheadMs: 50, stampsMs: [5_000], afterMs: 5_000, restarts }))
  const programs = [...short, ...leaping].map(({ aheadMs, stampsMs, afterMs, restarts }) => {
    const calls: driver.Call[] = stampsMs.flatMap((ms): driver.Call[] => [['clock', ms], ['stamp']])
    const boots = Array.from({ length: restarts }, (): driver.Call => ['restart'])
    return given(5_000, [...calls, ...boots, ['clock', afterMs], ['stamp']], 1_000, aheadMs)
  })
  for (const [i, answers] of (await askAll(run, programs)).entries()) {
    const program = programs[i] as driver.Program
    const stamps = answers.flatMap((one) =>
      'returned' in one && typeof one.returned === 'object' && 'stamp' in one.returned ? [one.returned.stamp] : [],
    )
    const first = stamps.at(-1)
    const last = stamps.slice(0, -1).reduce(larger, [0, 0])
    if (first === undefined || stamps.length < 2)
      throw new BrokenPromise(told(program)(), 'a stamp', show(answers.at(-1)))
    const nowMs = (program.calls.at(-2) as ['clock', number])[1]
    const mostMs = Math.max(nowMs, last[0] + program.aheadMs)
    const expected = `at most ${show(mostMs)} ms: the largest stamp was ${text(last)}`
    holds(first[0] <= mostMs, told(program)(), expected, text(first))
  }
}

test('Bad input is refused by name and changes nothing', async ({ subject, forAll, askAll }) => {
  const day = 86_400_000
  const wrong = [Number.NaN, 0.5, -1, day + 1, Number.POSITIVE_INFINITY]
  const inputs = [
    ...wrong.map((maxDriftMs) => ({ maxDriftMs, aheadMs: 1, name: 'maxDriftMs' })),
    ...[...wrong, 0].map((aheadMs) => ({ maxDriftMs: 0, aheadMs, name: 'aheadMs' })),
    { maxDriftMs: 0, aheadMs: 1, name: undefined },
    { maxDriftMs: day, aheadMs: day, name: undefined },
  ]
  for (const [i, got] of (
    await askAll(
      subject.options,
      inputs.map(({ maxDriftMs, aheadMs }) => ({ maxDriftMs, aheadMs })),
    )
  ).entries()) {
    const { maxDriftMs, aheadMs, name } = inputs[i] as (typeof inputs)[number]
    const story = [`new HybridClock({ maxDriftMs: ${show(maxDriftMs)}, aheadMs: ${show(aheadMs)}, … })`]
    if (name === undefined) holds('returned' in got, story, 'a clock', refused(got))
    else holds(isRefusal(got, name), story, `throws RangeError naming ${name}`, refused(got))
  }
  const length = fc.nat({ max: 20 }).filter((bytes) => bytes !== 8)
  const bad = fc.oneof(
    length.map((bytes): driver.Call => ['stamp into', bytes]),
    length.map((bytes): driver.Call => ['receive of', bytes, 8]),
    length.map((bytes): driver.Call => ['receive of', 8, bytes]),
  )
  const check = (program: driver.Program, answers: unknown[]) => {
    const sound = program.calls.flatMap((call, i) => (isBad(call) ? [] : [i]))
    for (const [i, call] of program.calls.entries()) {
      if (!isBad(call)) continue
      const name = call[0] === 'receive of' && call[1] !== 8 ? 'remote' : 'into'
      const got = answers[i] as object | undefined
      holds(isRefusal(got, name), told(program)(i + 1), `throws RangeError naming ${name}`, refused(got))
    }
    agrees(
      { ...program, calls: sound.map((i) => program.calls[i] as driver.Call) },
      sound.map((i) => answers[i]),
    )
  }
  await forAll(programs(fc.oneof(bad, stampCall), 5_000, 1_000, 5), subject.run, check, {
    tell: (program) => told(program)(),
    examples: [
      given(5_000, [['stamp'], ['stamp into', 7], ['stamp']]),
      given(5_000, [['stamp'], ['stamp into', 9], ['stamp']]),
      given(5_000, [['stamp'], ['receive of', 0, 8], ['stamp']]),
      given(5_000, [['stamp'], ['receive of', 9, 8], ['stamp']]),
      given(5_000, [['stamp'], ['receive of', 8, 4], ['stamp']]),
    ],
  })
})

const isBad = (call: driver.Call) => call[0] === 'stamp into' || call[0] === 'receive of'

const isRefusal = (got: object | undefined, name: string): boolean =>
  got !== undefined && 'threw' in got && got.threw === 'RangeError' && 'message' in got && naming(got.message, name)
const naming = (message: unknown, name: string) => typeof message === 'string' && message.includes(name)

function refused(got: object | undefined): string {
  if (got !== undefined && 'message' in got) return `${show(got)}: ${String(got.message)}`
  return saidOf(got)
}
