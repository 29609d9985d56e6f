/**
 * An index of vectors that outlives its process: whatever was acknowledged is in the graph again after any power failure,
 * link for link, and nothing is measured again for it. The graph (an HNSW, see that kata) is given, and lives in memory.
 * How it is kept is yours: a log of its changes, and a checkpoint now and then.
 *
 * Everything the index knows is on the disk, in files of its own. What they look like inside is yours to decide.
 */

import type { Disk } from '#disk'

/** A vector in the graph: all that an insert or a delete has changed of it, as it is now. */
export interface Placed {
  /** a whole number, 0 to 2^31 - 1 */
  readonly id: number
  /** layer by layer from 0 to its level: ids of whom it is linked to. Their order matters to a search. */
  readonly links: readonly (readonly number[])[]
  /** its numbers as the graph keeps them (of length 1); left out where they are as before */
  readonly vector?: Float32Array
}

/** What one insert, or one delete, has done to the graph. Half of it makes an island: who is linked, but not linked to. */
export interface Change {
  readonly put: readonly Placed[]
  /** ids that are gone */
  readonly gone: readonly number[]
  /** where every search begins from now on; undefined if nobody is there */
  readonly entry: number | undefined
}

/** The graph, in memory; empty at first. */
export interface Graph {
  /** @throws {RangeError} naming `id` (it is none, or in use) or `vector` (length, NaN, no direction). Changes nothing. */
  check(id: number, vector: Float32Array): void
  /** Finds neighbours, measuring distances, and links them. Numbers are copied. @throws as `check`, before any change */
  insert(id: number, vector: Float32Array, level: number): Change
  /** @returns undefined, and nothing has changed, if that id is not there */
  delete(id: number): Change | undefined
  /** Takes over a change that was made in an earlier life: puts what was put, takes out what is gone. Measures nothing. */
  apply(change: Change): void
  /** All that is there, as one change to an empty graph. */
  snapshot(): Change
}

/**
 * Each call is done when it returns: what it did is then safe. If the disk throws, so does the call, and the index has failed:
 * from then on every call throws `the index has failed: open it again`. What failed may be found then, or not.
 */
export interface DurableIndex {
  /**
   * Inserts vectors, one after the other. A power failure meanwhile leaves the first few of them, each whole, or none.
   * With none to insert it leaves the disk alone.
   *
   * @throws {RangeError} as {@link Graph.check}, or naming `id` where one comes twice; then none of them is inserted
   * Cost: one sync, and the bytes of its changes, however many vectors there are.
   */
  insertAll(items: readonly { readonly id: number; readonly vector: Float32Array }[]): void
  /** @returns whether it was there; if not, the disk is left alone */
  delete(id: number): boolean
  /** Keeps the graph as it is, so that openings need not go through all that led to it. Cost: a few syncs, its bytes once. */
  checkpoint(): void
}

/**
 * Opens the index of this disk: on an empty one at first, later on whatever a power failure, or a killed program, has left.
 * It makes of an empty graph what it was after the first so-many inserts and deletes, among them all that were acknowledged
 * or found before, and forgets for good what is behind. A bit that has turned costs changes since the last checkpoint at most.
 *
 * @param levelOf the level of the n-th vector ever inserted, from n = 0: chance that is the same in every life. Deleted ones
 * count, refused ones do not, and what was lost never was
 * @throws {Error} `the checkpoint is damaged`, where that is so; what the disk throws
 * Cost: reads once what is there: about the graph, and what changed since the last checkpoint. Measures nothing.
 */
export function openIndex(disk: Disk, graph: Graph, levelOf: (n: number) => number): DurableIndex {
  throw new Error(`TODO: from ${disk.list()} to the graph, a ${typeof graph.apply}, and on with level ${levelOf(0)}`)
}
