// Calls one counter without a world around it, and runs clusters of the learner's nodes.

import * as kata from '#kata/3-deep-dive/crdt-counters'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { evaluated, fresh, simulation } from '../../kit/simulation.ts'

/** By replica. A GCounter has nothing under `down`. */
export type Counts = Record<string, number>
export interface State {
  up: Counts
  down: Counts
}

export type Call =
  /** `increment`, or `add` */
  { count: number } | { merge: State }

export interface Script {
  kind: 'GCounter' | 'PNCounter'
  replica: string
  calls: Call[]
}

/** A counter after a call. */
export interface Seen extends State {
  value: number
}

/** The counter at first, and after each call, which may throw. */
export function run(script: Script): { first: Seen; after: (Attempt<null> & { seen: Seen })[] } {
  const { count, merge, look } = counterOf(script)
  return {
    first: look(),
    after: script.calls.map((call) => {
      const came = attempt(() => {
        if ('count' in call) count(call.count)
        else merge(call.merge)
        return null
      })
      return { ...came, seen: look() }
    }),
  }
}

/** Each list of states is merged into a counter of its own, which has counted nothing. */
export function observers({ kind, orders }: { kind: Script['kind']; orders: State[][] }): Seen[] {
  return orders.map((states) => {
    const { merge, look } = counterOf({ kind, replica: 'observer' })
    for (const state of states) merge(state)
    return look()
  })
}

/** As {@link observers}, but two of each three states are put together first, by a counter of its own. */
export function grouped({ kind, triples }: { kind: Script['kind']; triples: State[][] }): Seen[] {
  return triples.map(([first, ...rest]) => {
    const inner = counterOf({ kind, replica: 'middle' })
    for (const state of rest) inner.merge(state)
    const outer = counterOf({ kind, replica: 'observer' })
    outer.merge(first as State)
    const { up, down } = inner.look()
    outer.merge({ up, down })
    return outer.look()
  })
}

export interface Owned {
  /** the state that was given, and that which was handed out, at the end of the calls */
  given: State
  out: State
  /** that which was handed out, when it was */
  outAtFirst: State
  /** the counter, before somebody wrote all over both of them, and after that */
  before: Seen
  after: Seen
}

/** Counts, merges and hands out; goes on counting and merging; then writes over what was given and what came out. */
export function owned({ kind, counted, given, later }: Owning): Owned {
  const { count, mergeItself, look, outOf } = counterOf({ kind, replica: 'n1' })
  if (counted > 0) count(counted)
  const mine: State = { up: { ...given.up }, down: { ...given.down } }
  mergeItself(mine)
  const out = outOf()
  const outAtFirst = copied(out)
  count(1)
  mergeItself({ up: { ...later.up }, down: { ...later.down } })
  const atTheEnd = { given: copied(mine), out: copied(out) }
  const before = look()
  // What is handed out may be frozen: that is one way to keep it apart.
  for (const counts of [mine.up, mine.down, out.up, out.down])
    for (const replica of ['n1', ...Object.keys(counts)]) if (!Object.isFrozen(counts)) counts[replica] = SCRIBBLE
  return { ...atTheEnd, outAtFirst, before, after: look() }
}

export interface Owning {
  kind: Script['kind']
  counted: number
  given: State
  later: State
}

const SCRIBBLE = 1_000_000

function counterOf({ kind, replica }: Pick<Script, 'kind' | 'replica'>) {
  const { GCounter, PNCounter } = evaluated(kata)
  if (kind === 'GCounter') {
    const counter = new GCounter(replica)
    const outOf = (): State => ({ up: counter.state() as Counts, down: {} })
    return {
      count: (by: number) => counter.increment(by),
      merge: ({ up }: State) => counter.merge({ ...up }),
      mergeItself: ({ up }: State) => counter.merge(up),
      outOf,
      look: (): Seen => ({ value: counter.value, ...copied(outOf()) }),
    }
  }
  const counter = new PNCounter(replica)
  const outOf = () => counter.state() as State
  return {
    count: (by: number) => counter.add(by),
    merge: ({ up, down }: State) => counter.merge({ up: { ...up }, down: { ...down } }),
    mergeItself: (state: State) => counter.merge(state),
    outOf,
    look: (): Seen => ({ value: counter.value, ...copied(outOf()) }),
  }
}

const copied = ({ up, down }: State): State => ({ up: { ...up }, down: { ...down } })

const told = (sign: string, counts: kata.Counts) =>
  Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([replica, count]) => `${replica}${sign}${count}`)

const world = simulation<kata.PNState, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  keeps: () => true,
  label: ({ up, down }) => ['state', ...told('+', up), ...told('-', down)].join(' '),
})

export const { walk, timed, replay, script, explore, tapes, alone } = world
