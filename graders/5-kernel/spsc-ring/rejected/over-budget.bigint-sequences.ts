// breaks: A value in and out makes no garbage
// spends: 209 bytes
// because: sequences of 64 bits never turn over. But each one is an object on the heap.

const MAX_CAPACITY = 1 << 20

/** Words of 8 bytes; 16 of them are 128 bytes. */
const TAIL = 16
const HEAD = 32

/** Words of 4 bytes. */
const POPPER_SLEEPS = 96
const PUSHER_SLEEPS = 128
const SLOTS = 160

export class SpscRing {
  readonly #words: Int32Array
  readonly #sequences: BigInt64Array
  readonly #capacity: number
  /** what this side has written, and what it last saw of the other */
  #tail: bigint
  #head: bigint
  #seenTail: bigint
  #seenHead: bigint

  static bytesFor(capacity: number): number {
    checkCapacity(capacity)
    return 4 * (SLOTS + capacity)
  }

  static prepare(memory: SharedArrayBuffer, capacity: number, passed = 0): void {
    checkMemory(memory, capacity)
    if (!Number.isSafeInteger(passed) || passed < 0)
      throw new RangeError(`passed must be a whole number of at least 0, not ${passed}`)
    const words = new Int32Array(memory)
    const sequences = new BigInt64Array(memory, 0, HEAD + 1)
    Atomics.store(sequences, TAIL, BigInt(passed))
    Atomics.store(sequences, HEAD, BigInt(passed))
  }

  constructor(memory: SharedArrayBuffer, capacity: number) {
    checkMemory(memory, capacity)
    this.#words = new Int32Array(memory)
    this.#sequences = new BigInt64Array(memory, 0, HEAD + 1)
    this.#capacity = capacity
    this.#tail = this.#seenTail = Atomics.load(this.#sequences, TAIL)
    this.#head = this.#seenHead = Atomics.load(this.#sequences, HEAD)
  }

  tryPush(value: number): boolean {
    if ((value | 0) !== value) throw new RangeError(`value must be a whole number of 32 bits, not ${value}`)
    const words = this.#words
    const tail = this.#tail
    if (tail - this.#seenHead === BigInt(this.#capacity)) {
      this.#seenHead = Atomics.load(this.#sequences, HEAD)
      if (tail - this.#seenHead === BigInt(this.#capacity)) return false
    }
    words[SLOTS + (Number(BigInt.asUintN(20, tail)) & (this.#capacity - 1))] = value
    this.#tail = tail + 1n
    Atomics.store(this.#sequences, TAIL, this.#tail)
    if (Atomics.load(words, POPPER_SLEEPS) === 1) Atomics.notify(this.#sequences, TAIL)
    return true
  }

  tryPop(): number | undefined {
    const words = this.#words
    const head = this.#head
    if (head === this.#seenTail) {
      this.#seenTail = Atomics.load(this.#sequences, TAIL)
      if (head === this.#seenTail) return undefined
    }
    const value = words[SLOTS + (Number(BigInt.asUintN(20, head)) & (this.#capacity - 1))]
    this.#head = head + 1n
    Atomics.store(this.#sequences, HEAD, this.#head)
    if (Atomics.load(words, PUSHER_SLEEPS) === 1) Atomics.notify(this.#sequences, HEAD)
    return value
  }

  push(value: number): void {
    while (!this.tryPush(value)) sleep(this.#words, PUSHER_SLEEPS, this.#sequences, HEAD, this.#seenHead)
  }

  pop(): number {
    for (;;) {
      const value = this.tryPop()
      if (value !== undefined) return value
      sleep(this.#words, POPPER_SLEEPS, this.#sequences, TAIL, this.#seenTail)
    }
  }
}

/** Sleeps until the other side's sequence is not what it was. */
function sleep(words: Int32Array, flag: number, sequences: BigInt64Array, sequence: number, seen: bigint): void {
  Atomics.store(words, flag, 1)
  Atomics.wait(sequences, sequence, seen)
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
