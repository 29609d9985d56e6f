/**
 * A hybrid logical clock: stamps that can be read as a time of day, and that are never in the wrong order.
 *
 * A stamp is a number of 64 bits: 48 of milliseconds since 1970, and 16 of a counter below them. It is written in 8 bytes,
 * the most significant one first, so that bytes compare as stamps do.
 *
 * - Each event has one: something that happens here, a message that is sent, a message that arrives.
 * - It is the **least** number that is larger than every stamp this clock has given and, of a message that arrives, larger
 *   than the message's own; and its milliseconds are no less than what the machine's clock reads.
 * - Where the counter is full, one more is the next millisecond and counter 0.
 *
 * The machine may crash at any time, and what it has not synced is lost. No stamp may be given twice, whatever happens.
 */

import type { Disk } from '#world'

/** How long a stamp is. */
export const STAMP_BYTES = 8

export interface HybridClockOptions {
  /** Reads the machine's clock: whole milliseconds since 1970. It may stand still, jump, or step back. */
  readonly clock: () => number
  /** how far ahead of the machine's clock a stamp from elsewhere may be: whole milliseconds, 0 to 86,400,000 */
  readonly maxDriftMs: number
  /** Survives crashes, as far as it was synced. Which keys it has, and what is under them, is this clock's business. */
  readonly disk: Disk
  /**
   * How far a restart may leap: the first stamp after one is at most so many milliseconds above the last before it, unless
   * the machine's clock is. A whole number, 1 to 86,400,000. The larger, the fewer syncs.
   */
  readonly aheadMs: number
}

export class HybridClock {
  /**
   * Begins where the disk says; with an empty disk, where the machine's clock is.
   *
   * @throws {RangeError} naming `maxDriftMs` or `aheadMs` if that is not a whole number in its range
   */
  constructor(options: HybridClockOptions) {
    throw new Error(`TODO: find what ${Object.keys(options).join(', ')} say of the last life`)
  }

  /**
   * Stamps what happens here: also a message, before it is sent.
   *
   * @param into 8 bytes, overwritten with the stamp
   * @throws {RangeError} naming `into` if it has another length; the clock is then unchanged
   * Cost: O(1), no allocation, and a sync each `aheadMs` or so.
   */
  stamp(into: Uint8Array): void {
    throw new Error(`TODO: the next stamp, in ${into.length} bytes`)
  }

  /**
   * Stamps the arrival of a message, unless the message's own stamp is more than `maxDriftMs` ahead of the machine's clock:
   * then it is refused, and neither this clock nor `into` is changed.
   *
   * @param remote the message's own stamp, 8 bytes; may be the same array as `into`
   * @param into 8 bytes, overwritten with the stamp of the arrival
   * @returns whether it was taken
   * @throws {RangeError} naming `remote` or `into` if it has another length; the clock is then unchanged
   * Cost: as `stamp`.
   */
  receive(remote: Uint8Array, into: Uint8Array): boolean {
    throw new Error(`TODO: believe ${remote.length} bytes or not, then stamp into ${into.length}`)
  }
}
