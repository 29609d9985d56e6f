// Sequences as the paper has them: the last event that was handed on, and not the first that was not. The producer remembers
// nothing between claims and looks at every consumer each time; each side counts what it holds instead of where it ends.

export interface RingOptions {
  readonly size: number
  readonly fields: number
  readonly consumers: readonly (readonly number[])[]
  readonly strategy: 'spin' | 'sleep'
}

const PAD = 32
const MAX_SIZE = 2 ** 20
const MAX_FIELDS = 64
const MAX_CONSUMERS = 64

const firstSlot = (options: RingOptions) => 16 * (options.consumers.length + 2)

export function bytesFor(options: RingOptions): number {
  checkOptions(options)
  return 8 * (firstSlot(options) + options.size * options.fields)
}

export function prepare(memory: SharedArrayBuffer, options: RingOptions, firstSequence = 0): void {
  checkMemory(memory, options)
  checkWhole('firstSequence', firstSequence, -(2 ** 31), 2 ** 31 - 1)
  const words = new Int32Array(memory)
  for (let owner = 0; owner <= options.consumers.length; owner++) words[PAD * (owner + 1)] = firstSequence - 1
}

abstract class Side {
  protected readonly options: RingOptions
  protected readonly words: Int32Array
  protected readonly slots: Float64Array
  /** 0 is the producer, i + 1 is consumer i */
  protected readonly owner: number

  constructor(memory: SharedArrayBuffer, options: RingOptions, owner: number) {
    checkMemory(memory, options)
    this.options = options
    this.words = new Int32Array(memory)
    this.slots = new Float64Array(memory, 8 * firstSlot(options), options.size * options.fields)
    this.owner = owner
  }

  protected last(owner: number): number {
    return Atomics.load(this.words, PAD * (owner + 1))
  }

  protected handOn(last: number): void {
    const word = PAD * (this.owner + 1)
    Atomics.store(this.words, word, last)
    if (this.options.strategy === 'sleep') Atomics.notify(this.words, word)
  }

  protected sleepUnlessMoved(owner: number, last: number): void {
    if (this.options.strategy === 'sleep') Atomics.wait(this.words, PAD * (owner + 1), last)
  }

  protected placeOf(sequence: number, field: number): number {
    return field + this.options.fields * (sequence & (this.options.size - 1))
  }

  write(sequence: number, field: number, value: number): void {
    this.slots[this.placeOf(sequence, field)] = value
  }
}

export class Producer extends Side {
  private published: number
  private pending = 0
  private inTheWay = 1
  private inTheWayAt = 0

  constructor(memory: SharedArrayBuffer, options: RingOptions) {
    super(memory, options, 0)
    this.published = this.last(0)
  }

  tryClaim(count = 1): number | undefined {
    checkWhole('count', count, 1, this.options.size - this.pending)
    // Of what is published, how much the slowest has not released.
    let most = -1
    for (let owner = 1; owner <= this.options.consumers.length; owner++) {
      const last = this.last(owner)
      const held = (this.published - last) | 0
      if (held <= most) continue
      most = held
      this.inTheWay = owner
      this.inTheWayAt = last
    }
    if (most + this.pending + count > this.options.size) return undefined
    const first = (this.published + this.pending + 1) | 0
    this.pending += count
    return first
  }

  claim(count = 1): number {
    let first = this.tryClaim(count)
    while (first === undefined) {
      this.sleepUnlessMoved(this.inTheWay, this.inTheWayAt)
      first = this.tryClaim(count)
    }
    return first
  }

  publish(): void {
    this.published = (this.published + this.pending) | 0
    this.pending = 0
    this.handOn(this.published)
  }
}

export class Consumer extends Side {
  private readonly inFront: readonly number[]
  private released: number
  private polled = 0
  private inTheWay = 0
  private inTheWayAt = 0

  constructor(memory: SharedArrayBuffer, options: RingOptions, index: number) {
    super(memory, options, index + 1)
    checkWhole('index', index, 0, options.consumers.length - 1)
    const after = options.consumers[index] ?? []
    this.inFront = after.length === 0 ? [0] : after.map((one) => one + 1)
    this.released = this.last(this.owner)
  }

  get next(): number {
    return (this.released + 1) | 0
  }

  poll(): number {
    let least = Number.POSITIVE_INFINITY
    for (const owner of this.inFront) {
      const last = this.last(owner)
      const ahead = (last - this.released) | 0
      if (ahead >= least) continue
      least = ahead
      this.inTheWay = owner
      this.inTheWayAt = last
    }
    this.polled = least
    return least
  }

  wait(): number {
    let count = this.poll()
    while (count === 0) {
      this.sleepUnlessMoved(this.inTheWay, this.inTheWayAt)
      count = this.poll()
    }
    return count
  }

  read(sequence: number, field: number): number {
    return this.slots[this.placeOf(sequence, field)] ?? Number.NaN
  }

  release(count: number): void {
    checkWhole('count', count, 0, this.polled)
    this.polled -= count
    this.released = (this.released + count) | 0
    this.handOn(this.released)
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
