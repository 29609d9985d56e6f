// breaks: Bad input is refused by name and changes nothing
// because: looks for room first: into a full ring half a number is not refused by name, it only does not go in; who pushes it waits for room that is none of its own.

const MAX_CAPACITY = 1 << 20

/** Words of 4 bytes; 32 of them are 128 bytes. */
const TAIL = 32
const HEAD = 64
const POPPER_SLEEPS = 96
const PUSHER_SLEEPS = 128
const SLOTS = 160

export class SpscRing {
  readonly #words: Int32Array
  readonly #capacity: number
  /** what this side has written, and what it last saw of the other */
  #tail: number
  #head: number
  #seenTail: number
  #seenHead: number

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
    this.#tail = this.#seenTail = Atomics.load(this.#words, TAIL)
    this.#head = this.#seenHead = Atomics.load(this.#words, HEAD)
  }

  tryPush(value: number): boolean {
    const words = this.#words
    const tail = this.#tail
    if (((tail - this.#seenHead) | 0) === this.#capacity) {
      this.#seenHead = Atomics.load(words, HEAD)
      if (((tail - this.#seenHead) | 0) === this.#capacity) return false
    }
    if ((value | 0) !== value) throw new RangeError(`value must be a whole number of 32 bits, not ${value}`)
    words[SLOTS + (tail & (this.#capacity - 1))] = value
    this.#tail = (tail + 1) | 0
    Atomics.store(words, TAIL, this.#tail)
    if (Atomics.load(words, POPPER_SLEEPS) === 1) Atomics.notify(words, TAIL)
    return true
  }

  tryPop(): number | undefined {
    const words = this.#words
    const head = this.#head
    if (head === this.#seenTail) {
      this.#seenTail = Atomics.load(words, TAIL)
      if (head === this.#seenTail) return undefined
    }
    const value = words[SLOTS + (head & (this.#capacity - 1))]
    this.#head = (head + 1) | 0
    Atomics.store(words, HEAD, this.#head)
    if (Atomics.load(words, PUSHER_SLEEPS) === 1) Atomics.notify(words, HEAD)
    return value
  }

  push(value: number): void {
    while (!this.tryPush(value)) sleep(this.#words, PUSHER_SLEEPS, HEAD, this.#seenHead)
  }

  pop(): number {
    for (;;) {
      const value = this.tryPop()
      if (value !== undefined) return value
      sleep(this.#words, POPPER_SLEEPS, TAIL, this.#seenTail)
    }
  }
}

/** Sleeps until the other side's sequence is not what it was. */
function sleep(words: Int32Array, flag: number, sequence: number, seen: number): void {
  Atomics.store(words, flag, 1)
  Atomics.wait(words, sequence, seen)
  Atomics.store(words, flag, 0)
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
