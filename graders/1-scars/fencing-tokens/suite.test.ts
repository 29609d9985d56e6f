// A lock service and a storage are met in four ways: by scenes written for each trap, by every schedule of a small cluster,
// by walks that know no time, and by the clock under all kinds of faults. Every history is held against the same rules.

import { LOCK, type LockWorldView, STORAGE } from '../../kit/locks/lock-rules.ts'
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
  type Step,
  survey,
} from '../../kit/simulate.ts'
import type { ScriptInput, TimedInput, WalkInput } from '../../kit/simulation.ts'
import { hiddenTest, type Tools } from '../../kit/suite.ts'
import { unpack } from '../../kit/world/history.ts'
import type * as driver from './driver.ts'
import { A, B, CAST, MAX_DRIFT, MAX_STEPS, RUN_RULES as RULES, runsFor } from './runs.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

type RuleName = keyof typeof RULES

function tellView(view: LockWorldView, node: string): string | undefined {
  if ('holder' in view) return view.token === 0 ? undefined : `${node} has token ${view.token} at ${view.holder}`
  if ('writer' in view) return view.token === 0 ? undefined : `${node} has ${view.value} of token ${view.token}`
  return view.holds === 0 ? undefined : `${node} holds the lock, token ${view.holds}`
}

// ---- scenes ------------------------------------------------------------------------------------------------------

const PUPPETS = [null, null, 'puppet', 'puppet']

/** What one puppet asks. Tokens below 0: see the driver. */
type Asking =
  | { readonly type: 'Acquire' }
  | { readonly type: 'Renew' | 'Release'; readonly token: number }
  | { readonly type: 'Write'; readonly token: number; readonly value: string }

type Act = readonly [by: number, asking: Asking, cut?: number, keep?: number] | Move

const acquire: Asking = { type: 'Acquire' }
const renew = (token = -1): Asking => ({ type: 'Renew', token })
const release = (token = -1): Asking => ({ type: 'Release', token })
const write = (token: number, value: string): Asking => ({ type: 'Write', token, value })

const isMove = (act: Act): act is Move => typeof act[0] === 'string'

const back = (node: number): Move[] => [
  ['crash', node],
  ['restart', node],
]

/** One after another: each is asked, met, and answered before the next. */
function scene(...acts: readonly Act[]): ScriptInput {
  const commands: unknown[] = []
  const moves: Move[] = []
  for (const act of acts) {
    if (isMove(act)) {
      moves.push(act)
      continue
    }
    const [by, asking, cut, keep = 0] = act
    moves.push(['ask', by, commands.length])
    commands.push({ ...asking, request: commands.length + 1 })
    const to = asking.type === 'Write' ? STORAGE : LOCK
    if (cut === undefined) moves.push(['deliver', by, to, asking.type])
    else moves.push(['deliver', by, to, asking.type, cut, keep], ['restart', to])
    moves.push(['drain', by], ['drain', A + B - by])
  }
  return { nodes: 4, seed: 1, peers: PUPPETS, keepsAll: true, commands, moves }
}

async function scenesKeep(rule: RuleName, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script, replay } = tools.subject
  await everyScript(tools, { script, replay, inputs, check: RULES[rule] })
}

/** By the clock: who asks what, when. */
type Timed = readonly [atMs: number, by: number, asking: Asking]

interface Circumstances {
  readonly faults?: readonly Fault[]
  /** how fast each clock goes */
  readonly rates?: readonly number[]
}

function timedScene(asks: readonly Timed[], { faults = [], rates = [] }: Circumstances = {}): TimedInput {
  const untilMs = (asks.at(-1)?.[0] ?? 0) + 50
  const plan: Plan = {
    ...planFor('calm', 1, { nodes: 4, chaosMs: 0, quietMs: untilMs, patienceMs: 300 }),
    weather: { delayMs: [1, 1], lost: 0, doubled: 0, slow: 0, slowMs: 0 },
    faults,
    ...(faults.length > 0 ? { healMs: untilMs } : {}),
    clocks: PUPPETS.map((_, node) => ({ offsetMs: 100 * node, rate: rates[node] ?? 1 })),
    asks: asks.map(([atMs, node, asking], i) => ({ atMs, node, command: { ...asking, request: i + 1 } })),
  }
  return { nodes: 4, seed: 1, peers: PUPPETS, keepsAll: true, plan, maxSteps: MAX_STEPS }
}

