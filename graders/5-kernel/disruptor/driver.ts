// Drives a disruptor: by scripts of calls in one thread, and by real threads in lock step, one for each party.

import { Disruptor, type Party, type Shape, type WaitStrategy } from '#kata/5-kernel/disruptor'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { type History, lockStep, note, type Thread } from '../../kit/threads.ts'

/**
 * One call, or a claim with the release right behind it; or a party joins once more. What is claimed is filled, or read and
 * marked, at once.
 */
export interface Call {
  by: Party
  does: 'claim' | 'release' | 'claim and release' | 'join'
  /** nothing is said of it where it is left out */
  most?: number
}

export interface Script {
  shape: Shape
  /** events that have gone through before; 0 is memory that nobody has prepared */
  passed: number
  /** what the producer writes, number by number, over and over */
  values: number[]
  calls: Call[]
}

/** Slots as a consumer reads them; of the producer, only how many it got; null where nothing is claimed. */
export type Answer = number | number[][] | null

/** What a consumer writes into its own field of a slot, which is one beyond its number: where it has read `first` in field 0. */
const markOf = (consumer: number, first: number) => (first + 1_000 * (consumer + 1)) | 0

/** An empty ring: in memory that nobody has touched, or prepared where an event was left behind. */
function fresh(shape: Shape, passed: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(Disruptor.bytesFor(shape))
  if (passed === 0) return memory
  const producer = new Disruptor(memory, shape, 'producer')
  producer.tryClaim(1)
  producer.release()
  Disruptor.prepare(memory, shape, passed)
  return memory
}

const claimOf = (one: Disruptor, most: number | undefined) => (most === undefined ? one.tryClaim() : one.tryClaim(most))

/** Reads fields of what is claimed, and marks each slot in the consumer's own field, if slots have one. */
function readAndMark(
  one: Disruptor,
  consumer: number,
  count: number,
  shape: Shape,
  fields: readonly number[],
): number[][] {
  const slots: number[][] = []
  for (let slot = 0; slot < count; slot++) {
    const numbers: number[] = []
    for (const field of fields) numbers.push(one.get(slot, field))
    if (consumer + 1 < shape.fields) one.set(slot, consumer + 1, markOf(consumer, numbers[0] as number))
    slots.push(numbers)
  }
  return slots
}

const allFields = ({ fields }: Shape) => Array.from({ length: fields }, (_, field) => field)
/** What a consumer may read while others are at work: what the producer wrote, and those that it comes after. */
const fieldsBefore = ({ fields, after }: Shape, consumer: number) =>
  [0, ...(after[consumer] as readonly number[]).map((one) => one + 1)].filter((field) => field < fields)

export function run({ shape, passed, values, calls }: Script): Answer[] {
  const memory = fresh(shape, passed)
  const join = (party: Party) => new Disruptor(memory, shape, party)
  const everybody: Party[] = ['producer', ...shape.after.keys()]
  const parties = new Map(everybody.map((party) => [party, join(party)]))
  let written = 0
  return calls.map(({ by, does, most }) => {
    if (does === 'join') {
      parties.set(by, join(by))
      return null
    }
    const one = parties.get(by) as Disruptor
    let answer: Answer = null
    if (does !== 'release') {
      const count = claimOf(one, most)
      if (by === 'producer')
        for (let slot = 0; slot < count; slot++)
          for (let field = 0; field < shape.fields; field++)
            one.set(slot, field, values[written++ % values.length] as number)
      answer = by === 'producer' ? count : readAndMark(one, by, count, shape, allFields(shape))
    }
    if (does !== 'claim') one.release()
    return answer
  })
}

/** The same script on a ring that has come far, and on a new one. */
export function beside(script: Script): { far: Answer[]; near: Answer[] } {
  return { far: run(script), near: run({ ...script, passed: 0 }) }
}

// ---- threads ---------------------------------------------------------------------------------------------------------

