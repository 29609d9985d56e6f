// The simulated world in a real subject process, with protocols that fit on a hand.

import { afterAll, expect, test } from 'vitest'
import { everyRun, everySchedule, everyWalk, surveySchedules } from '../../graders/kit/simulate.ts'
import type { Setup } from '../../graders/kit/simulation.ts'
import { CALM, type Fault, type Plan } from '../../graders/kit/world/faults.ts'
import { type Entry, type History, type Packed, type Step, unpack } from '../../graders/kit/world/history.ts'
import { openWorld, type World } from './simulation-fixture.ts'

const open: World[] = []
afterAll(() => {
  for (const world of open) world.close()
})

const DRIVER = `
  import * as kata from '#kata/0-test/kata'
  import { fresh, peer, simulation } from '../../kit/simulation.ts'
  const silent = peer(() => ({ onMessage() {}, onTimer() {}, inspect: () => null }))
  const world = simulation({
    boot: fresh(kata, ({ boot }) => boot),
    peers: { silent },
    keeps: () => true,
    label: (message) => String(message.type ?? 'message'),
    leads: (view) => view?.leads === true,
  })
  export const { walk, timed, replay, script, explore } = world`

/** @param parts of what `boot` returns; `shows` is what inspect shows */
async function worldOf(submission: string): Promise<World> {
  const world = await openWorld('0-test/kata', { submission, driver: DRIVER })
  open.push(world)
  return world
}

const node = (parts: { top?: string; boot?: string; message?: string; timer?: string; shows?: string }) =>
  worldOf(`
    ${parts.top ?? ''}
    export function boot(context) {
      let shown = null
      ${parts.boot ?? ''}
      return {
        onMessage(from, message) { ${parts.message ?? ''} },
        onTimer(name) { ${parts.timer ?? ''} },
        inspect: () => ${parts.shows ?? 'shown'},
      }
    }`)

const plan = (given: Partial<Plan> = {}): Plan => ({ healMs: 0, untilMs: 1_000, weather: CALM, faults: [], ...given })

async function timed(
  world: World,
  given: Partial<Plan> & Partial<Setup> & { maxSteps?: number; spared?: number[] } = {},
) {
  const { nodes = 2, seed = 1, maxSteps = 10_000, peers, disks, traced, spared, ...rest } = given
  const input = { nodes, seed, maxSteps, peers, disks, traced, spared, plan: plan(rest) }
  const [packed] = await world.call<Packed>('timed', [JSON.parse(JSON.stringify(input))])
  return unpack(packed as Packed)
}

async function replayed(world: World, steps: readonly Step[], nodes = 2): Promise<History> {
  const boots: Step[] = Array.from({ length: nodes }, (_, i) => ['restart', i, 0])
  const [packed] = await world.call<Packed>('replay', [{ nodes, seed: 1, steps: [...boots, ...steps] }])
  return unpack(packed as Packed)
}

const views = ({ entries }: History, of?: number): unknown[] =>
  entries.flatMap((entry) => (entry[2] === 'view' && (of === undefined || entry[3] === of) ? [entry[4]] : []))

const pinging = { boot: 'if (context.self === "n1") context.setTimer("go", 10)' }

// ---- what a node cannot reach ------------------------------------------------------------------------------------

test('variables of a module are neither a network nor a disk', async () => {
  const world = await node({ top: 'let boots = 0', boot: 'boots++; shown = boots', ...{} })
  const history = await replayed(world, [
    ['crash', 0, 0, 1],
    ['restart', 0, 2],
  ])
  expect(views(history)).toEqual([1, 1, 1])
})

