// Another right answer: each slot says whether it is free (after Dmitry Vyukov’s bounded queue).

const MAX_CAPACITY = 1 << 20

/** Words of 4 bytes; 32 of them are 128 bytes. Where each side is, for a ring that is made later. */
const TAIL = 32
const HEAD = 64
const SLOTS = 96
/** A slot is two words: whose turn it is, and the value. */
const WORDS_OF_A_SLOT = 2
/** Looks that it takes before it sleeps. */
const LOOKS = 3

/**
 * A slot's turn says by itself what may be done with it: sequence − place where it is free for that sequence, one more where
 * it holds its value. So that each side looks at one word only, which the other writes once in a round.
 */
export class SpscRing {
  readonly #words: Int32Array
  readonly #mask: number
  #tail: number
  #head: number

  static bytesFor(capacity: number): number {
    checkCapacity(capacity)
    return 4 * (SLOTS + WORDS_OF_A_SLOT * capacity)
  }

  static prepare(memory: SharedArrayBuffer, capacity: number, passed = 0): void {
    checkMemory(memory, capacity)
    if (!Number.isSafeInteger(passed) || passed < 0)
      throw new RangeError(`passed must be a whole number of at least 0, not ${passed}`)
    const words = new Int32Array(memory)
    words[TAIL] = words[HEAD] = passed | 0
    for (let i = 0; i < capacity; i++) {
      const sequence = ((passed | 0) + i) | 0
      const place = sequence & (capacity - 1)
      words[SLOTS + WORDS_OF_A_SLOT * place] = (sequence - place) | 0
    }
  }

  constructor(memory: SharedArrayBuffer, capacity: number) {
    checkMemory(memory, capacity)
    this.#words = new Int32Array(memory)
    this.#mask = capacity - 1
    this.#tail = Atomics.load(this.#words, TAIL)
    this.#head = Atomics.load(this.#words, HEAD)
  }

  tryPush(value: number): boolean {
    if ((value | 0) !== value) throw new RangeError(`value must be a whole number of 32 bits, not ${value}`)
    const words = this.#words
    const place = this.#tail & this.#mask
    const slot = SLOTS + WORDS_OF_A_SLOT * place
    const free = (this.#tail - place) | 0
    if (Atomics.load(words, slot) !== free) return false
    words[slot + 1] = value
    this.#tail = (this.#tail + 1) | 0
    Atomics.store(words, TAIL, this.#tail)
    Atomics.store(words, slot, (free + 1) | 0)
    Atomics.notify(words, slot)
    return true
  }

  tryPop(): number | undefined {
    const words = this.#words
    const place = this.#head & this.#mask
    const slot = SLOTS + WORDS_OF_A_SLOT * place
    const taken = (this.#head - place + 1) | 0
    if (Atomics.load(words, slot) !== taken) return undefined
    const value = words[slot + 1]
    this.#head = (this.#head + 1) | 0
    Atomics.store(words, HEAD, this.#head)
    Atomics.store(words, slot, (taken + this.#mask) | 0)
    Atomics.notify(words, slot)
    return value
  }

  push(value: number): void {
    for (let looks = 0; !this.tryPush(value); looks++) {
      const place = this.#tail & this.#mask
      // It still holds the value of the round before.
      if (looks >= LOOKS)
        Atomics.wait(this.#words, SLOTS + WORDS_OF_A_SLOT * place, (this.#tail - place - this.#mask) | 0)
    }
  }

  pop(): number {
    for (let looks = 0; ; looks++) {
      const value = this.tryPop()
      if (value !== undefined) return value
      const place = this.#head & this.#mask
      if (looks >= LOOKS) Atomics.wait(this.#words, SLOTS + WORDS_OF_A_SLOT * place, (this.#head - place) | 0)
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
