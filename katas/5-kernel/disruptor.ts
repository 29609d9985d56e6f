/**
 * A disruptor: one ring of events in shared memory, one producer, and consumers that follow each other in a graph.
 *
 * Each thread makes its own `Producer` or `Consumer` over the same memory, with the same options. Each has one sequence
 * that it alone moves. The producer claims slots, writes them and publishes; a consumer polls for all that is there,
 * reads it, and releases it to those who come after it; the last ones release it to the producer.
 *
 * A sequence numbers an event. It is a whole number of 32 bits that wraps: after 2,147,483,647 comes −2,147,483,648.
 */

export interface RingOptions {
  /** events that the ring holds: a power of two, 1 to 1,048,576 */
  readonly size: number
  /** numbers that an event has, 64-bit floating point: 1 to 64 */
  readonly fields: number
  /**
   * 1 to 64 consumers. Of each: the consumers that it comes after, all of them before it in this list; an empty list for
   * one that comes straight after the producer. A diamond: `[[], [0], [0], [1, 2]]`.
   */
  readonly consumers: readonly (readonly number[])[]
  /** how `claim` and `wait` wait: look again and again, or sleep until somebody wakes them */
  readonly strategy: 'spin' | 'sleep'
}

/**
 * How much shared memory a ring needs.
 * @throws {RangeError} naming the option that is not as said above
 */
export function bytesFor(options: RingOptions): number {
  throw new Error(`TODO: how many bytes are ${options.size} events, and all sequences?`)
}

/**
 * Makes memory an empty ring. To be called once, before anybody looks at it.
 * @param firstSequence sequence of the first event, −2,147,483,648 to 2,147,483,647
 * @throws {RangeError} naming the option, or `memory` if it has fewer bytes than `bytesFor` says, or `firstSequence`
 */
export function prepare(memory: SharedArrayBuffer, options: RingOptions, firstSequence = 0): void {
  throw new Error(
    `TODO: in ${memory.byteLength} bytes, start ${options.consumers.length} consumers at ${firstSequence}`,
  )
}

export class Producer {
  /**
   * Goes on after what has been published so far. One ring has one producer.
   * @throws {RangeError} naming an option, or `memory` if it has fewer bytes than `bytesFor` says
   */
  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    throw new Error(`TODO: look at ${memory.byteLength} bytes as ${Object.keys(options).join(', ')} say`)
  }

  /**
   * Claims the next `count` events if their slots are free: released by every consumer. Never waits.
   * @returns sequence of the first of them, or undefined if there is no room; then nothing is claimed
   * @throws {RangeError} naming `count` if it is not a whole number from 1 to the size of the ring less what is claimed
   *   and not yet published: there would never be room. Nothing is claimed then.
   * Cost: O(1) amortised, O(consumers) at worst, whatever `count` is; no allocation.
   */
  tryClaim(count = 1): number | undefined {
    throw new Error(`TODO: claim ${count}, unless the slowest consumer is in the way`)
  }

  /** As `tryClaim`, but waits for room. */
  claim(count = 1): number {
    throw new Error(`TODO: wait until ${count} can be claimed`)
  }

  /** Writes one number of a claimed event. Unchecked: this is called for every number. Cost: O(1), no allocation. */
  write(sequence: number, field: number, value: number): void {
    throw new Error(`TODO: put ${value} into field ${field} of the slot of ${sequence}`)
  }

  /** Hands all that is claimed to the consumers, and wakes those who sleep. Cost: O(1), no allocation. */
  publish(): void {
    throw new Error('TODO: publish what has been claimed')
  }
}

export class Consumer {
  /**
   * Goes on at the first event that this consumer has not released.
   * @param index its place in `options.consumers`
   * @throws {RangeError} naming an option, `memory`, or `index` if there is no such consumer
   */
  constructor(memory: SharedArrayBuffer, options: RingOptions, index: number) {
    throw new Error(`TODO: be consumer ${index} of ${options.consumers.length} on ${memory.byteLength} bytes`)
  }

  /** Sequence of the first event that is not released yet. */
  get next(): number {
    throw new Error('TODO: say where it stands')
  }

  /**
   * Looks what is there. Never waits, and releases nothing.
   * @returns how many events, `next` being the first, have been released by all whom this one comes after (published, if
   *   it comes straight after the producer)
   * Cost: O(those it comes after), whatever the number; no allocation.
   */
  poll(): number {
    throw new Error('TODO: count the events that are there')
  }

  /** As `poll`, but waits until there is at least one. */
  wait(): number {
    throw new Error('TODO: wait for an event')
  }

  /** Reads one number of an event that was polled and is not released. Unchecked. Cost: O(1), no allocation. */
  read(sequence: number, field: number): number {
    throw new Error(`TODO: read field ${field} from the slot of ${sequence}`)
  }

  /** Writes one number of such an event, for those that come after. Unchecked. Cost: O(1), no allocation. */
  write(sequence: number, field: number, value: number): void {
    throw new Error(`TODO: put ${value} into field ${field} of the slot of ${sequence}`)
  }

  /**
   * Hands the next `count` events on, and wakes those who sleep.
   * @throws {RangeError} naming `count` if it is not a whole number from 0 to what was last polled and is not yet
   *   released; nothing is released then
   * Cost: O(1), no allocation.
   */
  release(count: number): void {
    throw new Error(`TODO: hand on ${count} events`)
  }
}