test.each([
  ['Math.random()', /Math\.random/],
  ['Date.now()', /time of day/],
  ['new Date()', /time of day/],
  ['setTimeout(() => {}, 1)', /setTimeout/],
  ['context.send("n2", { call: () => 1 })', /plain data.*function/],
  ['context.send("n2", new Map())', /plain data.*class/],
  ['context.send("n2", 1n)', /plain data.*bigint/],
  ['context.send("n1", {})', /no other node n1/],
  ['context.send("n9", {})', /no other node n9/],
  ['context.setTimer("x", -1)', /at least 0 ms/],
  ['return Promise.resolve()', /must not wait/],
])('%s throws, and the history says where', async (code, message) => {
  const world = await node({ boot: 'context.setTimer("go", 1)', timer: code })
  const { end, threw } = await timed(world)
  expect(end).toBe('threw')
  expect(threw?.message).toMatch(message)
  if (!code.startsWith('return')) expect(threw?.line).toBe(8)
})

test('a stack that overflows has a line of those that call each other, wherever it ended', async () => {
  const world = await node({
    top: `let depth = 0
      function helper(a, b = a, c = b, d = c) { return [a, b, c, d].length > 9 ? helper2(d) : d }
      function helper2(a) { return [a, a].join() }
      function even(n) {
        depth += helper(n)
        return odd(n + 1)
      }
      function odd(n) {
        depth += helper(n, n, n)
        return even(n + 1)
      }`,
    boot: 'context.setTimer("go", 1)',
    timer: 'even(0)',
  })
  const lines = new Set<number | undefined>()
  for (let i = 0; i < 40; i++) lines.add((await timed(world)).threw?.line)
  expect([...lines]).toEqual([7])
})

test('what is sent is copied and frozen: no object is on two nodes', async () => {
  const world = await node({
    ...pinging,
    timer: 'const kept = { type: "a", list: [1] }; context.send("n2", kept); kept.list.push(2)',
    message: 'shown = message.list.length; message.list.push(3)',
  })
  const { threw, entries } = await timed(world)
  expect(entries.flatMap((entry) => (entry[2] === 'got' ? [entry[5]] : []))).toEqual([{ type: 'a', list: [1] }])
  expect(threw?.message).toMatch(/not extensible/)
})

test('a context is of no use once its function has returned', async () => {
  const world = await node({
    boot: 'context.setTimer("go", 1)',
    timer: 'Promise.resolve().then(() => context.send("n2", {}))',
  })
  await expect(timed(world)).rejects.toThrow(/while no function of its node is running/)
})

// ---- time, chance, and determinism -------------------------------------------------------------------------------

test('the same seed is the same run, and another seed another', async () => {
  const world = await node({
    boot: 'context.setTimer("go", context.random(50))',
    timer:
      'for (const peer of context.peers) context.send(peer, { type: "x" }); context.setTimer("go", context.random(50))',
  })
  const hashes = await Promise.all([1, 1, 2].map(async (seed) => (await timed(world, { seed, nodes: 3 })).hash))
  expect(hashes[0]).toBe(hashes[1])
  expect(hashes[0]).not.toBe(hashes[2])
})

test('timers go off when they are due by the own clock, in the order of their times, and only as set last', async () => {
  const world = await node({
    boot: 'if (context.self === "n1") { context.setTimer("a", 30); context.setTimer("b", 20); context.setTimer("c", 25); context.cancelTimer("c"); context.setTimer("a", 40) }',
    timer: 'shown = [name, context.now()]',
  })
  expect(views(await timed(world), 0)).toEqual([null, ['b', 20], ['a', 40]])
  const fast = await timed(world, {
    clocks: [
      { offsetMs: 1_000, rate: 2 },
      { offsetMs: 0, rate: 1 },
    ],
  })
  expect(views(fast, 0)).toEqual([null, ['b', 1_020], ['a', 1_040]])
  expect(fast.entries.flatMap((entry) => (entry[2] === 'view' && entry[3] === 0 ? [entry[1]] : []))).toEqual([
    0, 10, 20,
  ])
})

test('a node that never rests is ended after its steps', async () => {
  const world = await node({ boot: 'context.setTimer("go", 0)', timer: 'context.setTimer("go", 0)' })
  expect(await timed(world, { maxSteps: 500 })).toMatchObject({ end: 'storm', counts: { steps: 500 } })
})

// ---- the network -------------------------------------------------------------------------------------------------

