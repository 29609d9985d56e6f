// Drives a ring: by scripts of calls in one thread, and by a producer and consumers in threads in lock step.

import { bytesFor, Consumer, Producer, prepare, type RingOptions } from '#kata/5-kernel/disruptor'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { explore, type History, lockStep, note, type Thread } from '../../kit/threads.ts'

export type Options = RingOptions

/** The numbers of one event. */
export type Event = number[]

export type Call =
  /** tryClaim; what is granted is written at once */
  | { claim: Event[] }
  | 'publish'
  | { poll: number }
  /** the first so many events of what was polled */
  | { read: number; count: number }
  | { release: number; count: number }
  | { next: number }
  /** polls, reads and releases until nothing is there; writes `mark` into that field of each before it is released */
  | { take: number; mark?: Mark }
  /** makes this consumer, or the producer, anew on the same memory */
  | { again: number | 'producer' }

export interface Mark {
  field: number
  value: number
}

/** text: what was thrown, or a sequence that is none */
export type Answer = number | null | string | Event[]

export interface Script {
  options: Options
  firstSequence: number
  calls: Call[]
}

function newMemory(options: Options, firstSequence: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytesFor(options))
  prepare(memory, options, firstSequence)
  return memory
}

const write = (to: Pick<Producer, 'write'>, sequence: number, events: readonly Event[]) => {
  for (const [i, numbers] of events.entries())
    for (const [field, value] of numbers.entries()) to.write((sequence + i) | 0, field, value)
}

const readEvents = (consumer: Consumer, count: number, fields: number): Event[] => {
  const first = consumer.next
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: fields }, (_, field) => consumer.read((first + i) | 0, field)),
  )
}

/** A ring that does not stop giving is wrong; this is where the driver stops asking. */
const MAX_TAKEN = 200

export function run({ options, firstSequence, calls }: Script): Answer[] {
  const memory = newMemory(options, firstSequence)
  let producer = new Producer(memory, options)
  const consumers = options.consumers.map((_, i) => new Consumer(memory, options, i))
  const at = (i: number) => consumers[i] as Consumer
  const take = (consumer: Consumer, mark: Mark | undefined) => {
    const taken: Event[] = []
    for (let count = consumer.poll(); count > 0 && taken.length < MAX_TAKEN; count = consumer.poll()) {
      taken.push(...readEvents(consumer, Math.min(count, MAX_TAKEN), options.fields))
      const first = consumer.next
      for (let i = 0; mark !== undefined && i < Math.min(count, MAX_TAKEN); i++)
        consumer.write((first + i) | 0, mark.field, mark.value)
      consumer.release(count)
    }
    return taken
  }
  const answer = (call: Call): Answer => {
    if (call === 'publish') {
      producer.publish()
      return null
    }
    if ('claim' in call) {
      // One is what is meant when nothing is said.
      const first = call.claim.length === 1 ? producer.tryClaim() : producer.tryClaim(call.claim.length)
      if (first !== undefined) write(producer, first, call.claim)
      return first ?? null
    }
    if ('poll' in call) return at(call.poll).poll()
    if ('read' in call) return readEvents(at(call.read), call.count, options.fields)
    if ('release' in call) {
      at(call.release).release(call.count)
      return null
    }
    if ('next' in call) return at(call.next).next
    if ('take' in call) return take(at(call.take), call.mark)
    if (call.again === 'producer') producer = new Producer(memory, options)
    else consumers[call.again] = new Consumer(memory, options, call.again)
    return null
  }
  return calls.map((call) => {
    const came = attempt(() => answer(call))
    return 'returned' in came ? came.returned : `throws ${came.threw}: ${came.message}`
  })
}

/** The same script where numbers are small, from the same slot; sequences are counted from the first. */
export function beside({ script, firstSequence }: { script: Script; firstSequence: number }): {
  far: Answer[]
  near: Answer[]
} {
  const counted = (from: number) =>
    run({ ...script, firstSequence: from }).map((answer, i) => {
      const call = script.calls[i] as Call
      const isSequence = typeof answer === 'number' && typeof call === 'object' && ('claim' in call || 'next' in call)
      if (!isSequence) return answer
      return answer === (answer | 0) ? (answer - from) | 0 : String(answer)
    })
  return { far: counted(firstSequence), near: counted(firstSequence & 255) }
}

// ---- threads -----------------------------------------------------------------------------------------------------------

/** What one thread does. `tries`: it never waits, and each call is made once. */
export type Role =
  /** claims, writes and publishes these events, so many at once */
  | { produce: Event[]; batch: number; tries: boolean }
  /** reads and releases so many events */
  | { consume: number; count: number; tries: boolean }

export interface Scene {
  options: Options
  /** events that are there when the threads start */
  held: Event[]
  roles: Role[]
}

export type Noted =
  /** so many; 0 where there was no room */
  | { claimed: number }
  /** noted before it is done, as releasing is: whoever sees it afterwards is right to */
  | { publishing: number }
  | { polled: number }
  | { releasing: number }
  | { threw: string }

interface Given {
  memory: SharedArrayBuffer
  options: Options
  role: Role
}

