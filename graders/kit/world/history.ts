// What one run comes to, as compact plain data that crosses to the judge: there it is held against what must hold. Which
// messages are kept is the driver's choice; what nodes show of themselves is kept whenever it changes.

import type { Trace } from './trace.ts'

/** `step`: its place among the steps; `at`: true milliseconds. (In a walk they pass as timers need them to.) */
export type Entry<V = unknown, M = unknown> =
  | readonly [step: number, at: number, what: 'boot', node: number, boots: number]
  /** `lost`: writes that were not synced and are gone; `midst`: between two effects of one step */
  | readonly [step: number, at: number, what: 'crash', node: number, lost: number, midst: boolean]
  | readonly [step: number, at: number, what: 'view', node: number, view: V]
  | readonly [step: number, at: number, what: 'sent', node: number, to: number, message: M]
  | readonly [step: number, at: number, what: 'got', node: number, from: number, message: M]
  /** a client's; `node`: whom it asks */
  | readonly [step: number, at: number, what: 'asked', node: number, request: number, command: unknown]
  /** `node`: who answered; `hops`: messages one after another that led to it */
  | readonly [step: number, at: number, what: 'replied', node: number, request: number, result: unknown, hops: number]
  /** onto its disk, where the driver asks for it */
  | readonly [step: number, at: number, what: 'wrote', node: number, write: Write]
  /** a client begins an operation; `node` is the client here, and in the next */
  | readonly [step: number, at: number, what: 'called', client: number, operation: number, command: unknown]
  | readonly [step: number, at: number, what: 'returned', client: number, operation: number, result: unknown]
  /** what was done to the world: `partition n1 n2 | n3`, `heal`, `pause n1` */
  | readonly [step: number, at: number, what: 'fault', node: number, said: string]

/** One write of a node, or the sync that makes all those before it safe. */
export type Write =
  | readonly ['put', key: string, value: unknown]
  | readonly ['append', entry: unknown]
  | readonly ['truncate', length: number]
  | readonly ['drop', until: number]
  | readonly ['sync']

/** Counted by the world, whatever is kept. */
export interface Counts {
  steps: number
  sent: number
  bytes: number
  delivered: number
  /** deliveries of a message that had been delivered before */
  repeated: number
  lost: number
  timers: number
  crashes: number
  /** crashes that came between two effects of one step */
  cuts: number
  /** writes that a crash took with it */
  unsynced: number
  partitions: number
  /** how many of the messages that carry each label were sent; where the driver labels them */
  byKind: Record<string, number>
}

export interface Thrown {
  readonly name: string
  readonly message: string
  readonly line?: number
}

/** A step of an untimed schedule, as small as it goes: schedules cross the border by the thousand. */
export type Step =
  /** delivers a message by its cause. `cut`, `keep`: the node crashes after so many effects of this, and keeps so many writes */
  | readonly ['deliver', message: number, cut?: number, keep?: number]
  | readonly ['timer', node: number, name: string, token: number, cut?: number, keep?: number]
  | readonly ['crash', node: number, keep: number, token: number]
  | readonly ['restart', node: number, token: number]
  | readonly ['ask', node: number, request: number, cut?: number, keep?: number]
  /** a client tries an operation of its script at a node: for the first time, or again */
  | readonly ['call', node: number, client: number, operation: number, token: number]
  /** a message that the suite has written, as if another node had sent it */
  | readonly ['tell', to: number, from: number, message: unknown]

export interface History<V = unknown, M = unknown> {
  /** `storm`: it was ended after too many steps */
  readonly end: 'done' | 'storm' | 'threw'
  readonly threw?: Thrown
  readonly entries: readonly Entry<V, M>[]
  readonly counts: Counts
  /** of all that happened, in its order: the same world gives the same */
  readonly hash: number
  /** of a walk: the steps that were taken (without those that could not be), where asked for */
  readonly steps?: readonly Step[]
  /** of each step: the step that sent what it delivers; -1 where nothing did */
  readonly causes?: readonly number[]
  /** of each step: the node that it happens to */
  readonly places?: readonly number[]
  /** of a script: the first move that could not be made */
  readonly stuckAt?: number
  /** of a timed run: names of what the network and the fates did beyond the calm course, in order, where asked for */
  readonly deviations?: readonly number[]
  readonly trace?: Trace
}

/**
 * A history as it crosses: its long parts as text, for which the border is quick. All that stands in them was copied as
 * plain data when it happened.
 */
export interface Packed<V = unknown, M = unknown> extends Omit<History<V, M>, 'entries' | 'trace'> {
  readonly entries: string
  readonly trace?: string
}

export function pack<V, M>({ entries, trace, ...rest }: History<V, M>): Packed<V, M> {
  return {
    ...rest,
    entries: JSON.stringify(entries),
    ...(trace === undefined ? {} : { trace: JSON.stringify(trace) }),
  }
}

/** @throws {TypeError | SyntaxError} where it is none: it comes from a process that a submission runs in */
export function unpack<V, M>({ entries, trace, ...rest }: Packed<V, M>): History<V, M> {
  const list: unknown = JSON.parse(entries)
  if (!Array.isArray(list) || !list.every(Array.isArray)) throw new TypeError('a history of another shape')
  return {
    ...rest,
    entries: list as never,
    ...(trace === undefined ? {} : { trace: JSON.parse(trace) as Trace }),
  }
}

export const noCounts = (): Counts => ({
  steps: 0,
  sent: 0,
  bytes: 0,
  delivered: 0,
  repeated: 0,
  lost: 0,
  timers: 0,
  crashes: 0,
  cuts: 0,
  unsynced: 0,
  partitions: 0,
  byKind: {},
})

/** As text that fits a diagram. */
export function brief(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 40)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(brief).join(',')}${value.length > 8 ? ',…' : ''}]`
  const fields = Object.entries(value).slice(0, 6)
  return `{${fields.map(([key, field]) => `${key} ${brief(field)}`).join(', ')}}`.slice(0, 120)
}
