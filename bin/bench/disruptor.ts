// `npm run bench:disruptor -- [rounds]`: the guide's "6 million operations a second on one thread", and what our reference
// reaches: on one thread beside queues of objects and beside the bare memory operations that nothing can be faster than;
// then between real threads, with sequences padded and side by side. All are interleaved in one run; medians. It informs.

import { availableParallelism, cpus } from 'node:os'
import { isMainThread, type MessagePort, parentPort, Worker } from 'node:worker_threads'
import * as sideBySide from '../../graders/5-kernel/disruptor/rejected/over-budget.side-by-side.ts'
import * as padded from '../../solutions/5-kernel/disruptor.ts'
import { median, type Row, table } from './statistics.ts'

const HEADLINE_PER_S = 6_000_000
const ONE_THREAD_EVENTS = 1 << 19
const THREADS_EVENTS = 1 << 20
const SIZE = 1_024
const FIELDS = 2

const MODULES = { padded, sideBySide }
type Layout = keyof typeof MODULES
type Options = padded.RingOptions

interface Task {
  readonly layout: Layout
  readonly memory: SharedArrayBuffer
  readonly options: Options
  readonly events: number
  /** index of the consumer; the producer, and the bare words, go by name */
  readonly role: number | 'producer' | 'store' | 'load'
  readonly batch: number
}

// ---- what is measured ----------------------------------------------------------------------------------------------------

function produce({ layout, memory, options, events, batch }: Task): void {
  const producer = new MODULES[layout].Producer(memory, options)
  for (let done = 0; done < events; done += batch) {
    const first = producer.claim(batch)
    for (let i = 0; i < batch; i++) {
      producer.write(first + i, 0, done + i)
      producer.write(first + i, 1, 2)
    }
    producer.publish()
  }
}

function consume({ layout, memory, options, events, role }: Task): number {
  const consumer = new MODULES[layout].Consumer(memory, options, role as number)
  let sum = 0
  for (let left = events; left > 0; ) {
    const count = consumer.wait()
    const first = consumer.next
    for (let i = 0; i < count; i++) sum += consumer.read(first + i, 0) * consumer.read(first + i, 1)
    consumer.release(count)
    left -= count
  }
  return sum
}

/** One word, written by one thread and read by another until the last value is there: no hand-over one by one is faster. */
function bareWord({ memory, events, role }: Task): number {
  const words = new Int32Array(memory)
  let looks = 0
  if (role === 'store') for (let i = 1; i <= events; i++) Atomics.store(words, 0, i)
  else while (Atomics.load(words, 0) < events) looks++
  return looks
}

function perform(task: Task): unknown {
  if (task.role === 'producer') return produce(task)
  return typeof task.role === 'number' ? consume(task) : bareWord(task)
}

/** All on one thread: a batch in, the same batch out. */
function oneThread(strategy: Options['strategy'], batch: number): () => number {
  const options: Options = { size: SIZE, fields: FIELDS, consumers: [[]], strategy }
  const memory = new SharedArrayBuffer(padded.bytesFor(options))
  // Through the end of 31 bits in the first round.
  padded.prepare(memory, options, 2 ** 31 - ONE_THREAD_EVENTS / 2)
  const producer = new padded.Producer(memory, options)
  const consumer = new padded.Consumer(memory, options, 0)
  return () => {
    let sum = 0
    for (let done = 0; done < ONE_THREAD_EVENTS; done += batch) {
      const first = producer.tryClaim(batch) as number
      for (let i = 0; i < batch; i++) {
        producer.write(first + i, 0, done + i)
        producer.write(first + i, 1, 2)
      }
      producer.publish()
      const count = consumer.poll()
      const next = consumer.next
      for (let i = 0; i < count; i++) sum += consumer.read(next + i, 0) * consumer.read(next + i, 1)
      consumer.release(count)
    }
    return sum
  }
}

interface Node {
  readonly a: number
  readonly b: number
  next: Node | undefined
}

function linkedQueue(batch: number): () => number {
  return () => {
    let [head, tail]: (Node | undefined)[] = [undefined, undefined]
    let sum = 0
    for (let done = 0; done < ONE_THREAD_EVENTS; done += batch) {
      for (let i = 0; i < batch; i++) {
        const node: Node = { a: done + i, b: 2, next: undefined }
        if (tail === undefined) head = node
        else tail.next = node
        tail = node
      }
      for (; head !== undefined; head = head.next) sum += head.a * head.b
      tail = undefined
    }
    return sum
  }
}

function arrayQueue(batch: number): () => number {
  const queue: { a: number; b: number }[] = []
  return () => {
    let sum = 0
    for (let done = 0; done < ONE_THREAD_EVENTS; done += batch) {
      for (let i = 0; i < batch; i++) queue.push({ a: done + i, b: 2 })
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) sum += event.a * event.b
    }
    return sum
  }
}

const words = new Int32Array(new SharedArrayBuffer(256))
function bare(touch: (i: number) => void): () => number {
  return () => {
    for (let i = 0; i < ONE_THREAD_EVENTS; i++) touch(i)
    return words[0] as number
  }
}

// ---- measuring -------------------------------------------------------------------------------------------------------------

/** Kept, so that no compiler finds out that nobody wants it. */
let sink = 0

/** What other programs take does not count where there is one thread. Of several it is real time that counts. */
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
const realMs = () => performance.now()

/** Events a second of each, round by round in turns. */
async function interleaved(
  contests: ReadonlyMap<string, () => Promise<number> | number>,
  events: number,
  rounds: number,
  nowMs: () => number,
): Promise<Map<string, number[]>> {
  const all = new Map([...contests.keys()].map((name): [string, number[]] => [name, []]))
  for (let round = -3; round < rounds; round++)
    for (const [name, run] of contests) {
      const startedMs = nowMs()
      sink += await run()
      // The first rounds are the compiler's.
      if (round >= 0) all.get(name)?.push((events / (nowMs() - startedMs)) * 1_000)
    }
  return all
}