/** n1 sends a numbered message each 10 ms; n2 shows the numbers that it got. */
const counting = () =>
  node({
    top: 'let got = []',
    boot: 'let n = 0; if (context.self === "n1") context.setTimer("go", 10)',
    timer: 'context.send("n2", { type: "count", n: n++ }); context.setTimer("go", 10)',
    message: 'got = [...got, message.n]',
    shows: 'got',
  })

const gotBy2 = (history: History) => (views(history, 1).at(-1) ?? []) as number[]

test('messages are lost, doubled and overtaken as often as the weather says', async () => {
  const world = await counting()
  const weather = { ...CALM, lost: 0.3 }
  const lossy = await timed(world, { weather, healMs: 100_000, untilMs: 20_000 })
  expect(lossy.counts.lost / lossy.counts.sent).toBeGreaterThan(0.25)
  expect(lossy.counts.lost / lossy.counts.sent).toBeLessThan(0.35)
  const doubled = await timed(world, { weather: { ...CALM, doubled: 0.5, slowMs: 500 }, healMs: 100_000 })
  expect(doubled.counts.repeated).toBeGreaterThan(20)
  const slow = gotBy2(await timed(world, { weather: { ...CALM, slow: 0.5, slowMs: 500 }, healMs: 100_000 }))
  expect(slow).not.toEqual([...slow].sort((a, b) => a - b))
  const calm = gotBy2(await timed(world, { weather: { ...weather, slow: 1, slowMs: 500 } }))
  expect(calm).toEqual(calm.map((_, i) => i))
})

const faulted = (...faults: Fault[]): Partial<Plan> => ({ faults, healMs: 800 })
const missing = (got: readonly number[]) =>
  Array.from({ length: Math.max(...got) + 1 }, (_, i) => i).filter((n) => !got.includes(n))

test('a partition and a way that is shut keep messages away, until it heals', async () => {
  const world = await counting()
  const split = await timed(
    world,
    faulted({ atMs: 105, what: 'partition', groups: [[0], [1]] }, { atMs: 305, what: 'heal' }),
  )
  expect(missing(gotBy2(split)).length).toBeGreaterThan(17)
  const shut = await timed(world, faulted({ atMs: 105, what: 'one-way', from: [0], to: [1] }))
  expect(missing(gotBy2(shut)).length).toBeGreaterThan(65)
  const other = await timed(world, faulted({ atMs: 105, what: 'one-way', from: [1], to: [0] }))
  expect(missing(gotBy2(other))).toEqual([])
  const alone = await timed(world, faulted({ atMs: 105, what: 'isolate', node: 0, forMs: 200 }))
  expect(missing(gotBy2(alone)).length).toBeGreaterThan(17)
})

test('what is sent on a clogged way comes late, and loses nothing', async () => {
  const world = await counting()
  const history = await timed(world, faulted({ atMs: 105, what: 'clog', from: 0, to: 1, forMs: 300 }))
  expect(missing(gotBy2(history))).toEqual([])
  const at = history.entries.flatMap((entry) => (entry[2] === 'got' && entry[1] > 110 && entry[1] < 405 ? [entry] : []))
  expect(at).toEqual([])
})

test('a node that is paused comes to everything later, in order', async () => {
  const world = await counting()
  const history = await timed(world, faulted({ atMs: 105, what: 'pause', node: 1, forMs: 300 }))
  const got = history.entries.flatMap((entry) =>
    entry[2] === 'got' ? [[entry[1], (entry[5] as { n: number }).n]] : [],
  )
  expect(got.filter(([at = 0]) => at > 105 && at < 405)).toEqual([])
  expect(missing(got.map(([, n = 0]) => n))).toEqual([])
})

test('what happens to a message hangs on its cause alone: sparing one loss leaves the others as they were', async () => {
  const world = await counting()
  const given = { weather: { ...CALM, lost: 0.3 }, healMs: 100_000 }
  const input = { nodes: 2, seed: 1, maxSteps: 10_000, plan: plan(given), wants: { deviations: true } }
  const [packed] = await world.call<Packed>('timed', [input])
  const { deviations = [] } = packed as Packed
  const before = gotBy2(unpack(packed as Packed))
  const after = gotBy2(await timed(world, { ...given, spared: [deviations[3] as number] }))
  expect(after.length).toBe(before.length + 1)
  expect(before.filter((n) => !after.includes(n))).toEqual([])
})

