/**
 * Counters that several replicas count at once, without asking each other, and a node that keeps such a counter in step with
 * its peers. Messages are lost, late, and come twice; nodes crash and come back with what they had synced.
 *
 * Nothing is ever sent but states. What a state says of a replica only grows, so that of two states that differ in it the
 * larger is the later one.
 */

import type { Context, Node, NodeId, RequestId } from '#world'

/** Of each replica how much it has counted. One that has counted nothing may be there with 0, or be left out. */
export type Counts = Readonly<Record<NodeId, number>>

export interface PNState {
  readonly up: Counts
  readonly down: Counts
}

/** A counter that only counts up. */
export class GCounter {
  /** A counter at 0. @param replica who counts here; nobody else counts under this name */
  constructor(replica: NodeId) {
    throw new Error(`TODO: an empty counter of ${replica}`)
  }

  /**
   * Counts so many more.
   * @throws {RangeError} naming `by` unless it is a whole number from 0 on, and if what this replica has counted would pass
   * 2 ** 53 - 1. The counter is then unchanged.
   * Cost: O(1), however many replicas it knows.
   */
  increment(by: number): void {
    throw new Error(`TODO: count ${by} more`)
  }

  /**
   * What all replicas that it knows of have counted.
   * Cost: at most O(replicas), however much was counted.
   */
  get value(): number {
    throw new Error('TODO: sum up')
  }

  /** What it knows. It is the caller's own: whatever becomes of it, the counter stays as it is, and the other way round. */
  state(): Counts {
    throw new Error('TODO: hand out what it knows')
  }

  /**
   * Learns what another counter knew. The state that is given stays as it is, and is the caller's own afterwards, too.
   * Cost: O(replicas in the state).
   */
  merge(state: Counts): void {
    throw new Error(`TODO: learn from what ${Object.keys(state).join(', ')} have counted`)
  }
}

/** A counter that counts up and down. */
export class PNCounter {
  /** A counter at 0. @param replica who counts here; nobody else counts under this name */
  constructor(replica: NodeId) {
    throw new Error(`TODO: two counters of ${replica}: one for what was added, one for what was taken away`)
  }

  /**
   * Adds a whole number, which may be below 0.
   * @throws {RangeError} naming `by` unless it is one of at most 2 ** 53 - 1 either way, and if what this replica has added,
   * or taken away, would pass that. The counter is then unchanged.
   */
  add(by: number): void {
    throw new Error(`TODO: add ${by}`)
  }

  /** All that was added, less all that was taken away. */
  get value(): number {
    throw new Error('TODO: subtract')
  }

  /** As in a GCounter. */
  state(): PNState {
    throw new Error('TODO: hand out what it knows')
  }

  /** As in a GCounter. */
  merge(state: PNState): void {
    throw new Error(`TODO: learn from ${Object.keys(state).join(' and ')}`)
  }
}

/** What a client asks of a node. */
export interface Add {
  readonly add: number
}

/** What a node shows: its counter. */
export interface View extends PNState {
  readonly value: number
}

/** A node tells each other one what it knows at most once in so many milliseconds, and goes on with it, asked or not. */
export const GOSSIP_MS = 100

/**
 * Starts a node with a PNCounter under its own name: first of all, and again after every crash. It answers each request at
 * once, with the value after it; what was answered survives every crash. What it has heard from others may be forgotten in
 * one: they will say it again.
 *
 * @param context all that it has of the world outside
 */
export function boot(context: Context<PNState>): Node<PNState, Add> {
  const answer = (request: RequestId, value: number) => context.reply(request, value)
  throw new Error(
    `TODO: a node ${context.self} that counts, answers by a ${typeof answer}, and gossips every ${GOSSIP_MS} ms`,
  )
}
