// A disruptor is there for what it does not do: no garbage, no work for each event of a batch, no line of the cache that
// two threads fight over.

import type * as kata from '#kata/5-kernel/disruptor'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Options = kata.RingOptions

/** Enough slots that none of them is written in every tenth call. */
const SIZE = 64
const DIAMOND = [[], [], [0, 1]]
const FIELDS = 2

const diamond = (strategy: Options['strategy'], size = SIZE): Options => ({
  size,
  fields: FIELDS,
  consumers: DIAMOND,
  strategy,
})

function newMemory({ bytesFor, prepare }: Kata, options: Options, firstSequence = 0): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytesFor(options))
  prepare(memory, options, firstSequence)
  return memory
}

function oneThread(module: Kata, options: Options, firstSequence = 0) {
  const memory = newMemory(module, options, firstSequence)
  const { Producer, Consumer } = module
  return {
    producer: new Producer(memory, options),
    consumers: options.consumers.map((_, i) => new Consumer(memory, options, i)),
  }
}

type Ring = ReturnType<typeof oneThread>

/** One batch through the whole graph; not its numbers, which are for whoever uses it. @returns how many came out at the end */
function handOn({ producer, consumers }: Ring, count: number): number {
  if (producer.tryClaim(count) === undefined) return 0
  producer.publish()
  let last = 0
  for (const consumer of consumers) {
    last = consumer.poll()
    consumer.release(last)
  }
  return last
}

const producing = (options: Options, waits: boolean) => (module: Kata, memory: SharedArrayBuffer) => {
  const producer = new module.Producer(memory, options)
  return (turn: number) => {
    const sequence = waits ? producer.claim() : producer.tryClaim()
    if (sequence === undefined) return
    for (let field = 0; field < FIELDS; field++) producer.write(sequence, field, turn)
    producer.publish()
  }
}

const consuming = (options: Options, index: number, waits: boolean) => (module: Kata, memory: SharedArrayBuffer) => {
  const consumer = new module.Consumer(memory, options, index)
  return () => {
    // One at a time where all have to come to their end together.
    const count = waits ? Math.min(1, consumer.wait()) : consumer.poll()
    for (let i = 0; i < count; i++) consumer.read((consumer.next + i) | 0, 0)
    consumer.release(count)
  }
}

const TRIES = diamond('spin')
const WAITS = diamond('sleep')

export default [
  budget('A batch of any size is handed on in constant work', {
    given: (module: Kata, { n }) => {
      const size = 2 ** Math.ceil(Math.log2(n))
      return { ring: oneThread(module, diamond('spin', size)), count: n }
    },
    when: ({ ring, count }) => handOn(ring, count),
    steps: 'O(1)',
    worstCall: 'O(1)',
    calls: () => 64,
  }),
  budget('Threads keep off each other’s cache lines', {
    given: (module: Kata) => newMemory(module, TRIES),
    threads: [
      producing(TRIES, false),
      consuming(TRIES, 0, false),
      consuming(TRIES, 1, false),
      consuming(TRIES, 2, false),
    ],
    turns: 400,
    sharedCacheLines: 0,
  }),
  budget('They keep off them while they wait for each other, too', {
    given: (module: Kata) => newMemory(module, WAITS),
    threads: [producing(WAITS, true), consuming(WAITS, 0, true), consuming(WAITS, 1, true), consuming(WAITS, 2, true)],
    blocking: true,
    turns: 200,
    sharedCacheLines: 0,
  }),
  budget('A batch makes no garbage, wherever its numbers stand', {
    // From where sequences are no small numbers any more.
    given: (module: Kata) => oneThread(module, diamond('sleep'), 2 ** 31 - SIZE),
    when: (ring, i) => {
      const count = 1 + (i & 7)
      const { producer, consumers } = ring
      const first = producer.tryClaim(count)
      if (first === undefined) return
      for (let j = 0; j < count; j++) producer.write((first + j) | 0, 1, j)
      producer.publish()
      for (const consumer of consumers) {
        const polled = consumer.poll()
        for (let j = 0; j < polled; j++) consumer.read((consumer.next + j) | 0, 1)
        consumer.release(polled)
      }
    },
    bytesPerCall: 0,
  }),
  budget('Eight events through a diamond beside the reference', {
    given: (module: Kata) => oneThread(module, TRIES),
    when: (ring) => handOn(ring, 8),
    throughput: 'reference',
  }),
]
