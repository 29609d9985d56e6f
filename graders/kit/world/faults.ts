// What is done to a cluster, and when: drawn from a seed, as plain data that can be read, printed, and thinned out one by
// one while a failure is made smaller. Each seed draws a configuration of its own first (swarm testing): a run in which
// everything happens hides what only happens when some things do not.

import { type Stream, stream } from './chance.ts'

export type Fault = { readonly atMs: number } & (
  | /** who is not in one group cannot be heard there */ {
      readonly what: 'partition'
      readonly groups: readonly (readonly number[])[]
    }
  | /** only this way is shut */ {
      readonly what: 'one-way'
      readonly from: readonly number[]
      readonly to: readonly number[]
    }
  | { readonly what: 'heal' }
  | /** what is sent on it comes only when it is free again */ {
      readonly what: 'clog'
      readonly from: number
      readonly to: number
      readonly forMs: number
    }
  | ({ readonly what: 'crash'; readonly forMs: number } & Whom & Loss)
  | ({ readonly what: 'pause'; readonly forMs: number } & Whom)
  | ({ readonly what: 'isolate'; readonly forMs: number } & Whom)
)

/** `leader`: whoever shows itself as one at that time; nobody, where none does */
interface Whom {
  readonly node: number | 'leader'
}

interface Loss {
  /** share of the unsynced writes that are safe by luck */
  readonly keeps: number
  /** in the midst of its next step, after so many effects */
  readonly cut?: number
  /** which unsynced writes land, instead of the first ones */
  readonly torn?: number
}

export interface Weather {
  readonly delayMs: readonly [least: number, most: number]
  /** shares of the messages */
  readonly lost: number
  readonly doubled: number
  readonly slow: number
  /** how late a slow one is at most */
  readonly slowMs: number
}

export interface Plan {
  /** all faults end and all nodes are up from here on */
  readonly healMs: number
  readonly untilMs: number
  readonly weather: Weather
  readonly faults: readonly Fault[]
  /** of each node: how its clock stands and goes */
  readonly clocks?: readonly { readonly offsetMs: number; readonly rate: number }[]
  /** what clients ask, and whom: `leader` as in a fault */
  readonly asks?: readonly { readonly atMs: number; readonly node: number | 'leader'; readonly command: unknown }[]
}

export const CALM: Weather = { delayMs: [1, 10], lost: 0, doubled: 0, slow: 0, slowMs: 0 }

/**
 * - `calm`: nothing happens but messages that take their time
 * - `swarm`: any mixture of all faults, most runs without most of them
 * - `hunter`: follows whoever leads, and strikes there
 * - `blackout`: all nodes crash at once, again and again
 */
export type Profile = 'calm' | 'swarm' | 'hunter' | 'blackout'

export interface Scale {
  readonly nodes: number
  /** how long faults go on, and how long it is quiet after them */
  readonly chaosMs: number
  readonly quietMs: number
  /** about as long as it takes the protocol to notice that somebody is gone */
  readonly patienceMs: number
  /** clocks differ by up to so much; not at all unless told */
  readonly skew?: { readonly offsetMs: number; readonly rate: number }
  /** what a crash leaves of unsynced writes may be any of them; the first ones, unless told */
  readonly torn?: true
}

export function planFor(profile: Profile, seed: number, scale: Scale): Plan {
  const draw = stream(seed, 211)
  const { nodes, chaosMs, quietMs, skew } = scale
  const chaos = profile === 'calm' ? [] : FAULTS[profile](draw, scale)
  const faults = chaos.filter(({ atMs }) => atMs < chaosMs).sort((a, b) => a.atMs - b.atMs)
  const clocks = Array.from({ length: nodes }, () => ({
    offsetMs: skew === undefined ? 0 : draw.below(2 * skew.offsetMs + 1),
    rate: skew === undefined ? 1 : 1 + skew.rate * (2 * draw.fraction() - 1),
  }))
  return {
    healMs: profile === 'calm' ? 0 : chaosMs,
    untilMs: chaosMs + quietMs,
    weather: profile === 'calm' ? CALM : weather(draw, scale),
    faults,
    ...(skew === undefined ? {} : { clocks }),
  }
}

/**
 * The runs of one seed, of which one at least divides the nodes for a while, whatever was drawn: the first one, where none
 * does. (Of twenty seeds, one or two draw no partition at all, and a suite that waits for one would have run for nothing.)
 */