const down = (node: number, atMs: number, more: { keeps?: number; cut?: number } = {}): Fault => ({
  atMs,
  what: 'crash',
  node,
  forMs: 20,
  keeps: 0,
  ...more,
})

async function timedScenesKeep(rule: RuleName, tools: Given, inputs: readonly TimedInput[]): Promise<void> {
  const { timed } = tools.subject
  const check = RULES[rule]
  const { failing } = await survey(tools, timed, inputs, { check })
  await noRun(tools, { timed, inputs, check, tellView }, failing['check'] ?? [])
}

const everyMs = (from: number, to: number, stepMs: number, by: number, asking: Asking): Timed[] =>
  Array.from({ length: Math.floor((to - from) / stepMs) + 1 }, (_, i) => [from + i * stepMs, by, asking])

const inOrder = (...asks: readonly Timed[]): Timed[] => asks.toSorted((a, b) => a[0] - b[0])

// ---- every schedule ----------------------------------------------------------------------------------------------

const EXPLORED = { nodes: 4, seed: 1, peers: [null, null, 'brief', 'brief'], keepsAll: true } as const
const EXPLORE_DEPTH = 7
const MOST_STATES = 20_000

/** Every schedule of two workers and one crash, up to a depth. All the rules look at the same ones. */
async function schedulesKeep(rule: RuleName, tools: Given): Promise<void> {
  const { explore, replay } = tools.subject
  const failing = await tools.once('schedules', async () => {
    const [explored] = await tools.askAll(explore, [
      { ...EXPLORED, depth: EXPLORE_DEPTH, most: MOST_STATES, crashes: 1 },
    ])
    const first: Partial<Record<RuleName, readonly Step[]>> = {}
    for (const history of (explored?.ends ?? []).map(unpack))
      for (const name of Object.keys(RULES) as RuleName[])
        if (first[name] === undefined && (history.threw ?? RULES[name](history, EXPLORED)) !== undefined)
          first[name] = history.steps ?? []
    return first
  })
  const steps = failing[rule]
  if (steps === undefined) return
  await everyScript(tools, { script: replay, replay, inputs: [{ ...EXPLORED, steps }], check: RULES[rule] })
}

// ---- walks -------------------------------------------------------------------------------------------------------

const WALKS = 40
const WALK_STEPS = 80

const walksFor = (seed: number): WalkInput[] =>
  Array.from({ length: WALKS }, (_, i) => ({
    nodes: CAST.length,
    seed: (seed + i) | 0,
    length: WALK_STEPS,
    crashes: i % 4 === 3 ? 0 : 3,
    peers: CAST,
    keepsAll: true,
  }))

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

async function runsKeep(rule: RuleName, tools: Given): Promise<void> {
  const { timed } = tools.subject
  const { seed, failing, tally } = await tools.once('runs', async (seed) => {
    await isRepeatable(tools, timed, runsFor(seed)[0])
    return { seed, ...(await survey(tools, timed, runsFor(seed), RULES, 2)) }
  })
  await noRun(tools, { timed, inputs: runsFor(seed), check: RULES[rule], tellView }, failing[rule] ?? [])
  mustHaveSeen(tally, 'crashes', 'lost', 'partitions')
}

