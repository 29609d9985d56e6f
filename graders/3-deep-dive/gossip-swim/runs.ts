// Nodes that go for good, one after the other, by the clock: which runs there are of a seed, and what must hold in them.

import { type Check, type Fault, type History, type Plan, planFor } from '../../kit/simulate.ts'
import type { Setup, TimedInput } from '../../kit/simulation.ts'
import { nameOf } from '../../kit/world/cluster.ts'

export const PERIOD_MS = 1_000
export const rounds = (nodes: number): number => Math.ceil(Math.log2(nodes + 1))
export const suspicionMs = (nodes: number): number => 3 * rounds(nodes) * PERIOD_MS
/** A node that ticks looks at its clock so often at least. */
export const TICK_MS = 60

export type State = 'alive' | 'suspect' | 'dead'

export interface Update {
  readonly node: string
  readonly state: State
  readonly incarnation: number
}

export type Message =
  | { readonly type: 'Ping'; readonly seq: number; readonly updates: readonly Update[] }
  | {
      readonly type: 'PingReq' | 'Ack'
      readonly seq: number
      readonly target: string
      readonly updates: readonly Update[]
    }

export interface View {
  readonly incarnation: number
  readonly suspects: readonly string[]
  readonly dead: readonly string[]
}

export type Rule = Check<View, Message>

export const MAX_STEPS = 60_000

interface Circumstances {
  readonly lost?: number
  readonly delayMs?: readonly [number, number]
  readonly faults?: readonly Fault[]
  readonly keepsAll?: boolean
  readonly peers?: Setup['peers']
}

export function run(nodes: number, seed: number, untilMs: number, given: Circumstances = {}): TimedInput {
  const { lost = 0, delayMs = [1, 20], faults = [], keepsAll = false, peers = [] } = given
  const plan: Plan = {
    ...planFor('calm', seed, { nodes, chaosMs: 0, quietMs: untilMs, patienceMs: PERIOD_MS }),
    weather: { delayMs, lost, doubled: lost / 2, slow: 0, slowMs: 20 },
    faults,
    ...(lost > 0 || faults.length > 0 ? { healMs: untilMs } : {}),
  }
  return { nodes, seed: seed | 0, plan, maxSteps: MAX_STEPS, keepsAll, peers }
}

// ---- crashes -----------------------------------------------------------------------------------------------------

const SIZES = [8, 32] as const
export const PROFILES = SIZES.flatMap((nodes) => [0, 1].map(() => `crashes among ${nodes}`))
const CRASHES = 4
const FIRST_CRASH_MS = 3_000
const crashAtMs = (i: number): number => FIRST_CRASH_MS + 1_700 * i
/** News of a crash reach all in so many periods. */
const spreadMs = (nodes: number): number => 2 * rounds(nodes) * PERIOD_MS

const endMs = (nodes: number): number => crashAtMs(CRASHES) + 10 * PERIOD_MS + suspicionMs(nodes) + spreadMs(nodes)

/** In each cluster a few go for good, one after the other. */
export function runsFor(seed: number): TimedInput[] {
  return SIZES.flatMap((nodes) =>
    [0, 1].map((i) => {
      const untilMs = endMs(nodes)
      const faults = Array.from(
        { length: CRASHES },
        (_, c): Fault => ({ atMs: crashAtMs(c), what: 'crash', node: 2 * c + i, forMs: 10 * untilMs, keeps: 0 }),
      )
      return run(nodes, seed + i, untilMs, { faults })
    }),
  )
}

interface Course {
  readonly who: string
  readonly crashedAt: number
  /** when anybody first suspected it, or held it for dead */
  suspectedAt: number
  /** when each other first suspected it; when each first held it for dead */
  readonly suspectedBy: Map<number, number>
  readonly buriedBy: Map<number, number>
}

