/**
 * Snapshots: the state of a stream of events, written down now and then, so that loading it takes a snapshot and the few
 * events behind it instead of the whole past.
 *
 * The log is the truth. A snapshot is a memory of it that may be missing, damaged, of other rules or of events that there are
 * no more. That may cost time; what `load` returns is always the state that all events of the stream lead to.
 */

import type { Disk } from '#disk'

export interface StoredEvent {
  /** unlike that of any other event, ever */
  readonly id: string
  /** in its stream: 1, 2, 3 … */
  readonly version: number
  readonly type: string
  readonly data: unknown
}

/**
 * Somebody else's. It may lose events from the end of a stream (a power failure, a failover, a backup that was put back), and
 * others may take their place: of the same versions, with ids of their own. As long as an event is there, so are all before it.
 */
export interface EventLog {
  /**
   * @returns the events that the stream has now with a higher version than `after`, in order
   * Cost: each event that is taken out of it; those before it and those left in it cost nothing.
   */
  read(stream: string, after: number): Iterable<StoredEvent>
}

export interface SnapshotsOptions<S> {
  /** names the rules: `initial`, `evolve` and what states look like. Where any of them changes, it changes */
  readonly schema: string
  /** events from one snapshot to the next: a whole number of at least 1. It may change at any time */
  readonly every: number
  /** the state of a stream without events; plain JSON like all states. Stays as it is */
  readonly initial: S
  /** The state after an event. May write into the state that it is given. */
  readonly evolve: (state: S, event: StoredEvent) => S
}

export interface Snapshots<S> {
  /**
   * The state that all events of a stream lead to, and the version of the last one. It is the caller's to change.
   *
   * A load that had to apply `every` events or more leaves a snapshot, safe when it returns; one that applied fewer leaves
   * the disk alone. From then on a load reads the event that the snapshot ends with and those behind it, whoever loads, and
   * also after a power failure. A snapshot of another schema, or one whose last event the log no longer has, counts for none.
   *
   * Several may be open on one disk, and while one reads the log another may load: an older snapshot never takes the place
   * of a newer one that can be used.
   *
   * What the disk throws never gets out: there was no snapshot then, or none is left, and the next load tries again.
   * @param stream any string
   * @throws what the log or `evolve` throws; the disk is then left alone
   */
  load(stream: string): { readonly state: S; readonly version: number }
}

/**
 * Keeps its snapshots in files of its own on this disk: never more than two for each stream, and two. What they look like is
 * yours to decide. It reads no snapshot before somebody loads its stream.
 * @throws {RangeError} naming `every` if it is not as above
 */
export function openSnapshots<S>(disk: Disk, log: EventLog, { every }: SnapshotsOptions<S>): Snapshots<S> {
  throw new Error(`TODO: every ${every} events, keep what the log (${typeof log.read}) leads to, beside ${disk.list()}`)
}