test('whoever leads is hunted', async () => {
  const world = await node({ shows: '({ leads: context.self === "n2" })' })
  const { entries } = await timed(world, faulted({ atMs: 50, what: 'crash', node: 'leader', forMs: 20, keeps: 0 }))
  expect(entries.flatMap((entry) => (entry[2] === 'crash' ? [entry[3]] : []))).toEqual([1])
})

// ---- crashes and disks -------------------------------------------------------------------------------------------

const writing = () =>
  node({
    boot: 'shown = [context.disk.get("a") ?? null, context.disk.get("b") ?? null, context.disk.log.length]; context.setTimer("go", 1)',
    timer:
      'const { disk } = context; disk.put("a", 1); disk.log.append("x"); disk.sync(); disk.put("b", 2); disk.log.append("y"); context.send("n2", { type: "done" })',
  })

test.each([
  [0, [1, null, 1]],
  [1, [1, 2, 1]],
  [2, [1, 2, 2]],
])('a crash keeps %i of the unsynced writes', async (keep, expected) => {
  const history = await replayed(await writing(), [
    ['timer', 0, 'go', 1],
    ['crash', 0, keep, 2],
    ['restart', 0, 3],
  ])
  expect(views(history, 0).at(-1)).toEqual(expected)
  expect(history.counts.unsynced).toBe(2 - keep)
})

test.each([
  [0, [null, null, 0], 0],
  [2, [null, null, 0], 0],
  [3, [1, null, 1], 0],
  [5, [1, null, 1], 0],
  [6, [1, null, 1], 1],
])('a crash after %i effects of a step leaves what was done by then', async (cut, expected, sent) => {
  const history = await replayed(await writing(), [
    ['timer', 0, 'go', 1, cut, 0],
    ['restart', 0, 3],
  ])
  expect(views(history, 0).at(-1)).toEqual(expected)
  expect(history.counts).toMatchObject({ sent, cuts: 1, crashes: 1 })
})

test('a torn log ends where the first entry is missing', async () => {
  const world = await node({
    boot: 'shown = Array.from({ length: context.disk.log.length }, (_, i) => context.disk.log.at(i)); context.setTimer("go", 1)',
    timer: 'for (const x of ["a", "b", "c"]) context.disk.log.append(x)',
  })
  const faults: Fault[] = [{ atMs: 50, what: 'crash', node: 0, forMs: 10, keeps: 0, torn: 0b101 }]
  const { entries } = await timed(world, { faults, healMs: 500, untilMs: 60 })
  const last = entries.findLast((entry) => entry[2] === 'view' && entry[3] === 0)
  expect(last?.[4]).toEqual(['a'])
})

test('messages to a node that is down are lost, and its timers are gone', async () => {
  const world = await node({ boot: 'context.setTimer("go", 100)', timer: 'shown = "late"' })
  const faults: Fault[] = [{ atMs: 50, what: 'crash', node: 0, forMs: 10, keeps: 0 }]
  const history = await timed(world, { faults, healMs: 500, untilMs: 120 })
  expect(views(history, 0)).toEqual([null, null])
  expect(views(history, 1)).toEqual([null, 'late'])
})

// ---- protocols, right and wrong ----------------------------------------------------------------------------------

const asking = (world: World, shrink = true) => ({
  shrink,
  askAll: <I, O>(operation: { operation: string }, inputs: readonly I[]) => world.call<O>(operation.operation, inputs),
})
const remote = (operation: string) => Object.assign(async () => undefined as never, { operation })