/** What became of each that crashed. */
function coursesOf({ entries }: History<View, Message>): Course[] {
  const courses = new Map<string, Course>()
  for (const [, at, what, node, view] of entries) {
    if (what === 'crash')
      courses.set(nameOf(node), {
        who: nameOf(node),
        crashedAt: at,
        suspectedAt: Number.POSITIVE_INFINITY,
        suspectedBy: new Map(),
        buriedBy: new Map(),
      })
    if (what !== 'view') continue
    const first = (of: Map<number, number>) => void (of.has(node) || of.set(node, at))
    for (const who of [...view.suspects, ...view.dead]) {
      const course = courses.get(who)
      if (course === undefined) continue
      course.suspectedAt = Math.min(course.suspectedAt, at)
      first(course.suspectedBy)
    }
    for (const who of view.dead) {
      const course = courses.get(who)
      if (course !== undefined) first(course.buriedBy)
    }
  }
  return [...courses.values()]
}

/**
 * Periods from a crash to the first suspicion: 1.6 on average, whatever the size, and the rest of one. That the mean of four
 * exceeds this has a chance of some 10^-9, taking each for exponential beyond its first period.
 */
const NOTICED_PERIODS = 8

const noticed: Rule = (history, { nodes }) => {
  const courses = coursesOf(history)
  const took = courses.map(({ crashedAt, suspectedAt }) => (suspectedAt - crashedAt) / PERIOD_MS)
  const mean = took.reduce((sum, one) => sum + one, 0) / took.length
  if (mean <= NOTICED_PERIODS) return undefined
  return {
    entry: -1,
    expected: `a crash among ${nodes} is noticed in fewer than ${NOTICED_PERIODS} periods, on average of ${courses.length}`,
    got: Number.isFinite(mean) ? `${mean.toFixed(1)} periods` : 'one is never noticed',
  }
}

/**
 * Of those that stay: who suspects a node waits for its time and no longer, and what one of them knows, all know soon. (The
 * first who suspects it may be one that crashes before anybody has heard of it: then it is noticed anew.)
 */
const spreads: Rule = (history, { nodes }) => {
  const courses = coursesOf(history)
  const staying = Array.from({ length: nodes }, (_, node) => node).filter(
    (node) => !courses.some(({ who }) => who === nameOf(node)),
  )
  const waitMs = suspicionMs(nodes) + TICK_MS
  for (const { who, suspectedBy, buriedBy } of courses) {
    const suspectedAt = (node: number) => suspectedBy.get(node) ?? Number.POSITIVE_INFINITY
    const knownAt = Math.min(...staying.map(suspectedAt))
    for (const node of staying) {
      const waitedMs = (buriedBy.get(node) ?? Number.POSITIVE_INFINITY) - suspectedAt(node)
      if (suspectedAt(node) + waitMs < endMs(nodes) && waitedMs > waitMs)
        return {
          entry: -1,
          expected: `${nameOf(node)} of ${nodes} holds ${who} for dead when it has suspected it for ${suspicionMs(nodes)} ms`,
          got: Number.isFinite(waitedMs) ? `it does so after ${Math.round(waitedMs)} ms` : 'it never does so',
        }
      // How soon somebody notices is another promise's matter, and what was noticed late may have had no time to spread.
      if (knownAt > endMs(nodes) - suspicionMs(nodes) - spreadMs(nodes) - PERIOD_MS) continue
      const heardMs = suspectedAt(node) - knownAt
      if (heardMs > spreadMs(nodes))
        return {
          entry: -1,
          expected: `${nameOf(node)} of ${nodes} hears that ${who} is suspected within ${spreadMs(nodes)} ms`,
          got: Number.isFinite(heardMs) ? `after ${Math.round(heardMs)} ms` : 'never',
        }
    }
  }
  return undefined
}

/** Nobody is buried before it has been suspected for its time. */
const patient: Rule = (history, { nodes }) => {
  for (const { who, suspectedAt, buriedBy } of coursesOf(history)) {
    const [node, at] = [...buriedBy].toSorted((a, b) => a[1] - b[1])[0] ?? [0, Number.POSITIVE_INFINITY]
    if (at - suspectedAt < suspicionMs(nodes) - TICK_MS)
      return {
        entry: -1,
        expected: `${who} is held for dead when it has been suspected for ${suspicionMs(nodes)} ms`,
        got: `${nameOf(node)} holds it for dead after ${Math.round(at - suspectedAt)} ms`,
      }
  }
  return undefined
}

export const RUN_RULES = { noticed, spreads, patient } satisfies Record<string, Rule>
