/**
 * A write-ahead log: records that were acknowledged are found again, whatever the power failure that came between. Many
 * callers share one sync (group commit), for a sync is what is dear.
 *
 * Everything it knows is on the disk, in files of its own whose names begin with `wal`. What they look like inside is
 * yours to decide.
 */

import type { Disk } from '#disk'

/** Bytes in the longest record; an empty one is a record, too. */
export const MAX_RECORD_BYTES = 65_536

/**
 * Called once for each record: with `undefined` when it is safe, and with the disk's error when the sync that was to make
 * it safe has failed. It may append to the log, but not flush it.
 */
export type Settled = (failure: Error | undefined) => void

export interface WriteAheadLog {
  /**
   * Takes a record in, and copies it. Nothing is written before `flush`.
   *
   * @param settled see {@link Settled}; never called before `append` has returned
   * @returns its sequence number: one more than that of the record before
   * @throws {RangeError} `record must have at most 65536 bytes, not …`
   * @throws {Error} `the log has failed: open it again`, from the first sync that failed on
   */
  append(record: Uint8Array, settled: Settled): number

  /**
   * Makes safe all that was appended before this call, with one sync however much it is, and then settles it, in order. What
   * is appended meanwhile waits for the next flush. With nothing to do it leaves the disk alone.
   *
   * If the disk throws, all of these records are settled with its error, and the log has failed. `flush` itself does not
   * throw, and on a log that has failed it does nothing.
   */
  flush(): void
}

/**
 * Opens the log of this disk: on an empty one at first, later on whatever a power failure has left, or a program that was
 * killed (then what it wrote can be read, and is no safer than before). It finds the longest beginning of what was appended
 * that is whole, and forgets for good what is behind. It takes no damage for a record, and does not throw because of any.
 *
 * @param replay called with every record found, in order; sequence numbers count from 0. When this returns, they are safe
 * @throws what the disk throws
 */
export function openLog(disk: Disk, replay: (sequence: number, record: Uint8Array) => void): WriteAheadLog {
  throw new Error(`TODO: find what ${disk.list()} hold, give each to replay, a ${typeof replay}, and be ready for more`)
}
