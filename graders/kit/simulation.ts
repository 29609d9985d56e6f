// What drivers of simulated katas are written with; importing it makes a kata one of simulated nodes: its submission is
// then evaluated afresh for each boot of each node, so that a module's variables are neither a network nor a disk. It runs
// beside the submission, and never judges: what comes back is a history.
//
//   import * as kata from '#kata/4-scale/raft-election'
//   const world = simulation({ boot: fresh(kata, ({ boot }) => boot), leads: (view: View) => view.role === 'leader' })
//   export const walk = world.walk
//   export const timed = world.timed

import type { ClientScripts, Refusal } from './world/clients.ts'
import type { Boot } from './world/cluster.ts'
import type { Contents } from './world/disk.ts'
import { type Explored, type ExploreOptions, explore } from './world/explore.ts'
import type { Plan } from './world/faults.ts'
import { type History, type Packed, pack, type Step } from './world/history.ts'
import { type Move, runScript } from './world/script.ts'
import { type Difference, playTape, type Tape, taping } from './world/tape.ts'
import { type Pace, runTimed } from './world/timed.ts'
import { replay } from './world/untimed.ts'
import { runWalk } from './world/walk.ts'
import type { Context, Node } from './world.ts'

export { type Plan, type Profile, planFor, type Scale } from './world/faults.ts'

/** The one export of a submission that was made ready for this: evaluates it afresh, and returns what it exports. */
const FRESH = 'kata: evaluate afresh'

/**
 * @param module the submission, as `import * as kata` gives it
 * @param find what starts a node, among its exports
 */
export function fresh<K extends object, M>(
  module: K,
  find: (kata: K) => (context: Context<M>) => Node<M, never>,
): Boot {
  const evaluate = (module as Record<string, unknown>)[FRESH] as (() => K) | undefined
  if (evaluate === undefined)
    throw new Error('a submission that cannot be evaluated afresh: is it not the judge who runs this?')
  return (context) => find(evaluate())(context as Context<M>) as Node<never, never>
}

/** A node of the grader's own, to be mixed into the learner's cluster. */
export const peer = <M>(boot: (context: Context<M>) => Node<M, never>): Boot => boot as unknown as Boot

export interface Simulated<M, V> {
  readonly boot: Boot
  /** other legal nodes, by name */
  readonly peers?: Readonly<Record<string, Boot>>
  /** which messages the history keeps; none unless told */
  readonly keeps?: (message: M) => boolean
  /** a message in a few words; its first one names its kind */
  readonly label?: (message: M) => string
  readonly leads?: (view: V) => boolean
  /** of what clients are told: says that nothing was done, and who might do it */
  readonly refusal?: Refusal
  /** a client's command, and what it is told, in a few words */
  readonly tellCommand?: (command: never) => string
  readonly tellAnswer?: (result: never) => string
}

/** Which cluster: plain data from the suite. */
export interface Setup {
  readonly nodes: number
  readonly seed: number
  /** who is played by a peer of the grader's, by its name; the learner's elsewhere */
  readonly peers?: readonly (string | null)[]
  /** of each client: what it wants to have done, one after the other */
  readonly clients?: ClientScripts
  /** what each node's disk holds before it boots first */
  readonly disks?: readonly Contents[]
  /** with a trace, for a diagram */
  readonly traced?: boolean
  /** counts messages by kind */
  readonly countsKinds?: boolean
  /** the history keeps every message, and not only those that the driver chooses */
  readonly keepsAll?: boolean
}

export interface WalkInput extends Setup {
  readonly length: number
  readonly crashes?: number
  readonly commands?: readonly unknown[]
  readonly wants?: { readonly steps?: boolean }
}

export interface TimedInput extends Setup {
  readonly plan: Plan
  readonly maxSteps: number
  readonly pace?: Pace
  readonly spared?: readonly number[]
  readonly wants?: { readonly deviations?: boolean; readonly steps?: boolean }
}