/** n1 keeps a lock for the others. @param safely whether it remembers who has it, @param again whether they ask again */
const lock = (safely: boolean, again = true) =>
  worldOf(`
    export function boot(context) {
      const { self, disk } = context
      let holder = disk.get('holder') ?? null
      let holds = false
      if (self !== 'n1') context.setTimer('want', 10 + context.random(50))
      const hold = (who) => {
        holder = who
        ${safely ? "disk.put('holder', who); disk.sync()" : ''}
      }
      return {
        onMessage(from, { type }) {
          if (type === 'acquire' && holder === null) { hold(from); context.send(from, { type: 'granted' }) }
          if (type === 'release' && holder === from) hold(null)
          if (type === 'granted') { holds = true; context.setTimer('done', 20) }
        },
        onTimer(name) {
          if (name === 'want') { context.send('n1', { type: 'acquire' }); ${again ? "context.setTimer('want', 50)" : ''} }
          else if (holds) { holds = false; context.send('n1', { type: 'release' }) }
        },
        inspect: () => ({ holds, holder }),
      }
    }`)

const twoHolders = ({ entries }: History<{ holds: boolean }>) => {
  const holding = new Set<number>()
  for (const [i, entry] of (entries as Entry<{ holds: boolean }>[]).entries()) {
    if (entry[2] === 'view' && entry[4].holds) holding.add(entry[3])
    else if (entry[2] === 'view' || entry[2] === 'crash') holding.delete(entry[3])
    if (holding.size > 1) return { entry: i, expected: 'one holder', got: `${holding.size} holders` }
  }
  return undefined
}

const walks = Array.from({ length: 200 }, (_, seed) => ({ nodes: 3, seed, length: 60, crashes: 2 }))
// A grant that comes twice makes a holder of somebody who has given back long ago: nobody's fault but the lock's design.
const lockWalk = { walk: remote('walk'), replay: remote('replay'), inputs: walks, check: twoHolders }

test('walks find the lock that forgets, and shrink it to the eight steps that it takes', async () => {
  const error = await everyWalk(asking(await lock(false)), lockWalk as never).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'BrokenPromise', got: '2 holders' })
  const { story, trace } = error as { story: string[]; trace: { events: unknown[]; broken: { event: number } } }
  expect(story.length).toBeLessThanOrEqual(8)
  expect(trace.events[trace.broken.event]).toMatchObject({ what: 'receive', changed: { holds: 'true' } })
  // The same failure, made small again, is the same.
  const again = await everyWalk(asking(await lock(false)), lockWalk as never).catch((error: unknown) => error)
  expect((again as { story: string[] }).story).toEqual(story)
})

test('exploration meets every schedule: all of them hold, or the shortest that does not is among them', async () => {
  const input = { nodes: 3, seed: 1, depth: 9, most: 20_000, mergeBy: 'view' }
  const right = await lock(true, false)
  const [byView] = await right.call<Explored>('explore', [input])
  const [exact] = await right.call<Explored>('explore', [{ ...input, mergeBy: 'events' }])
  for (const explored of [byView, exact]) {
    expect(explored?.complete).toBe(true)
    expect(explored?.ends.every((end) => twoHolders(unpack(end) as never) === undefined)).toBe(true)
  }
  expect([byView?.states, exact?.states]).toMatchInlineSnapshot(`
    [
      27,
      34,
    ]
  `)
  const [wrong] = await (await lock(false, false)).call<Explored>('explore', [{ ...input, depth: 8, crashes: 1 }])
  expect(wrong?.complete).toBe(true)
  expect(wrong?.ends.some((end) => twoHolders(unpack(end) as never) !== undefined)).toBe(true)
})

test('all schedules are held against several rules, and the shortest that breaks one is told', async () => {
  const input = { nodes: 3, seed: 1, depth: 8, most: 20_000, crashes: 1 }
  const exploring = (world: World) => {
    const explore = async (given: unknown) => (await world.call('explore', [given]))[0]
    return { explore: Object.assign(explore, { operation: 'explore' }) as never, replay: remote('replay'), input }
  }
  const [right, wrong] = [await lock(true, false), await lock(false, false)]
  const rules = { one: twoHolders, none: () => undefined }
  const survey = await surveySchedules(exploring(right), rules)
  expect(survey).toMatchObject({ broken: [], complete: true })
  await everySchedule(asking(right), { ...exploring(right), check: twoHolders })
  expect((await surveySchedules(exploring(wrong), rules)).broken).toEqual(['one'])
  const error = await everySchedule(asking(wrong), { ...exploring(wrong), check: twoHolders }).catch((e: unknown) => e)
  expect(error).toMatchObject({ name: 'BrokenPromise', got: '2 holders' })
  expect((error as { story: string[] }).story.length).toBeLessThanOrEqual(8)
})