export function play(given: Given): void {
  try {
    act(given)
  } catch (error) {
    // Refused where nothing is to be refused. All else goes on up: a TODO, and the end of a run.
    if (!(error instanceof RangeError)) throw error
    note({ threw: `${error.name}: ${error.message}` })
  }
}

function act({ memory, options, role }: Given): void {
  if ('produce' in role) {
    const producer = new Producer(memory, options)
    for (let i = 0; i < role.produce.length; i += role.batch) {
      const events = role.produce.slice(i, i + role.batch)
      const first = role.tries ? producer.tryClaim(events.length) : producer.claim(events.length)
      note({ claimed: first === undefined ? 0 : events.length })
      if (first === undefined) continue
      write(producer, first, events)
      note({ publishing: events.length })
      producer.publish()
    }
    return
  }
  const consumer = new Consumer(memory, options, role.consume)
  for (let left = role.count; left > 0; ) {
    const polled = role.tries ? consumer.poll() : consumer.wait()
    note({ polled })
    // At the end of one try there may be nothing; and a wait that comes back with nothing would never end.
    if (polled <= 0) return
    const count = Math.min(polled, left)
    left -= count
    // Read, so that it shows whether anything orders this with the writing.
    readEvents(consumer, count, options.fields)
    note({ releasing: count })
    consumer.release(count)
    if (role.tries) return
  }
}

const threadsOf = ({ options, held, roles }: Scene): Thread[] => {
  const memory = newMemory(options, 0)
  const producer = new Producer(memory, options)
  if (held.length > 0) {
    const first = producer.tryClaim(held.length)
    if (first !== undefined) write(producer, first, held)
    producer.publish()
  }
  return roles.map((role) => ({ run: 'play', given: { memory, options, role } }))
}

/** One way in which the threads may come to run. */
export interface Came {
  schedule: { seed: number } | { first: number; switches: readonly number[] }
  history: Omit<History, 'hash' | 'touches'>
}

const came = (schedule: Came['schedule'], { hash: _, touches: __, ...history }: History): Came => ({
  schedule,
  history,
})

/** Every way with at most so many switches that comes out differently. */
export async function ways({ scene, switches }: { scene: Scene; switches: 0 | 1 | 2 }): Promise<Came[]> {
  const { different } = await explore(() => threadsOf(scene), { switches })
  return different.map(({ first, switches, history }) => came({ first, switches }, history))
}

/** One way, drawn from a seed. */
export async function way({ scene, seed }: { scene: Scene; seed: number }): Promise<Came[]> {
  return [came({ seed }, await lockStep(threadsOf(scene), { seed }))]
}

// ---- nonsense ------------------------------------------------------------------------------------------------------------

/** Sets a ring up from what may be nonsense. */
export function setUp(given: {
  options: Options
  /** of the memory beyond what the ring needs; below 0 it is too small */
  bytes: number
  firstSequence: number
  index: number
}): { bytesFor: Attempt<string>; prepare: Attempt<string>; producer: Attempt<string>; consumer: Attempt<string> } {
  const { options, firstSequence, index } = given
  const needed = attempt(() => bytesFor(options))
  const bytes = ('returned' in needed ? needed.returned : 4_096) + given.bytes
  const memory = new SharedArrayBuffer(Math.max(0, bytes))
  const made = (make: () => unknown): Attempt<string> =>
    attempt(() => {
      make()
      return 'fine'
    })
  return {
    bytesFor: made(() => bytesFor(options)),
    prepare: made(() => prepare(memory, options, firstSequence)),
    producer: made(() => new Producer(memory, options)),
    consumer: made(() => new Consumer(memory, options, index)),
  }
}

export type Misuse = { tryClaim: number } | { claim: number } | { release: number }

/**
 * So many events are published and polled, so many more claimed; then come calls of which any may be nonsense.
 * @returns what they came to, and whether all is as it was: where it stands, what the next claim is, and that what was
 *   polled can be released
 */
export function misuse(given: { size: number; published: number; claimed: number; calls: Misuse[] }): {
  answers: Attempt<number | string>[]
  after: Attempt<number | string>[]
} {
  const options: Options = { size: given.size, fields: 1, consumers: [[]], strategy: 'sleep' }
  const memory = newMemory(options, 0)
  const producer = new Producer(memory, options)
  const consumer = new Consumer(memory, options, 0)
  if (given.published > 0) producer.tryClaim(given.published)
  producer.publish()
  consumer.poll()
  if (given.claimed > 0) producer.tryClaim(given.claimed)
  const claim = (count: number) => producer.tryClaim(count) ?? 'no room'
  const release = (count: number) => {
    consumer.release(count)
    return consumer.next
  }
  const answers = given.calls.map((call) =>
    attempt((): number | string => {
      if ('tryClaim' in call) return claim(call.tryClaim)
      return 'claim' in call ? producer.claim(call.claim) : release(call.release)
    }),
  )
  return {
    answers,
    after: [attempt(() => consumer.next), attempt(() => claim(1)), attempt(() => release(given.published))],
  }
}
