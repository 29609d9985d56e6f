// A disruptor stands between threads that have nothing else in common: what it costs, each event of each of them pays.

import type * as kata from '#kata/5-kernel/disruptor'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Shape = kata.Shape
type Party = kata.Party

const DIAMOND = [[], [], [0, 1]]
/** Enough slots that none of them is written in every tenth call. */
const WIDE: Shape = { capacity: 64, fields: 1, after: DIAMOND }
/** Few enough that parties often wait, and still no slot is written in every tenth call. */
const TIGHT: Shape = { capacity: 16, fields: 1, after: [[], []] }
const CALLS = 1_024

const memoryOf = ({ Disruptor }: Kata, shape: Shape) => new SharedArrayBuffer(Disruptor.bytesFor(shape))

/** A party that takes what there is, one at a time. */
const trying =
  (party: Party) =>
  ({ Disruptor }: Kata, memory: SharedArrayBuffer) => {
    const one = new Disruptor(memory, WIDE, party)
    return (turn: number) => {
      if (one.tryClaim(1) === 0) return
      if (party === 'producer') one.set(0, 0, turn + 1)
      else one.get(0, 0)
      one.release()
    }
  }

/** A party that waits for each event. */
const waiting =
  (party: Party) =>
  ({ Disruptor }: Kata, memory: SharedArrayBuffer) => {
    const one = new Disruptor(memory, TIGHT, party, 'sleep')
    return (turn: number) => {
      one.claim(1)
      if (party === 'producer') one.set(0, 0, turn + 1)
      else one.get(0, 0)
      one.release()
    }
  }

export default [
  budget('A batch costs no more than one event, however large', {
    given: (module: Kata, { n }) => {
      const shape: Shape = { capacity: 2 ** Math.ceil(Math.log2(n)), fields: 1, after: [[]] }
      const memory = memoryOf(module, shape)
      const { Disruptor } = module
      return { producer: new Disruptor(memory, shape, 'producer'), consumer: new Disruptor(memory, shape, 0), n }
    },
    when: ({ producer, consumer, n }) => {
      const filled = producer.tryClaim(n)
      producer.release()
      const read = consumer.tryClaim()
      consumer.release()
      return [filled, read]
    },
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A claim that the last look still covers asks nobody', {
    given: (module: Kata, { n }) => {
      // All consumers are last ones: each of them could hold up the producer.
      const shape: Shape = { capacity: 1_024, fields: 1, after: Array.from({ length: n }, () => []) }
      const { Disruptor } = module
      const producer = new Disruptor(memoryOf(module, shape), shape, 'producer')
      producer.tryClaim(1)
      producer.release()
      return producer
    },
    when: (producer) => {
      const filled = producer.tryClaim(1)
      producer.release()
      return filled
    },
    sizes: [12, 48, 192],
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('An event through the diamond makes no garbage', {
    given: (module: Kata) => {
      const memory = memoryOf(module, WIDE)
      const { Disruptor } = module
      // Where small numbers end, so that those that do not stay small are found.
      Disruptor.prepare(memory, WIDE, 2 ** 31 - CALLS)
      return {
        producer: new Disruptor(memory, WIDE, 'producer'),
        left: new Disruptor(memory, WIDE, 0),
        right: new Disruptor(memory, WIDE, 1),
        last: new Disruptor(memory, WIDE, 2),
      }
    },
    when: ({ producer, left, right, last }, i) => {
      producer.claim(1)
      producer.set(0, 0, i)
      producer.release()
      left.claim()
      left.release()
      right.tryClaim()
      right.release()
      last.claim()
      const read = last.get(0, 0)
      last.release()
      return read
    },
    bytesPerCall: 0,
  }),
  budget('The parties keep off each other’s cache lines', {
    given: (module: Kata) => memoryOf(module, WIDE),
    threads: [trying('producer'), trying(0), trying(1), trying(2)],
    turns: 500,
    sharedCacheLines: 0,
  }),
  budget('They keep off them while they wait for each other, too', {
    given: (module: Kata) => memoryOf(module, TIGHT),
    threads: [waiting('producer'), waiting(0), waiting(1)],
    blocking: true,
    turns: 500,
    sharedCacheLines: 0,
  }),
  budget('An event in and out beside the reference', {
    given: (module: Kata) => {
      const shape: Shape = { capacity: 64, fields: 1, after: [[]] }
      const memory = memoryOf(module, shape)
      const { Disruptor } = module
      return { producer: new Disruptor(memory, shape, 'producer'), consumer: new Disruptor(memory, shape, 0) }
    },
    when: ({ producer, consumer }, i) => {
      producer.tryClaim(1)
      producer.set(0, 0, i)
      producer.release()
      consumer.tryClaim()
      const read = consumer.get(0, 0)
      consumer.release()
      return read
    },
    throughput: 'reference',
  }),
]