const millions = (perS: number) => `${(perS / 1e6).toFixed(1)} M/s`
const ratio = (ours: readonly number[], theirs: readonly number[]) =>
  `${median(ours.map((perS, i) => perS / (theirs[i] ?? Number.NaN))).toFixed(2)}×`

function rowsOf(all: ReadonlyMap<string, number[]>, reference: string, met?: (perS: number) => boolean): Row[] {
  const ours = all.get(reference) as number[]
  return [...all].map(([what, theirs]) => ({
    what,
    value: millions(median(theirs)),
    target: what === reference ? 'the reference' : `the reference is ${ratio(ours, theirs)} as fast`,
    met: what === reference ? met?.(median(theirs)) : undefined,
  }))
}

/** One run of tasks in threads that are there already. @returns when all have ended */
async function together(threads: readonly Worker[], tasks: readonly Task[]): Promise<number> {
  const ends = tasks.map(
    (_, i) => new Promise<number>((resolve) => (threads[i] as Worker).once('message', () => resolve(1))),
  )
  for (const [i, task] of tasks.entries()) (threads[i] as Worker).postMessage(task)
  return (await Promise.all(ends)).length
}

function graph(
  threads: readonly Worker[],
  layout: Layout,
  batch: number,
  more: Pick<Options, 'consumers' | 'strategy'>,
) {
  const options: Options = { size: SIZE, fields: FIELDS, ...more }
  return () => {
    const memory = new SharedArrayBuffer(MODULES[layout].bytesFor(options))
    MODULES[layout].prepare(memory, options)
    const roles: Task['role'][] = ['producer', ...options.consumers.keys()]
    return together(
      threads,
      roles.map((role) => ({ layout, memory, options, events: THREADS_EVENTS, role, batch })),
    )
  }
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 15)
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.versions.node}, ${rounds} rounds\n`)

  const single = await interleaved(
    new Map([
      ['disruptor, batches of 16', oneThread('spin', 16)],
      ['disruptor, one by one', oneThread('spin', 1)],
      ['disruptor, batches of 256', oneThread('spin', 256)],
      ['disruptor that wakes sleepers, one by one', oneThread('sleep', 1)],
      ['disruptor that wakes sleepers, batches of 16', oneThread('sleep', 16)],
      ['array of fresh objects, batches of 16', arrayQueue(16)],
      ['array of fresh objects, batches of 256', arrayQueue(256)],
      ['linked list of fresh objects, batches of 16', linkedQueue(16)],
      ['linked list of fresh objects, batches of 256', linkedQueue(256)],
      ['bare word: Atomics.add', bare(() => Atomics.add(words, 0, 1))],
      ['bare word: Atomics.store', bare((i) => Atomics.store(words, 0, i))],
      ['bare word: plain store', bare((i) => (words[0] = i))],
    ]),
    ONE_THREAD_EVENTS,
    rounds,
    cpuMs,
  )
  const slowest = median(single.get('disruptor, one by one') as number[])
  const reference = median(single.get('disruptor, batches of 16') as number[])
  console.log('One thread: events published and consumed, by processor time')
  console.log(table(rowsOf(single, 'disruptor, batches of 16', (perS) => perS >= HEADLINE_PER_S)))
  console.log(
    `6 M/s, the guide's headline: ${(slowest / HEADLINE_PER_S).toFixed(1)}× one by one, ${(reference / HEADLINE_PER_S).toFixed(1)}× in batches of 16\n`,
  )

  const threads = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)))
  const spsc = { consumers: [[]], strategy: 'spin' as const }
  const diamond = { consumers: [[], [], [0, 1]], strategy: 'sleep' as const }
  const word = () => {
    const memory = new SharedArrayBuffer(256)
    const options: Options = { size: 1, fields: 1, ...spsc }
    return together(
      threads,
      (['store', 'load'] as const).map((role) => ({
        ...{ layout: 'padded' as const, memory, options, events: THREADS_EVENTS, role, batch: 1 },
      })),
    )
  }
  const pairs = await interleaved(
    new Map([
      ['pipeline, batches of 16', graph(threads, 'padded', 16, spsc)],
      ['pipeline, batches of 16, sequences side by side', graph(threads, 'sideBySide', 16, spsc)],
      ['pipeline, one by one', graph(threads, 'padded', 1, spsc)],
      ['pipeline, one by one, sequences side by side', graph(threads, 'sideBySide', 1, spsc)],
      ['bare word: one stores, one looks', word],
    ]),
    THREADS_EVENTS,
    rounds,
    realMs,
  )
  console.log('Two threads that spin: a producer and a consumer')
  console.log(`${table(rowsOf(pairs, 'pipeline, batches of 16'))}\n`)

  const four = await interleaved(
    new Map([
      ['diamond, batches of 64', graph(threads, 'padded', 64, diamond)],
      ['diamond, batches of 64, sequences side by side', graph(threads, 'sideBySide', 64, diamond)],
    ]),
    THREADS_EVENTS,
    rounds,
    realMs,
  )
  const few = availableParallelism() < 4 ? `, on ${availableParallelism()} cores: they wait for a core as well` : ''
  console.log(`Four threads that sleep: a producer and a diamond of three consumers${few}`)
  console.log(table(rowsOf(four, 'diamond, batches of 64')))
  for (const thread of threads) await thread.terminate()
  if (Number.isNaN(sink)) console.log('a sum is no number')
}

if (isMainThread) await main()
else {
  const port = parentPort as MessagePort
  port.on('message', (task: Task) => port.postMessage(perform(task)))
}
