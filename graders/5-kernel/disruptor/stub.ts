/**
 * A ring of slots that one producer fills and a graph of consumers works through, each party in a thread of its own, without
 * a lock and without a copy: every party works in the slots themselves, and only says how far it has come.
 *
 * The caller hands in the memory. Each thread makes a disruptor over it for its own party, which goes on where that party
 * last released. A party claims slots, works in them, and releases them to those who come after it.
 */

export interface Shape {
  /** slots in the ring: a power of two, 2 to 65,536 */
  readonly capacity: number
  /** whole numbers of 32 bits in each slot: 1 to 16 */
  readonly fields: number
  /**
   * For each consumer, 0 on, those consumers that it comes after, all of lower numbers than its own; none if it comes right
   * after the producer. Two side by side and one behind both: `[[], [], [0, 1]]`. There are 1 to 256 consumers.
   */
  readonly after: readonly (readonly number[])[]
}

/** The producer, or a consumer by its number. */
export type Party = 'producer' | number
/** What a party does that waits: it looks again and again, or it sleeps (`Atomics.wait`, without a time-out) until woken. */
export type WaitStrategy = 'spin' | 'sleep'

export class Disruptor {
  /**
   * Bytes of shared memory that a disruptor needs.
   *
   * @throws {RangeError} naming `capacity`, `fields` or `after` if that is not as said
   */
  static bytesFor(shape: Shape): number {
    throw new Error(`TODO: room for ${shape.capacity} slots, and a sequence for each party, well apart`)
  }

  /**
   * Makes the memory an empty ring, in the state it has after `passed` events have gone through all parties. Memory that is
   * all zero needs no preparing: it is a ring after 0 events. Nobody may be using it.
   *
   * @param passed a whole number of at least 0, up to `Number.MAX_SAFE_INTEGER`
   * @throws {RangeError} as `bytesFor`, or naming `memory` (too few bytes) or `passed`; nothing is changed then
   */
  static prepare(memory: SharedArrayBuffer, shape: Shape, passed = 0): void {
    throw new Error(`TODO: set up ${memory.byteLength} bytes for ${shape.capacity} slots as after ${passed} events`)
  }

  /** @throws {RangeError} as `bytesFor`, or naming `memory` (too few bytes), `party` or `strategy` */
  constructor(memory: SharedArrayBuffer, shape: Shape, party: Party, strategy: WaitStrategy = 'sleep') {
    throw new Error(`TODO: ${party} joins ${shape.capacity} slots in ${memory.byteLength} bytes, to ${strategy}`)
  }

  /**
   * Claims the next slots, without waiting: as many as there are, at most `most`. For a consumer those are there that all
   * whom it comes after have released; for the producer, those that every last consumer (nobody comes after it) has released.
   * Who holds slots releases them before it claims again: anything else is not part of the contract.
   *
   * @param most a whole number of at least 1; the whole ring unless told
   * @returns how many there are; 0 if none
   * @throws {RangeError} naming `most` if it is none; nothing is claimed then
   * Cost: no more for many slots than for one, no allocation. The others are asked only if what they last said gives less
   * than `most`. No line of the processor's cache is fought over without need.
   */
  tryClaim(most?: number): number {
    throw new Error(`TODO: claim ${most ?? 'all'} by the slowest of those that you come after`)
  }

  /** Claims in the same way, and waits, by its strategy, until there is at least one. */
  claim(most?: number): number {
    throw new Error(`TODO: claim ${most ?? 'all'}, or wait until somebody releases one`)
  }

  /** A number in a claimed slot, counted from 0. @throws {RangeError} naming `slot` (not claimed) or `field` */
  get(slot: number, field: number): number {
    throw new Error(`TODO: read field ${field} of slot ${slot}`)
  }

  /** Writes a number there. @throws {RangeError} as `get`, or naming `value`; nothing is changed then */
  set(slot: number, field: number, value: number): void {
    throw new Error(`TODO: write ${value} to field ${field} of slot ${slot}`)
  }

  /** Hands on all that is claimed, in one step. Wakes whoever sleeps for it. Nothing claimed: nothing changes. */
  release(): void {
    throw new Error('TODO: say how far you have come, and only then wake those who wait for it')
  }
}
