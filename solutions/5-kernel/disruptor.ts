/**
 * A ring that one producer fills and a graph of consumers works through, after LMAX's Disruptor.
 *
 * Each party has one sequence: how many slots it has released. It only ever goes up, modulo 2^32; its low bits are a slot.
 * The parties follow each other round the ring, the producer too: it follows the last consumers, a lap ahead of them.
 *
 * Invariant: for each party p and each u that it follows, 0 ≤ lead(u) ≤ capacity, where lead(u) is the sequence of u less
 * that of p, plus the capacity if p is the producer. p may claim the least lead. Only p writes p's sequence. Leads only grow
 * while p stands still, so that an old one is too small at worst: it is asked for again only when it gives too little.
 *
 * A sequence is stored after all work in its slots is done, and loaded before any begins; both atomically, which orders the
 * work of one party before that of the next, and by them before that of everybody further on.
 *
 * No word that one thread keeps writing lies within 128 bytes of a word that another thread touches: processors move lines
 * of 64 bytes, some of them in pairs.
 *
 * Waiting: who sleeps counts itself in at the party that holds it up, then waits on that party's sequence for as long as it
 * is what it was. `Atomics.wait` looks again, so that a change in between is not missed; who stores a sequence looks
 * afterwards whether anybody sleeps there, and wakes all of them.
 *
 * Cost: a claim is a load for each party that is followed, or none; a release is a store and a load. No garbage.
 *
 * Rejected: a queue for each edge of the graph (a copy and two indices more each); a flag in each slot (work for each event
 * where a batch needs one look); sequences as BigInt (garbage); one word on which everybody sleeps (each release wakes all).
 */

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
    this.#sequence = (this.#sequence + this.#claimed) | 0
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
