// `npm run bench:disruptor`: the disruptor's reference in millions of events a second, beside what it has to beat (the six
// million of the guide, a queue of objects) and what it cannot (a bare counter in shared memory). In one thread by processor
// time, between two workers by the clock; all that is compared takes turns within one run. It informs; nothing is judged.

import { availableParallelism, cpus } from 'node:os'
import {
  isMainThread,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from 'node:worker_threads'
import { Disruptor, type Shape } from '../../solutions/5-kernel/disruptor.ts'
import { median, type Row, table } from './statistics.ts'

const ROUNDS = Number(process.argv[2] ?? 15)
/** What LMAX’s business logic came to on one thread in 2011, by Martin Fowler’s article. */
const GUIDE_MILLIONS = 6
const SHAPE: Shape = { capacity: 1_024, fields: 1, after: [[]] }
const EVENTS = 1_000_000
/** One by one between two workers: where cores are few, each event may wait for its thread’s turn. */
const SLOW_EVENTS = 20_000

interface Contender {
  readonly name: string
  readonly events: number
  /** moves so many events (or counts), and gives a sum that nobody can leave out */
  readonly run: () => number
}

// ---- one thread ------------------------------------------------------------------------------------------------------

function ringContender(batch: number): Contender {
  const memory = new SharedArrayBuffer(Disruptor.bytesFor(SHAPE))
  const producer = new Disruptor(memory, SHAPE, 'producer')
  const consumer = new Disruptor(memory, SHAPE, 0)
  const run = () => {
    let sum = 0
    for (let event = 0; event < EVENTS; ) {
      const filled = producer.tryClaim(Math.min(batch, EVENTS - event))
      for (let slot = 0; slot < filled; slot++) producer.set(slot, 0, event + slot)
      producer.release()
      event += filled
      const there = consumer.tryClaim()
      for (let slot = 0; slot < there; slot++) sum += consumer.get(slot, 0)
      consumer.release()
    }
    return sum
  }
  return { name: `disruptor, batches of ${batch}`, events: EVENTS, run }
}

/** An array with an index for its head, cut off now and then: what a queue in JavaScript is when it is done well. */
function objectQueue(batch: number): Contender {
  let queue: { value: number }[] = []
  let head = 0
  const run = () => {
    let sum = 0
    for (let event = 0; event < EVENTS; event += batch) {
      const until = Math.min(event + batch, EVENTS)
      for (let value = event; value < until; value++) queue.push({ value })
      while (head < queue.length) sum += (queue[head++] as { value: number }).value
      if (head < SHAPE.capacity) continue
      queue = []
      head = 0
    }
    return sum
  }
  return { name: `queue of objects, batches of ${batch}`, events: EVENTS, run }
}

function counter(name: string, count: (words: Int32Array) => unknown): Contender {
  const words = new Int32Array(new SharedArrayBuffer(256))
  const run = () => {
    for (let i = 0; i < EVENTS; i++) count(words)
    return Atomics.load(words, 32)
  }
  return { name, events: EVENTS, run }
}

/** Millions of events a second of processor time, by contender, one round each in turn. */
function measureOneThread(contenders: readonly Contender[]): Map<string, number[]> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = -3; round < ROUNDS; round++)
    for (const { name, events, run } of contenders) {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      // The first rounds are the compiler's.
      if (round >= 0) rates.get(name)?.push(events / (user + system))
    }
  return rates
}

// ---- two workers -----------------------------------------------------------------------------------------------------

const TWO = [
  'ring 256 sleep',
  'ring 256 spin',
  'ring 1 sleep',
  'ring 1 spin',
  'port',
  'one counter for both',
  'a counter each',
] as const
type Two = (typeof TWO)[number]

const eventsOf = (what: Two) => (what === 'port' || what.startsWith('ring 1 ') ? SLOW_EVENTS : EVENTS)

interface Task {
  readonly what: Two
  readonly memory: SharedArrayBuffer
  /** both have come, and go */
  readonly gate: Int32Array
}

