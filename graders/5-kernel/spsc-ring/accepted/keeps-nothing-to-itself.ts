// Another right answer: all state stands in the shared memory. It asks for the other’s sequence on each call, and notifies on
// each call: fewer words to get wrong, and more traffic between the two caches than there need be.

const MAX_CAPACITY = 1 << 20

/** Words of 4 bytes; 32 of them are 128 bytes. */
const TAIL = 32
const HEAD = 64
const SLOTS = 96

export class SpscRing {
  readonly #words: Int32Array
  readonly #capacity: number

  static bytesFor(capacity: number): number {
    checkCapacity(capacity)
    return 4 * (SLOTS + capacity)
  }

  static prepare(memory: SharedArrayBuffer, capacity: number, passed = 0): void {
    checkMemory(memory, capacity)
    if (!Number.isSafeInteger(passed) || passed < 0)
      throw new RangeError(`passed must be a whole number of at least 0, not ${passed}`)
    const words = new Int32Array(memory)
    Atomics.store(words, TAIL, passed | 0)
    Atomics.store(words, HEAD, passed | 0)
  }

  constructor(memory: SharedArrayBuffer, capacity: number) {
    checkMemory(memory, capacity)
    this.#words = new Int32Array(memory)
    this.#capacity = capacity
  }

  tryPush(value: number): boolean {
    if (!Number.isInteger(value) || value < -(2 ** 31) || value > 2 ** 31 - 1)
      throw new RangeError(`value must be a whole number of 32 bits, not ${value}`)
    const words = this.#words
    const tail = Atomics.load(words, TAIL)
    if (((tail - Atomics.load(words, HEAD)) | 0) === this.#capacity) return false
    words[SLOTS + (tail & (this.#capacity - 1))] = value
    Atomics.store(words, TAIL, (tail + 1) | 0)
    Atomics.notify(words, TAIL, 1)
    return true
  }

  tryPop(): number | undefined {
    const words = this.#words
    const head = Atomics.load(words, HEAD)
    if (Atomics.load(words, TAIL) === head) return undefined
    const value = words[SLOTS + (head & (this.#capacity - 1))]
    Atomics.store(words, HEAD, (head + 1) | 0)
    Atomics.notify(words, HEAD, 1)
    return value
  }

  push(value: number): void {
    // While the head is a whole ring behind the tail, which nobody else moves.
    while (!this.tryPush(value)) Atomics.wait(this.#words, HEAD, (Atomics.load(this.#words, TAIL) - this.#capacity) | 0)
  }

  pop(): number {
    for (;;) {
      const value = this.tryPop()
      if (value !== undefined) return value
      Atomics.wait(this.#words, TAIL, Atomics.load(this.#words, HEAD))
    }
  }
}

function checkCapacity(capacity: number): void {
  const isPowerOfTwo = Number.isInteger(capacity) && (capacity & (capacity - 1)) === 0
  if (!isPowerOfTwo || capacity < 2 || capacity > MAX_CAPACITY)
    throw new RangeError(`capacity must be a power of two from 2 to ${MAX_CAPACITY}, not ${capacity}`)
}

function checkMemory(memory: SharedArrayBuffer, capacity: number): void {
  const bytes = SpscRing.bytesFor(capacity)
  if (memory.byteLength < bytes)
    throw new RangeError(`memory must have at least ${bytes} bytes, not ${memory.byteLength}`)
}
