// Counters of a cluster by the clock, under all kinds of faults: which runs there are of a seed, and what must hold in them.

import { type Broken, type Check, type Profile, planFor } from '../../kit/simulate.ts'
import type { TimedInput } from '../../kit/simulation.ts'
import { same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

export type Kind = driver.Script['kind']
export type State = driver.State
export type Counts = driver.Counts
export interface View extends State {
  readonly value: number
}
export type Rule = Check<View, State>

export const bare = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
/** An entry of 0 is as good as none. */
export const plain = ({ up, down }: State): State => ({ up: bare(up), down: bare(down) })
export const alike = (a: State, b: State) => same(plain(a), plain(b))

export const told = (kind: Kind, state: State) => show(kind === 'GCounter' ? bare(state.up) : plain(state))
export const name = (node: number) => `n${node + 1}`

export const COMMANDS = [1, 2, -1, 5, -3, 1, -1, 2].map((add) => ({ add }))

export const CHAOS_MS = 1_500
/** Fifteen periods: who gossips with one peer at a time has to come round. */
export const QUIET_MS = 1_500
export const MAX_STEPS = 20_000

/** At the end, when it has been quiet for a while, all show the same. */
const agreed: Rule = ({ entries, end, counts }): Broken | undefined => {
  if (end === 'storm')
    return { entry: -1, expected: `fewer than ${MAX_STEPS} steps`, got: `a storm of ${counts.sent} messages` }
  const views = new Map<number, View>()
  for (const entry of entries) if (entry[2] === 'view') views.set(entry[3], entry[4])
  const [first, ...rest] = [...views].sort(([a], [b]) => a - b)
  const odd = rest.find(([, view]) => first !== undefined && !alike(view, first[1]))
  if (first === undefined || odd === undefined) return undefined
  return {
    entry: -1,
    expected: `at the end ${name(odd[0])} shows what ${name(first[0])} does: ${told('PNCounter', first[1])}`,
    got: told('PNCounter', odd[1]),
  }
}

export const asksFor = (nodes: number) =>
  Array.from({ length: 12 }, (_, i) => ({
    atMs: 60 + 110 * i,
    node: i % nodes,
    command: COMMANDS[i % COMMANDS.length],
  }))

export const PROFILES: readonly Profile[] = ['swarm', 'swarm', 'blackout']

export const runsFor = (seed: number): TimedInput[] =>
  PROFILES.map((profile, i) => {
    const nodes = [3, 4, 2][i] as number
    const scale = { nodes, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 150 }
    const plan = { ...planFor(profile, (seed + i) | 0, scale), asks: asksFor(nodes) }
    return { nodes, seed: (seed + i) | 0, plan, maxSteps: MAX_STEPS }
  })

export const RUN_RULES = { agreed } satisfies Record<string, Rule>
