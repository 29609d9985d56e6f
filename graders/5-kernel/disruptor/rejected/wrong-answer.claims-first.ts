// breaks: What was polled stays until it is released
// breaks: A claim is granted when there is room, and only then
// breaks: Whoever waits is woken, and waits as it was told
// because: the claim is made first and found to be too large afterwards: the next one starts behind events that nobody will ever write.

export interface RingOptions {
  readonly size: number
  readonly fields: number
  readonly consumers: readonly (readonly number[])[]
  readonly strategy: 'spin' | 'sleep'
}

const LINE_BYTES = 128
const MAX_SIZE = 2 ** 20
const MAX_FIELDS = 64
const MAX_CONSUMERS = 64

/** Word of the producer's sequence; one line before it, so that nothing outside of this memory is its neighbour. */
const PUBLISHED = LINE_BYTES / 4
const wordOf = (consumer: number) => PUBLISHED + (consumer + 1) * (LINE_BYTES / 4)
const eventsAt = (options: RingOptions) => (options.consumers.length + 2) * LINE_BYTES

export function bytesFor(options: RingOptions): number {
  checkOptions(options)
  return eventsAt(options) + options.size * options.fields * 8
}

export function prepare(memory: SharedArrayBuffer, options: RingOptions, firstSequence = 0): void {
  checkMemory(memory, options)
  checkWhole('firstSequence', firstSequence, -(2 ** 31), 2 ** 31 - 1)
  const words = new Int32Array(memory)
  words[PUBLISHED] = firstSequence
  for (let i = 0; i < options.consumers.length; i++) words[wordOf(i)] = firstSequence
}

/** What all threads look at: the sequences, and the slots. */
class Ring {
  readonly words: Int32Array
  readonly sleeps: boolean
  readonly #numbers: Float64Array
  readonly #fields: number
  readonly #mask: number

  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    checkMemory(memory, options)
    this.words = new Int32Array(memory)
    this.sleeps = options.strategy === 'sleep'
    this.#numbers = new Float64Array(memory, eventsAt(options))
    this.#fields = options.fields
    this.#mask = options.size - 1
  }

  read(sequence: number, field: number): number {
    return this.#numbers[(sequence & this.#mask) * this.#fields + field] as number
  }

  write(sequence: number, field: number, value: number): void {
    this.#numbers[(sequence & this.#mask) * this.#fields + field] = value
  }

  /** Hands on all that was done before. Only the owner of a word moves it. */
  move(word: number, sequence: number): void {
    Atomics.store(this.words, word, sequence)
    if (this.sleeps) Atomics.notify(this.words, word)
  }
}

/** Those that somebody must stay behind. */
class Barrier {
  readonly #ring: Ring
  readonly #inFront: readonly number[]
  #slowest = 0
  #seen = 0

  constructor(ring: Ring, inFront: readonly number[]) {
    this.#ring = ring
    this.#inFront = inFront
  }

  /** @returns the sequence of the slowest */
  look(): number {
    const { words } = this.#ring
    for (let i = 0; i < this.#inFront.length; i++) {
      const word = this.#inFront[i] as number
      const sequence = Atomics.load(words, word)
      if (i > 0 && ((sequence - this.#seen) | 0) >= 0) continue
      this.#slowest = word
      this.#seen = sequence
    }
    return this.#seen
  }

  /** Until the slowest has moved: before that nothing gets better. To compare and to fall asleep is one step. */
  wait(): void {
    if (this.#ring.sleeps) Atomics.wait(this.#ring.words, this.#slowest, this.#seen)
  }
}

export class Producer {
  readonly #ring: Ring
  readonly #size: number
  readonly #last: Barrier
  #published: number
  #claimed: number
  /** Up to here there was room when it was last looked up: looked up again only when it is reached. */
  #limit: number

  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    this.#ring = new Ring(memory, options)
    this.#size = options.size
    // Whoever is followed by somebody is never slower than that one.
    const followed = new Set(options.consumers.flat())
    const last = options.consumers.map((_, i) => i).filter((i) => !followed.has(i))
    this.#last = new Barrier(this.#ring, last.map(wordOf))
    this.#published = Atomics.load(this.#ring.words, PUBLISHED)
    this.#claimed = this.#published
    this.#limit = this.#published
  }

  tryClaim(count = 1): number | undefined {
    checkWhole('count', count, 1, this.#size - ((this.#claimed - this.#published) | 0))
    const first = this.#claimed
    const end = (first + count) | 0
    this.#claimed = end
    if (((this.#limit - end) | 0) < 0) {
      this.#limit = (this.#last.look() + this.#size) | 0
      if (((this.#limit - end) | 0) < 0) return undefined
    }
    return first
  }

  claim(count = 1): number {
    for (;;) {
      const first = this.tryClaim(count)
      if (first !== undefined) return first
      this.#last.wait()
    }
  }

  write(sequence: number, field: number, value: number): void {
    this.#ring.write(sequence, field, value)
  }

  publish(): void {
    this.#published = this.#claimed
    this.#ring.move(PUBLISHED, this.#claimed)
  }
}

export class Consumer {
  readonly #ring: Ring
  readonly #word: number
  readonly #inFront: Barrier
  #next: number
  #end: number

  constructor(memory: SharedArrayBuffer, options: RingOptions, index: number) {
    this.#ring = new Ring(memory, options)
    checkWhole('index', index, 0, options.consumers.length - 1)
    this.#word = wordOf(index)
    const after = options.consumers[index] as readonly number[]
    this.#inFront = new Barrier(this.#ring, after.length === 0 ? [PUBLISHED] : after.map(wordOf))
    this.#next = Atomics.load(this.#ring.words, this.#word)
    this.#end = this.#next
  }

  get next(): number {
    return this.#next
  }

  poll(): number {
    this.#end = this.#inFront.look()
    return (this.#end - this.#next) | 0
  }

  wait(): number {
    for (;;) {
      const count = this.poll()
      if (count > 0) return count
      this.#inFront.wait()
    }
  }

  read(sequence: number, field: number): number {
    return this.#ring.read(sequence, field)
  }

  write(sequence: number, field: number, value: number): void {
    this.#ring.write(sequence, field, value)
  }

  release(count: number): void {
    checkWhole('count', count, 0, (this.#end - this.#next) | 0)
    this.#next = (this.#next + count) | 0
    this.#ring.move(this.#word, this.#next)
  }
}

function checkMemory(memory: SharedArrayBuffer, options: RingOptions): void {
  const bytes = bytesFor(options)
  if (memory.byteLength < bytes) throw new RangeError(`memory must have ${bytes} bytes, not ${memory.byteLength}`)
}

function checkOptions({ size, fields, consumers, strategy }: RingOptions): void {
  checkWhole('size', size, 1, MAX_SIZE)
  if ((size & (size - 1)) !== 0) throw new RangeError(`size must be a power of two, not ${size}`)
  checkWhole('fields', fields, 1, MAX_FIELDS)
  if (consumers.length < 1 || consumers.length > MAX_CONSUMERS)
    throw new RangeError(`consumers must be 1 to ${MAX_CONSUMERS}, not ${consumers.length}`)
  // Only earlier ones can be named, so that nobody waits in a circle.
  for (const [i, after] of consumers.entries()) for (const one of after) checkWhole(`consumers[${i}]`, one, 0, i - 1)
  if (strategy !== 'spin' && strategy !== 'sleep') throw new RangeError('strategy must be spin or sleep')
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