/** What one thread does: claims (at most so many at once), works, notes what it did, releases, over and over. */
export interface Side {
  by: Party
  strategy: WaitStrategy
  most?: number
  /** how many events it works on; or how often it claims without waiting */
  until: { events: number } | { tries: number }
}

export interface Scene {
  shape: Shape
  /** what has happened before the threads start, in this order: each claims so many and releases them */
  before: { by: Party; most: number }[]
  sides: Side[]
}

interface Given {
  memory: SharedArrayBuffer
  shape: Shape
  side: Side
  /** events that the producer has filled before */
  filled: number
}

/** Noted while it holds the slots: by the producer the events that it fills, counted from 1; by a consumer what it reads. */
export type Noted = { fills: number[] } | { reads: number[][] }

/** Works in what is claimed: the producer fills it with the events from `next` on, a consumer reads and marks it. */
function workIn(one: Disruptor, by: Party, count: number, next: number, shape: Shape): Noted {
  if (by !== 'producer') return { reads: readAndMark(one, by, count, shape, fieldsBefore(shape, by)) }
  const fills: number[] = []
  for (let slot = 0; slot < count; slot++) {
    one.set(slot, 0, next + slot)
    fills.push(next + slot)
  }
  return { fills }
}

export function side({ memory, shape, side: { by, strategy, most, until }, filled }: Given): void {
  const one = new Disruptor(memory, shape, by, strategy)
  let next = filled + 1
  const workAndRelease = (count: number) => {
    if (count > 0) note(workIn(one, by, count, next, shape))
    next += count
    one.release()
  }
  if ('tries' in until) for (let i = 0; i < until.tries; i++) workAndRelease(claimOf(one, most))
  else
    for (let left = until.events; left > 0; ) {
      const count = one.claim(Math.min(left, most ?? left))
      workAndRelease(count)
      left -= count
    }
}

interface Start {
  threads: Thread[]
  /** what was noted before the threads started */
  before: { by: Party; what: Noted }[]
}

function startOf({ shape, before, sides }: Scene): Start {
  const memory = fresh(shape, 0)
  const noted: Start['before'] = []
  let filled = 0
  for (const { by, most } of before) {
    const one = new Disruptor(memory, shape, by)
    for (let left = most; left > 0; ) {
      const count = one.tryClaim(left)
      if (count <= 0) break
      noted.push({ by, what: workIn(one, by, count, filled + 1, shape) })
      one.release()
      left -= count
      if (by === 'producer') filled += count
    }
  }
  return {
    threads: sides.map((side) => ({ run: 'side', given: { memory, shape, side, filled } satisfies Given })),
    before: noted,
  }
}

/** One way in which the threads may come to run. */
export interface Came {
  schedule: { seed: number } | { first: number; switches: readonly number[] }
  end: History['end']
  waits: History['waits']
  races: History['races']
  stoppedAt: { by: Party; line: number }[]
  /** in the order in which it happened */
  noted: { by: Party; what: Noted }[]
}

function came({ sides }: Scene, schedule: Came['schedule'], history: History, before: Start['before']): Came {
  const by = (thread: number) => (sides[thread] as Side).by
  return {
    schedule,
    end: history.end,
    waits: history.waits,
    races: history.races,
    stoppedAt: history.threads.flatMap((one, thread) =>
      'stoppedAt' in one ? [{ by: by(thread), line: one.stoppedAt }] : [],
    ),
    noted: [...before, ...history.events.map(({ thread, what }) => ({ by: by(thread), what: what as Noted }))],
  }
}

/** Far more than a right disruptor needs for a few dozen events: what goes on for ever is to be told soon. */
const MOST_TOUCHES = 6_000
/** What never ends takes long, and one such way tells enough. */
const MAX_ENDLESS = 1

/**
 * Every way that comes out differently in which the first thread begins and one goes on to the next at most once, beside
 * where it waits or ends. (The kit's `explore` begins with each thread in turn: three times the work, for mistakes that the
 * scenes are made to show from their first thread.)
 */
