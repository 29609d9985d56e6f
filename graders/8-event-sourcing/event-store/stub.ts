/**
 * An event store: appends events to streams, and never changes or loses one. Each stream has versions 1, 2, 3 …; all streams
 * together have one order, positions 1, 2, 3 …, without a gap.
 *
 * Everything it knows is on the disk, in files of its own. What they look like inside is yours to decide. Every call is done
 * when it returns: callers of several clients follow one another, but between a client's `version` and its `append` there
 * may be an append of somebody else.
 */

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface NewEvent {
  /** unlike that of any other event; made by the client, so that whoever is not sure may append once more */
  readonly id: string
  readonly type: string
  readonly data: Json
}

export interface StoredEvent extends NewEvent {
  readonly stream: string
  /** in its stream, from 1 on */
  readonly version: number
  /** among all events, from 1 on */
  readonly position: number
}

export type Appended =
  /** version of the stream after it, and position of its last event; `again`: it had been stored before */
  | { readonly version: number; readonly position: number; readonly again: boolean }
  /** nothing was stored: the stream is not at the version expected but at this one */
  | { readonly conflict: number }

export interface EventStore {
  /**
   * @returns the version of a stream: that of its last event, 0 if there is none
   * Cost: O(1), however many events and streams there are.
   */
  version(stream: string): number

  /**
   * Stores events at the end of a stream if that is at the version expected: all of them or none, and safe when this
   * returns. Then the subscribers are told.
   *
   * The same append again (the very ids, in this order, right behind that version of that stream) stores nothing and
   * answers as at first, whatever has been appended since. That comes before any conflict.
   *
   * @throws {RangeError} naming `expected` if it is no whole number of at least 0; `events` if there are none; `id`, and
   * the id, if one is there twice, or is in the store and this is not the same append again. Nothing is then stored.
   * @throws {Error} what the disk throws. The store has then failed, and from then on `append` throws `the store has failed:
   * open it again`. What failed is neither read nor told; whether it is found when the store is opened again is open.
   * Cost: that of its events, with one sync, however many there are in the store.
   */
  append(stream: string, expected: number, events: readonly NewEvent[]): Appended

  /**
   * @param after only events with a higher version than this; 0 unless told
   * @returns a list of the reader's own, as `readAll` does
   * Cost: O(events returned).
   */
  read(stream: string, after?: number): StoredEvent[]

  /**
   * Events of all streams, in order.
   * @param after only events with a higher position than this; 0 unless told
   * @param limit at most so many; all unless told
   * Cost: O(events returned).
   */
  readAll(after?: number, limit?: number): StoredEvent[]

  /**
   * Tells every event above a position, once, in order, when it is safe: what there is before this returns, all others when
   * they are appended. A listener may append, subscribe and stop: what it appends is told after what comes before it, to
   * everybody. It does not throw. Whoever subscribes twice is told twice.
   * @returns stops it: not one more event is told
   */
  subscribe(after: number, listener: (event: StoredEvent) => void): () => void
}

/**
 * Opens the store of this disk: on an empty one at first, later on whatever a power failure has left. It finds a beginning of
 * what was appended, each append whole, and all that was acknowledged; what is behind is forgotten for good.
 * @throws what the disk throws
 * Cost: reads what is there once.
 */
export function openStore(disk: Disk): EventStore {
  throw new Error(`TODO: find what ${disk.list()} hold, and be ready for more`)
}
