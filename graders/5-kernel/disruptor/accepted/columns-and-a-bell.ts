// Each field has a column of its own, and all who sleep listen to one bell. Nobody rings it for nothing: sleepers say that
// they are there before they look for the last time, and whoever hands on looks for sleepers after it has handed on.

export interface RingOptions {
  readonly size: number
  readonly fields: number
  readonly consumers: readonly (readonly number[])[]
  readonly strategy: 'spin' | 'sleep'
}

const LINE = 32
const MAX_SIZE = 2 ** 20
const MAX_FIELDS = 64
const MAX_CONSUMERS = 64

const BELL = LINE
const SLEEPERS = 2 * LINE
const PUBLISHED = 3 * LINE
const RELEASED = 4 * LINE

const columnsAt = (options: RingOptions) => 4 * (RELEASED + LINE * options.consumers.length)

export function bytesFor(options: RingOptions): number {
  checkOptions(options)
  return columnsAt(options) + 8 * options.fields * options.size
}

export function prepare(memory: SharedArrayBuffer, options: RingOptions, firstSequence = 0): void {
  checkMemory(memory, options)
  checkWhole('firstSequence', firstSequence, -(2 ** 31), 2 ** 31 - 1)
  const words = new Int32Array(memory)
  words[PUBLISHED] = firstSequence
  words.set(
    options.consumers.flatMap(() => [firstSequence, ...Array<number>(LINE - 1).fill(0)]),
    RELEASED,
  )
}

class Columns {
  readonly #numbers: Float64Array
  readonly #size: number

  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    checkMemory(memory, options)
    this.#size = options.size
    this.#numbers = new Float64Array(memory, columnsAt(options))
  }

  at(sequence: number, field: number): number {
    return this.#numbers[field * this.#size + (sequence & (this.#size - 1))] as number
  }

  set(sequence: number, field: number, value: number): void {
    this.#numbers[field * this.#size + (sequence & (this.#size - 1))] = value
  }
}

function handOn(words: Int32Array, word: number, sequence: number, mayAnybodySleep: boolean): void {
  Atomics.store(words, word, sequence)
  if (!mayAnybodySleep || Atomics.load(words, SLEEPERS) === 0) return
  Atomics.add(words, BELL, 1)
  Atomics.notify(words, BELL)
}

/** Asks until there is an answer other than undefined. */
function until<T>(words: Int32Array, maySleep: boolean, ask: () => T | undefined): T {
  for (;;) {
    const first = ask()
    if (first !== undefined) return first
    if (!maySleep) continue
    Atomics.add(words, SLEEPERS, 1)
    const rung = Atomics.load(words, BELL)
    const second = ask()
    if (second === undefined) Atomics.wait(words, BELL, rung)
    Atomics.sub(words, SLEEPERS, 1)
    if (second !== undefined) return second
  }
}

export class Producer {
  readonly #words: Int32Array
  readonly #columns: Columns
  readonly #options: RingOptions
  #from: number
  #to: number
  #room = 0

  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    this.#columns = new Columns(memory, options)
    this.#words = new Int32Array(memory)
    this.#options = options
    this.#from = Atomics.load(this.#words, PUBLISHED)
    this.#to = this.#from
  }

  tryClaim(count = 1): number | undefined {
    const { size, consumers } = this.#options
    checkWhole('count', count, 1, size - ((this.#to - this.#from) | 0))
    if (this.#room < count) {
      let held = 0
      for (let i = 0; i < consumers.length; i++)
        held = Math.max(held, (this.#to - Atomics.load(this.#words, RELEASED + LINE * i)) | 0)
      this.#room = size - held
      if (this.#room < count) return undefined
    }
    const first = this.#to
    this.#room -= count
    this.#to = (first + count) | 0
    return first
  }

  claim(count = 1): number {
    return until(this.#words, this.#options.strategy === 'sleep', () => this.tryClaim(count))
  }

  write(sequence: number, field: number, value: number): void {
    this.#columns.set(sequence, field, value)
  }

  publish(): void {
    this.#from = this.#to
    handOn(this.#words, PUBLISHED, this.#to, this.#options.strategy === 'sleep')
  }
}

export class Consumer {
  readonly #words: Int32Array
  readonly #columns: Columns
  readonly #word: number
  readonly #inFront: Int32Array
  readonly #sleeps: boolean
  #next: number
  #there = 0

  constructor(memory: SharedArrayBuffer, options: RingOptions, index: number) {
    this.#columns = new Columns(memory, options)
    checkWhole('index', index, 0, options.consumers.length - 1)
    this.#words = new Int32Array(memory)
    this.#word = RELEASED + LINE * index
    const after = options.consumers[index] as readonly number[]
    this.#inFront = Int32Array.from(after.length === 0 ? [PUBLISHED] : after.map((i) => RELEASED + LINE * i))
    this.#sleeps = options.strategy === 'sleep'
    this.#next = Atomics.load(this.#words, this.#word)
  }

  get next(): number {
    return this.#next
  }

  poll(): number {
    let there = MAX_SIZE
    for (let i = 0; i < this.#inFront.length; i++)
      there = Math.min(there, (Atomics.load(this.#words, this.#inFront[i] as number) - this.#next) | 0)
    this.#there = there
    return there
  }

  wait(): number {
    return until(this.#words, this.#sleeps, () => this.poll() || undefined)
  }

  read(sequence: number, field: number): number {
    return this.#columns.at(sequence, field)
  }

  write(sequence: number, field: number, value: number): void {
    this.#columns.set(sequence, field, value)
  }

  release(count: number): void {
    checkWhole('count', count, 0, this.#there)
    this.#there -= count
    this.#next = (this.#next + count) | 0
    handOn(this.#words, this.#word, this.#next, this.#sleeps)
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