export async function ways({ scene, switches }: { scene: Scene; switches: 0 | 1 }): Promise<Came[]> {
  const different = new Map<string, Came>()
  let endless = 0
  const run = async (at: readonly number[]) => {
    const { threads, before } = startOf(scene)
    const history = await lockStep(threads, { first: 0, switches: at, most: MOST_TOUCHES })
    const { schedule, ...seen } = came(scene, { first: 0, switches: at }, history, before)
    const key = JSON.stringify(seen)
    if (!different.has(key)) different.set(key, { schedule, ...seen })
    if (history.end === 'endless') endless++
    return history.touches
  }
  const touches = await run([])
  if (switches === 1) for (let i = 1; i < touches && endless < MAX_ENDLESS; i++) await run([i])
  return [...different.values()]
}

/** One way, drawn from a seed. */
export async function drawn({ scene, seed }: { scene: Scene; seed: number }): Promise<Came[]> {
  const { threads, before } = startOf(scene)
  return [came(scene, { seed }, await lockStep(threads, { seed, most: MOST_TOUCHES }), before)]
}

// ---- bad input -------------------------------------------------------------------------------------------------------

/** One of each size, used again: shared memory is collected late, and large rings would fill the process. */
const memories = new Map<number, SharedArrayBuffer>()

function memoryOf(bytes: number): SharedArrayBuffer {
  const known = memories.get(bytes) ?? new SharedArrayBuffer(bytes)
  memories.set(bytes, known)
  return known
}

export interface SetUp {
  shape: Shape
  /** of the memory beyond what the disruptor needs; below 0 it is too small */
  bytes: number
  passed: number
  party: Party
  strategy: string
}

/** Sets a disruptor up from what may be nonsense. */
export function setUp({ shape, bytes, passed, party, strategy }: SetUp): {
  bytesFor: Attempt<number>
  prepare: Attempt<string>
  make: Attempt<string>
} {
  const needed = attempt(() => Disruptor.bytesFor(shape))
  const memory = memoryOf(Math.max(0, ('returned' in needed ? needed.returned : 4_096) + bytes))
  return {
    bytesFor: needed,
    prepare: attempt(() => {
      Disruptor.prepare(memory, shape, passed)
      return 'prepared'
    }),
    make: attempt(() => {
      new Disruptor(memory, shape, party, strategy as WaitStrategy)
      return 'a disruptor'
    }),
  }
}

/** What is refused while so many of its slots are claimed: a claim, or a field of a slot. */
export type Bad = { most: number } | { slot: number; field: number } | { slot: number; field: number; value: number }

/** Nonsense on a ring of one consumer: by the producer with `claimed` slots in hand, `released` behind it. */
export function misuse({ shape, claimed, bad }: { shape: Shape; claimed: number; bad: Bad[] }): {
  answers: Attempt<number | string>[]
  /** what the consumer reads after the producer has released what it had claimed */
  read: number[][]
} {
  const memory = fresh(shape, 0)
  const producer = new Disruptor(memory, shape, 'producer')
  const consumer = new Disruptor(memory, shape, 0)
  if (claimed > 0) producer.tryClaim(claimed)
  for (let slot = 0; slot < claimed; slot++)
    for (let field = 0; field < shape.fields; field++) producer.set(slot, field, slot * shape.fields + field + 1)
  const answers = bad.flatMap((one): Attempt<number | string>[] => {
    if ('most' in one) return [attempt(() => producer.tryClaim(one.most)), attempt(() => consumer.tryClaim(one.most))]
    if ('value' in one)
      return [
        attempt(() => {
          producer.set(one.slot, one.field, one.value)
          return 'written'
        }),
      ]
    return [attempt(() => producer.get(one.slot, one.field))]
  })
  producer.release()
  const read: number[][] = []
  for (let count = consumer.tryClaim(); count > 0 && read.length <= shape.capacity; count = consumer.tryClaim()) {
    for (let slot = 0; slot < count; slot++)
      read.push(Array.from({ length: shape.fields }, (_, field) => consumer.get(slot, field)))
    consumer.release()
  }
  return { answers, read }
}
