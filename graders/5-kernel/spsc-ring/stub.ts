/**
 * A ring that carries whole numbers from one thread to another through shared memory. One thread pushes, one thread pops;
 * neither ever holds a lock, so that neither can hold up the other.
 *
 * The caller hands in the memory. Each of the two threads makes a ring of its own over it; at most one ring pushes and at
 * most one pops (it may be the same one). A ring that is made while others are at work finds what is there.
 */
export class SpscRing {
  /**
   * Bytes of shared memory that a ring needs.
   *
   * @param capacity values that it can hold: a power of two, 2 to 1,048,576
   * @throws {RangeError} naming `capacity` if it is none
   */
  static bytesFor(capacity: number): number {
    throw new Error(`TODO: room for ${capacity} slots, and for what the two threads tell each other, well apart`)
  }

  /**
   * Makes the memory an empty ring, in the state that it has after `passed` values have gone in and out again. Memory that
   * is all zero needs no preparing: it is a ring after 0 values. Nobody may be using it.
   *
   * @param passed a whole number of at least 0, up to `Number.MAX_SAFE_INTEGER`
   * @throws {RangeError} naming `capacity`, `memory` (too few bytes) or `passed` if that is not as said; nothing is changed
   */
  static prepare(memory: SharedArrayBuffer, capacity: number, passed = 0): void {
    throw new Error(`TODO: set up ${memory.byteLength} bytes for ${capacity} slots as after ${passed} values`)
  }

  /**
   * Joins the ring that is in the memory.
   *
   * @param memory at least `bytesFor(capacity)` bytes
   * @throws {RangeError} naming `capacity` or `memory` (too few bytes) if that is not as said
   */
  constructor(memory: SharedArrayBuffer, capacity: number) {
    throw new Error(`TODO: find your words in ${memory.byteLength} bytes for ${capacity} slots`)
  }

  /**
   * Puts a value in, unless the ring is full. Never waits. Wakes the other thread if that sleeps in `pop`.
   *
   * @param value a whole number, −2,147,483,648 to 2,147,483,647; 0 is as good as any
   * @returns whether it went in; if not, nothing has changed
   * @throws {RangeError} naming `value` if it is none; nothing has changed then
   * Cost: O(1), no allocation. No line of the processor's cache is fought over without need.
   */
  tryPush(value: number): boolean {
    throw new Error(`TODO: put ${value} into the next slot, and only then let the other thread see it`)
  }

  /**
   * Takes the oldest value out. Never waits. Wakes the other thread if that sleeps in `push`.
   *
   * @returns the value, or undefined if the ring is empty
   * Cost: as `tryPush`.
   */
  tryPop(): number | undefined {
    throw new Error('TODO: take the value, and only then let the other thread have its slot')
  }

  /**
   * Puts a value in, and sleeps (`Atomics.wait`, without a time-out) while the ring is full. It may look a few times before
   * it sleeps, but a thread that waits for long costs no processor anything.
   *
   * @throws {RangeError} as `tryPush`
   */
  push(value: number): void {
    throw new Error(`TODO: put ${value} in, or sleep until there is room`)
  }

  /** Takes the oldest value out, and sleeps in the same way while the ring is empty. */
  pop(): number {
    throw new Error('TODO: take a value, or sleep until there is one')
  }
}