async function chaosKeeps(rule: RuleName, tools: Given): Promise<void> {
  await schedulesKeep(rule, tools)
  await walksKeep(rule, tools)
  await runsKeep(rule, tools)
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('One worker at a time holds the lock, by anybody’s clock', async (tools) => {
  await scenesKeep('exclusive', tools, [
    scene([A, acquire], [B, acquire]),
    scene([A, acquire], [A, acquire]),
    scene([A, acquire], ...back(LOCK), [B, acquire]),
    scene([A, acquire], [A, renew()], ...back(LOCK), [B, acquire]),
    // Others that let go of it, and one that lets go of what it had before.
    scene([A, acquire], [B, release()], [B, acquire]),
    scene([A, acquire], [A, release()], [A, acquire], [A, release(-2)], [B, acquire]),
    scene([A, acquire], [A, release()], [B, acquire], [A, release(-2)], [A, acquire]),
    // A grant that is cut short is told, or it is none.
    ...[0, 1, 2, 3, 4].flatMap((cut) => [0, 1, 2].map((keep) => scene([A, acquire, cut, keep], [B, acquire]))),
  ])
  // The service's clock gains all the time, the holder's loses: nobody else is let in before the holder is out.
  const rates = [1 + MAX_DRIFT, 1, 1 - MAX_DRIFT, 1]
  const asks = everyMs(900, 1_120, 2, B, acquire)
  const first: Timed = [0, A, acquire]
  const renewals: Timed[] = [400, 800, 1_200].map((atMs) => [atMs, A, renew()])
  await timedScenesKeep('exclusive', tools, [
    timedScene([first, ...asks]),
    timedScene([first, ...asks], { rates }),
    timedScene(inOrder(first, ...renewals, ...everyMs(1_000, 2_300, 4, B, acquire)), { rates }),
    // It restarts, and does not know that it had said one more lease.
    ...[450, 1_250].map((atMs) =>
      timedScene(inOrder(first, ...renewals, ...everyMs(1_000, 2_300, 4, B, acquire)), { faults: [down(LOCK, atMs)] }),
    ),
  ])
  await chaosKeeps('exclusive', tools)
})

test('Every grant has a higher token than all before it', async (tools) => {
  await scenesKeep('rising', tools, [
    scene([A, acquire], [A, acquire]),
    scene([A, acquire], [A, release()], [B, acquire], [B, release()], [A, acquire]),
    scene([A, acquire], [A, release()], ...back(LOCK), [B, acquire]),
    scene([A, acquire], [A, release()], ...back(LOCK), ...back(LOCK), [B, acquire], [B, release()], [A, acquire]),
  ])
  // After each effect of a grant, with and without what was not synced.
  const [early, late, later]: Timed[] = [
    [0, A, acquire],
    [2_500, B, acquire],
    [5_000, A, acquire],
  ]
  const asks = [early, late, later] as Timed[]
  await timedScenesKeep('rising', tools, [
    timedScene(asks),
    timedScene(asks, { faults: [down(LOCK, 500), down(LOCK, 3_000)] }),
    ...[0, 1, 2, 3, 4].flatMap((cut) =>
      [0, 1].flatMap((keeps) => [
        timedScene(asks, { faults: [down(LOCK, 0, { cut, keeps })] }),
        timedScene(asks, { faults: [down(LOCK, 2_499, { cut, keeps })] }),
      ]),
    ),
  ])
  await chaosKeeps('rising', tools)
})

test('Only the holder renews and releases', async (tools) => {
  await scenesKeep('owned', tools, [
    scene([A, renew(7)]),
    scene([A, release(7)]),
    scene([A, acquire], [B, renew()]),
    scene([A, acquire], [B, release()]),
    scene([A, acquire], [A, release()], [A, acquire], [A, release(-2)]),
    scene([A, acquire], [A, release()], [A, acquire], [A, renew(-2)]),
    scene([A, acquire], [A, release()], [A, renew()]),
    scene([A, acquire], [A, release()], [B, acquire], [A, release(-2)]),
    scene([A, acquire], [A, release()], [B, acquire], [A, renew()]),
    // What was told is known after a crash: a late renewal brings nothing back.
    scene([A, acquire], [A, release()], ...back(LOCK), [A, renew()]),
    scene([A, acquire], [A, renew()], [A, release()], ...back(LOCK), [A, renew()]),
  ])
  await chaosKeeps('owned', tools)
})

test('Who renews in time keeps the lock', async (tools) => {
  await scenesKeep('renewable', tools, [
    scene([A, acquire], [A, renew()]),
    scene([A, acquire], [A, renew()], [A, renew()]),
    scene([A, acquire], [B, acquire], [A, renew()]),
    scene([A, acquire], [B, release()], [A, renew()]),
    scene([A, acquire], ...back(LOCK), [A, renew()]),
    scene([A, acquire], [A, release()], [A, acquire], [A, release(-2)], [A, renew()]),
    // A grant that is cut short is told, or it is none.
    ...[0, 1, 2, 3, 4].flatMap((cut) => [0, 1, 2].map((keep) => scene([A, acquire, cut, keep], [A, renew()]))),
  ])
  const asks = inOrder(
    [0, A, acquire],
    ...everyMs(600, 4_200, 600, A, renew()),
    ...everyMs(500, 4_200, 500, B, acquire),
  )
  await timedScenesKeep('renewable', tools, [
    timedScene(asks),
    timedScene(asks, { rates: [1 + MAX_DRIFT, 1, 1 - MAX_DRIFT, 1] }),
    timedScene(asks, { faults: [down(LOCK, 1_000), down(LOCK, 2_300)] }),
    timedScene([
      [0, A, acquire],
      [950, A, renew()],
    ]),
  ])
  await chaosKeeps('renewable', tools)
})

test('Who is gone holds nothing for long', async (tools) => {
  await scenesKeep('freed', tools, [
    scene([A, acquire]),
    scene([A, acquire], [A, release()], [B, acquire]),
    scene([A, acquire], [A, release()], [A, acquire]),
    scene([A, acquire], [B, acquire], [A, release()], [B, acquire]),
  ])
  const gone: Timed[] = [
    [0, A, acquire],
    [700, A, renew()],
  ]
  await timedScenesKeep('freed', tools, [
    timedScene([gone[0] as Timed, [2_010, B, acquire]]),
    timedScene([...gone, [2_720, B, acquire]]),
    timedScene([...gone, [2_900, B, acquire]], { rates: [1 - MAX_DRIFT] }),
    // Whoever keeps asking does not keep itself out.
    timedScene([...gone, ...everyMs(800, 2_900, 300, B, acquire)]),
    // It was down when the lease ended, and before that.
    timedScene([...gone, [3_000, B, acquire]], { faults: [down(LOCK, 750)] }),
    timedScene([...gone, [4_000, B, acquire]], { faults: [{ ...down(LOCK, 750), forMs: 1_200 } as Fault] }),
    timedScene([gone[0] as Timed, [2_600, B, acquire], [5_000, A, acquire]], {
      faults: [down(LOCK, 100), down(LOCK, 2_700)],
    }),
  ])
  await chaosKeeps('freed', tools)
})

test('The storage takes nothing from the past', async (tools) => {
  await scenesKeep('fenced', tools, [
    scene([A, write(1, 'a')], [B, write(2, 'b')], [A, write(1, 'c')]),
    scene([A, write(1, 'a')], [B, write(9, 'b')], [A, write(8, 'c')]),
    scene([A, write(5, 'a')], [A, write(4, 'b')]),
    scene([A, write(5, 'a')], [B, write(5, 'b')]),
    scene([A, write(5, 'a')], [B, write(5, 'b')], [A, write(5, 'c')], [B, write(5, 'd')]),
    // Values that are equal are not the same write.
    scene([A, write(1, 'a')], [B, write(2, 'a')], [A, write(1, 'a')]),
    scene([B, write(2, 'b')], ...back(STORAGE), [A, write(1, 'a')]),
    scene([B, write(2, 'b')], ...back(STORAGE), [A, write(2, 'a')]),
    scene([A, write(10, 'a')], [B, write(9, 'b')]),
  ])
  await chaosKeeps('fenced', tools)
})

test('What is written outlives a crash, token and all', async (tools) => {
  await scenesKeep('durable', tools, [
    scene([A, write(3, 'a')], ...back(STORAGE)),
    scene([A, write(3, 'a')], [B, write(4, 'b')], ...back(STORAGE), ...back(STORAGE)),
    scene([A, write(3, 'a')], [A, write(3, 'b')], ...back(STORAGE)),
    scene([A, write(3, 'a')], [B, write(2, 'b')], ...back(STORAGE)),
    // After each effect of a write, with and without what was not synced.
    ...[0, 1, 2, 3, 4].flatMap((cut) =>
      [0, 1, 2].map((keep) => scene([A, write(3, 'a')], [B, write(4, 'b'), cut, keep])),
    ),
  ])
  await chaosKeeps('durable', tools)
})

test('The newest holder writes unhindered', async (tools) => {
  await scenesKeep('taken', tools, [
    scene([A, write(1, 'a')], [A, write(1, 'b')], [A, write(1, 'b')]),
    scene([A, write(1, 'a')], [B, write(3, 'b')], [A, write(1, 'c')], [B, write(3, 'd')]),
    scene([A, write(1, 'a')], [B, write(1, 'b')], [A, write(1, 'c')]),
    scene([A, write(2, 'a')], [B, write(10, 'b')], [A, write(11, '')]),
    scene([A, write(1, 'a')], ...back(STORAGE), [A, write(1, 'b')], [B, write(2, 'c')]),
    // Nobody has to come in order, and the first to come may be the hundredth.
    scene([A, write(100, 'a')], [B, write(1_000_000, 'b')]),
  ])
  await chaosKeeps('taken', tools)
})
