/**
 * A projection: rows that are made of events, kept on a disk, and asked for by key. It remembers how far it has come, and
 * each event counts once, whatever is given twice and wherever the power fails. When the way in which rows are made has
 * changed, a new version is built beside the one that answers, and takes its place when it has seen everything.
 *
 * What the files look like inside is yours to decide. Every call is done when it returns.
 */

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface StoredEvent {
  /** among all events: 1, 2, 3 …, without a gap */
  readonly position: number
  readonly type: string
  readonly data: Json
}

/** Where events come from. It gives everything at least once: in order, but some again, older ones first, or one twice. */
export interface Feed {
  /** @returns of the events above a position at most the next `limit`, and at least one if there is one */
  read(after: number, limit: number): readonly StoredEvent[]
  /**
   * Tells events that are appended from now on, also while a `read` of this feed is under way. Some may never be told: of
   * a gap only the next telling shows that it is there. A listener does not throw. @returns ends it
   */
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void
}

/** A row to put under a key; undefined: there is none any more. */
export type Change = readonly [key: string, row: Json | undefined]

export interface Definition {
  /** a whole number of at least 1, another one whenever `apply` makes other rows */
  readonly version: number
  /** What an event changes, in order. Knows no more than its two arguments. @param get a row as all events before left it */
  apply(event: StoredEvent, get: (key: string) => Json | undefined): readonly Change[]
}

export interface Standing {
  readonly version: number
  /** of the last event that is in its rows; 0 before the first */
  readonly position: number
  /** why it takes no more events, until it is opened again: `event 7: …` with what `apply` threw; what the disk threw */
  readonly stopped: string | undefined
}

export interface Projection {
  /** A row of the version that answers. What this and `status` show is safe. Cost: O(1). */
  get(key: string): Json | undefined
  /** The version that answers; then that which is built beside it, if there is one. */
  status(): readonly Standing[]
  /**
   * Takes in all that the feed has, and from then on what it tells, before that returns. The version that answers goes
   * first, also between two batches of the one that is being built; that one takes over as soon as a read has shown
   * nothing new to it, and with it go the files of the old.
   *
   * An event that `apply` throws at stops that version in front of it: everything before it is in the rows. Another version
   * goes on, and may take over. A disk that throws stops them all. This throws neither.
   *
   * @param batch events to read at once: their rows and the position are made safe together, with one sync; 64 unless told
   * @returns ends it: no more events are taken. Then another `follow` may go on.
   * @throws {RangeError} naming `batch` if it is no whole number of at least 1. Nothing has changed.
   * Cost: that of the rows changed, however many there are; the disk holds at most a few times what the rows need.
   */
  follow(feed: Feed, batch?: number): () => void
}

/**
 * Opens the projection of this disk, empty or as a power failure has left it. Every version there goes on where it was.
 *
 * @param definitions the last one is wanted. On an empty disk it answers at once; where another answers, it is built. One
 * that answers and is not among them has stopped, and still answers. What was begun and is not wanted any more is removed.
 * @throws {RangeError} naming `definitions` if there are none, or two of one version; `version` if one is no whole number
 * of at least 1. The disk is then left alone. {Error} what the disk throws
 * Cost: reads what is there once.
 */
export function openProjection(disk: Disk, definitions: readonly Definition[]): Projection {
  throw new Error(`TODO: find what ${disk.list()} hold for ${definitions.length} definitions, and be ready for more`)
}