export interface ReplayInput extends Setup {
  readonly steps: readonly Step[]
  readonly commands?: readonly unknown[]
}

export interface ScriptInput extends Setup {
  readonly moves: readonly Move[]
  readonly commands?: readonly unknown[]
}

export interface ExploreInput extends Setup, ExploreOptions {}

/** One run, to be taken down. */
export type TapesInput =
  | { readonly operation: 'walk'; readonly input: WalkInput }
  | { readonly operation: 'timed'; readonly input: TimedInput }
  | { readonly operation: 'script'; readonly input: ScriptInput }

export interface Simulation<M, V> {
  walk(input: WalkInput): Packed<V, M>
  timed(input: TimedInput): Packed<V, M>
  replay(input: ReplayInput): Packed<V, M>
  script(input: ScriptInput): Packed<V, M>
  explore(input: ExploreInput): Omit<Explored, 'ends'> & { readonly ends: readonly Packed<V, M>[] }
  /** Runs a cluster and takes down what the learner's nodes are told and do, boot by boot. Every driver exports it. */
  tapes(input: TapesInput): readonly Tape[]
  /** Plays one boot to a node that is alone: for a process of its own. Every driver exports it. */
  alone(tape: Tape): Difference | null
}

export function simulation<M, V>(given: Simulated<M, V>): Simulation<M, V> {
  const { keeps, label, leads, refusal, tellCommand, tellAnswer, peers = {} } = given
  const setUp = ({
    nodes,
    seed,
    disks,
    traced = false,
    countsKinds = false,
    keepsAll = false,
    clients,
    peers: names = [],
  }: Setup) => ({
    boots: Array.from({ length: nodes }, (_, i) => {
      const name = names[i]
      const other = typeof name === 'string' ? peers[name] : given.boot
      if (other === undefined) throw new Error(`there is no peer ${name}`)
      return other
    }),
    seed,
    ...(disks === undefined ? {} : { disks }),
    keeps: (keepsAll ? () => true : keeps) as ((message: never) => boolean) | undefined,
    label: label as ((message: never) => string) | undefined,
    clients,
    refusal,
    tellCommand,
    tellAnswer,
    traced,
    countsKinds,
  })
  const packed = (history: History) => pack(history) as Packed<V, M>
  return {
    walk: ({ length, crashes, commands, wants, ...setup }) =>
      packed(
        runWalk({
          ...setUp(setup),
          length,
          ...(crashes === undefined ? {} : { crashes }),
          ...(commands === undefined ? {} : { commands }),
          ...(wants === undefined ? {} : { wants }),
        }),
      ),
    timed: ({ plan, maxSteps, pace, spared, wants, ...setup }) =>
      packed(
        runTimed({
          ...setUp(setup),
          plan,
          maxSteps,
          leads: leads as ((view: never) => boolean) | undefined,
          ...(pace === undefined ? {} : { pace }),
          ...(spared === undefined ? {} : { spared }),
          ...(wants === undefined ? {} : { wants }),
        }),
      ),
    replay: ({ steps, commands, ...setup }) =>
      packed(replay({ ...setUp(setup), steps, ...(commands === undefined ? {} : { commands }) })),
    script: ({ moves, commands, ...setup }) =>
      packed(runScript({ ...setUp(setup), moves, ...(commands === undefined ? {} : { commands }) })),
    explore(input) {
      const { ends, ...explored } = explore(setUp(input), input)
      return { ...explored, ends: ends.map(packed) }
    },
    tapes(one) {
      const tapes: Tape[] = []
      const taped = simulation<M, V>({ ...given, boot: taping(given.boot, tapes) })
      if (one.operation === 'walk') taped.walk(one.input)
      else if (one.operation === 'timed') taped.timed(one.input)
      else taped.script(one.input)
      return tapes
    },
    alone: (tape) => playTape(given.boot, tape) ?? null,
  }
}