/** Moves its half of the work. */
function work({ what, memory }: Task, isProducer: boolean, port: MessagePort): number {
  const [kind, batch, strategy] = what.split(' ')
  const events = eventsOf(what)
  let sum = 0
  if (kind === 'ring') {
    const one = new Disruptor(memory, SHAPE, isProducer ? 'producer' : 0, strategy as 'spin' | 'sleep')
    const most = isProducer ? Number(batch) : SHAPE.capacity
    for (let event = 0; event < events; ) {
      const count = one.claim(Math.min(most, events - event))
      if (isProducer) for (let slot = 0; slot < count; slot++) one.set(slot, 0, event + slot)
      else for (let slot = 0; slot < count; slot++) sum += one.get(slot, 0)
      one.release()
      event += count
    }
  } else if (kind === 'port') {
    if (isProducer) for (let value = 0; value < events; value++) port.postMessage({ value })
    else
      for (let event = 0; event < events; ) {
        const got = receiveMessageOnPort(port)
        if (got === undefined) continue
        sum += (got.message as { value: number }).value
        event++
      }
  } else {
    const words = new Int32Array(memory)
    const at = what === 'a counter each' && isProducer ? 64 : 32
    for (let i = 0; i < events; i++) Atomics.add(words, at, 1)
    sum = Atomics.load(words, at)
  }
  return sum
}

function serve(): void {
  const { isProducer, port } = workerData as { isProducer: boolean; port: MessagePort }
  parentPort?.on('message', (task: Task) => {
    Atomics.add(task.gate, 0, 1)
    while (Atomics.load(task.gate, 0) < 2);
    const startedMs = performance.timeOrigin + performance.now()
    const sum = work(task, isProducer, port)
    parentPort?.postMessage({ startedMs, endedMs: performance.timeOrigin + performance.now(), sum })
  })
}

/** Millions of events (or counts, of both together) a second, by the clock. */
async function measureTwoWorkers(): Promise<Map<Two, number[]>> {
  const { port1, port2 } = new MessageChannel()
  const start = (isProducer: boolean, port: MessagePort) =>
    new Worker(new URL(import.meta.url), { workerData: { isProducer, port }, transferList: [port] })
  const workers = [start(true, port1 as unknown as MessagePort), start(false, port2 as unknown as MessagePort)]
  const rates = new Map<Two, number[]>(TWO.map((what) => [what, []]))
  for (let round = -2; round < ROUNDS; round++)
    for (const what of TWO) {
      const memory = new SharedArrayBuffer(Math.max(1_024, Disruptor.bytesFor(SHAPE)))
      const task: Task = { what, memory, gate: new Int32Array(new SharedArrayBuffer(4)) }
      const ended = await Promise.all(
        workers.map(
          (worker) =>
            new Promise<{ startedMs: number; endedMs: number }>((resolve) => {
              worker.once('message', resolve)
              worker.postMessage(task)
            }),
        ),
      )
      const tookMs = Math.max(...ended.map((one) => one.endedMs)) - Math.min(...ended.map((one) => one.startedMs))
      const moved = what.includes('counter') ? 2 * eventsOf(what) : eventsOf(what)
      if (round >= 0) rates.get(what)?.push(moved / tookMs / 1_000)
    }
  await Promise.all(workers.map((worker) => worker.terminate()))
  return rates
}

// ---- the page --------------------------------------------------------------------------------------------------------

/** Each against the first, round by round; the guide's figure is no part of the run, so it can only be met or not. */
function rowsOf(rates: ReadonlyMap<string, readonly number[]>, first: string, target?: number): Row[] {
  const own = rates.get(first) ?? []
  return [...rates].map(([name, all]) => {
    const ratio = median(all.map((rate, i) => (own[i] ?? Number.NaN) / rate))
    return {
      what: name,
      value: `${median(all).toFixed(1)} M/s, best ${Math.max(...all).toFixed(1)}`,
      target:
        name === first ? (target === undefined ? '' : `≥ ${target} M/s`) : `${ratio.toFixed(2)}× behind the first`,
      met: name === first && target !== undefined ? median(all) >= target : undefined,
    }
  })
}

async function main(): Promise<void> {
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}; ${ROUNDS} rounds, medians\n`,
  )
  const contenders = [
    ringContender(256),
    ringContender(16),
    ringContender(1),
    objectQueue(256),
    objectQueue(1),
    counter('bare counter, Atomics.add', (words) => Atomics.add(words, 32, 1)),
    counter('bare counter, Atomics.store', (words) => Atomics.store(words, 32, 1)),
  ]
  const alone = rowsOf(measureOneThread(contenders), 'disruptor, batches of 256', GUIDE_MILLIONS)
  console.log(`One thread, in and out, by processor time\n\n${table(alone)}\n`)
  console.log(
    `Two workers, by the clock\n\n${table(rowsOf(await measureTwoWorkers(), 'ring 256 sleep', GUIDE_MILLIONS))}`,
  )
}

if (isMainThread) await main()
else serve()