test.each<[cut: number, replies: number, back: unknown]>([
  [1, 0, null],
  [2, 0, 'asked'],
  [3, 1, 'asked'],
])('a request that a crash cuts after %i of its effects', async (cut, replies, back) => {
  const world = await worldOf(`
    export const boot = ({ disk, reply }) => ({
      onMessage() {},
      onTimer() {},
      onRequest(request) { disk.put('was', 'asked'); disk.sync(); reply(request, 'done') },
      inspect: () => disk.get('was') ?? null,
    })`)
  const moves = [
    ['ask', 0, 0, cut, 0],
    ['restart', 0],
  ]
  const [packed] = await world.call<Packed>('script', [{ nodes: 1, seed: 1, moves, commands: ['do it'] }])
  const history = unpack(packed as Packed)
  expect(history.entries.filter(([, , what]) => what === 'replied')).toHaveLength(replies)
  expect(history.counts).toMatchObject({ crashes: 1, cuts: 1 })
  expect(views(history, 0).at(-1)).toBe(back)
})

interface Explored {
  states: number
  complete: boolean
  ends: Packed[]
}

/** n1 wants an answer of n2. @param retries whether it asks again */
const echo = (retries: boolean) =>
  node({
    boot: 'let answered = false; if (context.self === "n1") context.setTimer("ask", 10)',
    timer: `if (!answered) { context.send("n2", { type: "ask" }); ${retries ? 'context.setTimer("ask", 100)' : ''} }`,
    message: 'if (message.type === "ask") context.send(from, { type: "answer" }); else answered = true',
    shows: 'answered',
  })

const echoRuns = {
  timed: remote('timed'),
  inputs: Array.from({ length: 60 }, (_, seed) => ({
    nodes: 2,
    seed,
    maxSteps: 5_000,
    plan: plan({ weather: { ...CALM, lost: 0.3, slow: 0.2, slowMs: 400 }, healMs: 500, untilMs: 1_500 }),
  })),
  check: (history: History) =>
    views(history, 0).at(-1) === true ? undefined : { entry: -1, expected: 'an answer', got: 'none' },
  tellView: (view: unknown, name: string) => `${name} ${view === true ? 'has its answer' : 'waits'}`,
}

test('who asks again is answered in the end; who does not is found, with the one loss that it takes', async () => {
  const tally = await everyRun(asking(await echo(true)), echoRuns as never)
  expect(tally.counts.lost).toBeGreaterThan(10)
  const error = await everyRun(asking(await echo(false)), echoRuns as never).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'BrokenPromise', expected: 'an answer' })
  const { events } = (error as { trace: { events: { what: string }[] } }).trace
  expect(events.filter(({ what }) => what === 'lost')).toHaveLength(1)
})

test('what a node throws is told with the steps that lead to it', async () => {
  const world = await node({ ...pinging, timer: 'context.send("n2", { type: "x" })', message: 'null.x' })
  const given = { ...lockWalk, inputs: walks.map((input) => ({ ...input, nodes: 2 })), check: () => undefined }
  const error = await everyWalk(asking(world), given as never).catch((error: unknown) => error)
  expect(error).toMatchObject({ outcome: { kind: 'threw', name: 'TypeError', line: 7 } })
  expect((error as { story: string[] }).story).toEqual(['n1  go timer', 'n2  gets x of n1'])
})

test("a cluster mixes the learner's nodes with others", async () => {
  const world = await counting()
  const history = await timed(world, { peers: [null, 'silent'] })
  expect(history.counts.delivered).toBeGreaterThan(90)
  expect(views(history, 1)).toEqual([null])
})
