// What a store may cost: steps, whatever is in it, and what it asks of the disk.

import type * as kata from '#kata/8-event-sourcing/event-store'
import { budget } from '../../kit/budget.ts'
import { type DiskCounts, type SimulatedDisk, simulatedDisk } from '../../kit/disk.ts'

type Kata = typeof kata

/** in each stream */
const EVENTS = 4
const APPENDS = 60
const BATCH = 5
const TEXT = 'x'.repeat(100)

/** As long for every number: bytes are what an append costs. */
const eventOf = (i: number): kata.NewEvent => ({
  id: `event ${String(i).padStart(9, '0')}`,
  type: 'Placed',
  data: { text: TEXT },
})

const streamOf = (i: number): string => `stream ${String(i).padStart(9, '0')}`

/**
 * A store of some n events, one an append, in streams of four each: whoever reads one reads as much, whatever n is. (With
 * three in the last, a small store would be read more cheaply.)
 */
function filled({ openStore }: Kata, { n }: { n: number }) {
  const store = openStore(simulatedDisk().face)
  const streams = Math.ceil(n / EVENTS)
  const events = streams * EVENTS
  for (let i = 0; i < events; i++) store.append(streamOf(i % streams), Math.floor(i / streams), [eventOf(i)])
  return { store, events, streams }
}

/** What so many appends asked of the disk, and bytes of the events as JSON. */
function spent({ openStore }: Kata): { disk: SimulatedDisk; counts: DiskCounts; bytes: number } {
  const disk = simulatedDisk()
  const store = openStore(disk.face)
  let bytes = 0
  for (let i = 0; i < APPENDS; i++) {
    const events = Array.from({ length: BATCH }, (_, j) => eventOf(i * BATCH + j))
    bytes += JSON.stringify(events).length
    store.append('stream', i * BATCH, events)
  }
  return { disk, counts: disk.counts, bytes }
}

export default [
  budget('A version is one look-up, however much is stored', {
    given: filled,
    when: ({ store, streams }, i) => store.version(streamOf(i % streams)),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('An append costs its own events, however much is stored', {
    given: filled,
    when: ({ store, events }, i) => store.append('another', i, [eventOf(events + i)]),
    steps: 'O(1)',
    calls: () => 32,
  }),
  budget('A stream is read without looking at the others', {
    given: filled,
    when: ({ store, streams }, i) => store.read(streamOf(i % streams)).length,
    steps: 'O(1)',
  }),
  budget('A read costs the events that it returns', {
    given: ({ openStore }: Kata, { n }) => {
      const store = openStore(simulatedDisk().face)
      for (let i = 0; i < n; i++) store.append('stream', i, [eventOf(i)])
      return { store, n }
    },
    // The end of a stream and of everything, as whoever follows asks for it; a page, as whoever catches up does.
    when: ({ store, n }, i) => {
      if (i % 3 === 0) return store.read('stream', n - 4).length
      return store.readAll(i % 3 === 1 ? n - 4 : i % (n - 4), 4).length
    },
    steps: 'O(1)',
  }),
  budget('An append syncs once', {
    sample: (kata: Kata) => {
      const { syncs, directorySyncs } = spent(kata).counts
      return { figure: (syncs + directorySyncs) / APPENDS }
    },
    // Opening a store may take a few of its own.
    quality: { what: 'syncs an append', figureAtMost: 1.1 },
  }),
  budget('An event costs little more than its own bytes', {
    sample: (kata: Kata) => {
      const { counts, bytes } = spent(kata)
      return { figure: counts.bytesWritten / bytes }
    },
    quality: { what: 'bytes written for each byte of JSON', figureAtMost: 1.6 },
  }),
  budget('Opening reads what is there once', {
    sample: (kata: Kata) => {
      const image = spent(kata).disk.now()
      const disk = simulatedDisk({ image })
      kata.openStore(disk.face)
      const bytes = [...image.values()].reduce((sum, { length }) => sum + length, 0)
      return { figure: disk.counts.bytesRead / bytes }
    },
    quality: { what: 'bytes read for each byte there', figureAtMost: 2.1 },
  }),
]
