// breaks: An event through the diamond makes no garbage
// spends: bytes a call
// because: the sequence counts on in its object while the word in memory turns over. All differences are right, and beyond 2,147,483,647 each step is a number on the heap.

export interface Shape {
  readonly capacity: number
  readonly fields: number
  readonly after: readonly (readonly number[])[]
}

export type Party = 'producer' | number
export type WaitStrategy = 'spin' | 'sleep'

const MAX_CAPACITY = 65_536
const MAX_FIELDS = 16
const MAX_CONSUMERS = 256

/** Words of 4 bytes; 32 of them are 128 bytes. */
const FIRST_PARTY = 32
const PARTY_WORDS = 64
/** Within the words of a party: its sequence is the first. */
const SLEEPERS = 32

export class Disruptor {
  readonly #words: Int32Array
  readonly #capacity: number
  readonly #fields: number
  readonly #slots: number
  readonly #sleeps: boolean
  /** how far ahead of those that it follows a party may be: a lap, for the producer */
  readonly #ahead: number
  /** words of its own sequence, and of those that it follows */
  readonly #mine: number
  readonly #upstream: readonly number[]
  #sequence: number
  #claimed = 0
  /** what it may claim by what it last saw; who gives the least, and what that one's sequence was */
  #room = 0
  #slowest = 0
  #seen = 0

  static bytesFor(shape: Shape): number {
    checkShape(shape)
    return 4 * (slotsAt(shape) + shape.capacity * shape.fields)
  }

  static prepare(memory: SharedArrayBuffer, shape: Shape, passed = 0): void {
    checkMemory(memory, shape)
    checkWhole('passed', passed, 0, Number.MAX_SAFE_INTEGER)
    const words = new Int32Array(memory)
    for (let at = FIRST_PARTY; at < slotsAt(shape); at += PARTY_WORDS) Atomics.store(words, at, passed | 0)
  }

  constructor(memory: SharedArrayBuffer, shape: Shape, party: Party, strategy: WaitStrategy = 'sleep') {
    checkMemory(memory, shape)
    if (party !== 'producer') checkWhole('party', party, 0, shape.after.length - 1)
    if (strategy !== 'spin' && strategy !== 'sleep') throw new RangeError(`strategy is spin or sleep, not ${strategy}`)
    this.#words = new Int32Array(memory)
    this.#capacity = shape.capacity
    this.#fields = shape.fields
    this.#slots = slotsAt(shape)
    this.#sleeps = strategy === 'sleep'
    this.#ahead = party === 'producer' ? shape.capacity : 0
    this.#mine = sequenceOf(party)
    this.#upstream = followedBy(party, shape.after).map(sequenceOf)
    this.#sequence = Atomics.load(this.#words, this.#mine)
  }

  tryClaim(most = this.#capacity): number {
    if (!Number.isInteger(most) || most < 1) throw new RangeError(`most must be a whole number from 1, not ${most}`)
    if (this.#room < most) this.#look()
    this.#claimed = most < this.#room ? most : this.#room
    return this.#claimed
  }

  claim(most = this.#capacity): number {
    for (;;) {
      const count = this.tryClaim(most)
      if (count > 0) return count
      if (this.#sleeps) this.#sleep()
    }
  }

  get(slot: number, field: number): number {
    return this.#words[this.#wordOf(slot, field)] as number
  }

  set(slot: number, field: number, value: number): void {
    if ((value | 0) !== value) throw new RangeError(`value must be a whole number of 32 bits, not ${value}`)
    this.#words[this.#wordOf(slot, field)] = value
  }

  release(): void {
    if (this.#claimed === 0) return
    this.#sequence += this.#claimed
    this.#room -= this.#claimed
    this.#claimed = 0
    Atomics.store(this.#words, this.#mine, this.#sequence)
    if (Atomics.load(this.#words, this.#mine + SLEEPERS) > 0) Atomics.notify(this.#words, this.#mine)
  }

  #look(): void {
    let least = this.#capacity + 1
    for (const at of this.#upstream) {
      const seen = Atomics.load(this.#words, at)
      const lead = (seen - this.#sequence + this.#ahead) | 0
      if (lead >= least) continue
      least = lead
      this.#slowest = at
      this.#seen = seen
    }
    this.#room = least
  }

  /** Sleeps until whoever holds it up is no longer where it was seen. */
  #sleep(): void {
    Atomics.add(this.#words, this.#slowest + SLEEPERS, 1)
    Atomics.wait(this.#words, this.#slowest, this.#seen)
    Atomics.sub(this.#words, this.#slowest + SLEEPERS, 1)
  }

  #wordOf(slot: number, field: number): number {
    if (slot >>> 0 !== slot || slot >= this.#claimed)
      throw new RangeError(`slot must be one of the ${this.#claimed} that are claimed, not ${slot}`)
    if (field >>> 0 !== field || field >= this.#fields)
      throw new RangeError(`field must be one of the ${this.#fields} of a slot, not ${field}`)
    return this.#slots + ((this.#sequence + slot) & (this.#capacity - 1)) * this.#fields + field
  }
}

/** Whom a party follows: the producer follows those that no consumer follows. */
function followedBy(party: Party, after: Shape['after']): readonly Party[] {
  if (party === 'producer') return [...after.keys()].filter((one) => !after.some((list) => list.includes(one)))
  const list = after[party] as readonly number[]
  return list.length > 0 ? list : ['producer']
}

const sequenceOf = (party: Party) => FIRST_PARTY + PARTY_WORDS * (party === 'producer' ? 0 : 1 + party)
const slotsAt = ({ after }: Shape) => FIRST_PARTY + PARTY_WORDS * (1 + after.length)

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}

function checkShape({ capacity, fields, after }: Shape): void {
  checkWhole('capacity', capacity, 2, MAX_CAPACITY)
  if ((capacity & (capacity - 1)) !== 0) throw new RangeError(`capacity must be a power of two, not ${capacity}`)
  checkWhole('fields', fields, 1, MAX_FIELDS)
  checkWhole('the length of after', after.length, 1, MAX_CONSUMERS)
  for (const [consumer, list] of after.entries())
    for (const one of list) checkWhole(`what consumer ${consumer} comes after`, one, 0, consumer - 1)
}

function checkMemory(memory: SharedArrayBuffer, shape: Shape): void {
  const bytes = Disruptor.bytesFor(shape)
  if (memory.byteLength < bytes)
    throw new RangeError(`memory must have at least ${bytes} bytes, not ${memory.byteLength}`)
}