export function withPartition<Run extends { readonly nodes: number; readonly plan: Plan }>(
  runs: readonly Run[],
): Run[] {
  const divides = ({ faults, healMs }: Plan) =>
    faults.some((one) => one.what === 'partition' && 4 * one.atMs <= 3 * healMs && !one.groups.some(isEmpty))
  if (runs.some(({ plan }) => divides(plan))) return [...runs]
  return runs.map((run, i) => {
    if (i > 0) return run
    const others = Array.from({ length: run.nodes - 1 }, (_, k) => k + 1)
    const parting: Fault = { atMs: Math.floor(run.plan.healMs / 3), what: 'partition', groups: [[0], others] }
    const faults = [...run.plan.faults, parting].sort((a, b) => a.atMs - b.atMs)
    return { ...run, plan: { ...run.plan, faults } }
  })
}

const isEmpty = (group: readonly number[]): boolean => group.length === 0

/** Each kind of bad weather is absent from half of the runs. */
function weather(draw: Stream, { patienceMs }: Scale): Weather {
  const sometimes = (most: number) => (draw.chance(0.5) ? 0 : draw.fraction() * most)
  return {
    delayMs: [1, 2 + draw.below(Math.max(2, patienceMs / 8))],
    lost: sometimes(0.3),
    doubled: sometimes(0.3),
    slow: sometimes(0.1),
    slowMs: patienceMs * (1 + draw.below(6)),
  }
}

const FAULTS: Record<Exclude<Profile, 'calm'>, (draw: Stream, scale: Scale) => Fault[]> = {
  swarm(draw, scale) {
    const { nodes, chaosMs, patienceMs } = scale
    const kinds = (scale.torn ? [...SWARM, torn] : SWARM).filter(() => draw.chance(0.4))
    const everyMs = patienceMs * (1 + draw.below(6))
    const faults: Fault[] = []
    for (let atMs = draw.below(everyMs); atMs < chaosMs && kinds.length > 0; atMs += 1 + draw.below(2 * everyMs)) {
      const forMs = 1 + draw.below(8 * patienceMs)
      for (const fault of draw.pick(kinds)(draw, nodes, forMs)) faults.push({ atMs, ...fault } as Fault)
    }
    return faults
  },
  hunter(draw, { nodes, chaosMs, patienceMs }) {
    const faults: Fault[] = []
    for (let atMs = patienceMs; atMs < chaosMs; atMs += patienceMs + draw.below(4 * patienceMs)) {
      const forMs = 1 + draw.below(6 * patienceMs)
      const how = draw.below(4)
      if (how === 0) faults.push({ atMs, what: 'pause', node: 'leader', forMs })
      else if (how === 1) faults.push({ atMs, what: 'isolate', node: 'leader', forMs })
      else if (how === 2) faults.push({ atMs, what: 'crash', node: 'leader', forMs, keeps: draw.fraction() })
      else faults.push({ atMs, what: 'crash', node: draw.below(nodes), forMs, keeps: 0, cut: draw.below(4) })
    }
    return faults
  },
  blackout(draw, { nodes, chaosMs, patienceMs }) {
    const faults: Fault[] = []
    for (let atMs = patienceMs; atMs < chaosMs; atMs += 3 * patienceMs + draw.below(6 * patienceMs))
      for (let node = 0; node < nodes; node++)
        faults.push({
          atMs: atMs + draw.below(20),
          what: 'crash',
          node,
          forMs: 1 + draw.below(2 * patienceMs),
          keeps: draw.fraction(),
          ...(draw.chance(0.3) ? { cut: draw.below(4) } : {}),
        })
    return faults
  },
}

type Bare = Record<string, unknown> & { readonly what: Fault['what'] }

type Draw = (draw: Stream, nodes: number, forMs: number) => Bare[]

const torn: Draw = (draw, nodes, forMs) => [
  { what: 'crash', node: draw.below(nodes), forMs, keeps: 0, torn: draw.below(2 ** 30) },
]

const SWARM: readonly Draw[] = [
  (draw, nodes) => {
    const groups: number[][] = [[], []]
    for (let node = 0; node < nodes; node++) groups[draw.below(2)]?.push(node)
    return [{ what: 'partition', groups }]
  },
  () => [{ what: 'heal' }],
  (draw, nodes) => {
    const all = Array.from({ length: nodes }, (_, i) => i)
    return [{ what: 'one-way', from: all.filter(() => draw.chance(0.4)), to: all.filter(() => draw.chance(0.4)) }]
  },
  (draw, nodes, forMs) => [{ what: 'clog', from: draw.below(nodes), to: draw.below(nodes), forMs }],
  (draw, nodes, forMs) => [{ what: 'crash', node: draw.below(nodes), forMs, keeps: draw.fraction() }],
  (draw, nodes, forMs) => [{ what: 'crash', node: draw.below(nodes), forMs, keeps: 0, cut: draw.below(5) }],
  (draw, nodes, forMs) => [{ what: 'pause', node: draw.below(nodes), forMs }],
  (draw, nodes, forMs) => [{ what: 'isolate', node: draw.below(nodes), forMs }],
]
