// What a projection may cost: what it asks of the disk for what an event changes, and steps, whatever is in it.

import type * as kata from '#kata/8-event-sourcing/projections'
import { budget } from '../../kit/budget.ts'
import { type DiskCounts, type SimulatedDisk, simulatedDisk } from '../../kit/disk.ts'

type Kata = typeof kata

const ROWS = 1_000
const EVENTS = 3_000
const BATCH = 50
const CHANGES = 1_500
/** batches between two openings */
const RESTART_EVERY = 2
const TEXT = 'x'.repeat(100)
/** Some change nothing: a position of their own they have all the same. */
const IDLE_EVERY = 5

interface Seen {
  readonly row: string
  readonly at: number
}

/** As long for every number: bytes are what an event costs. */
const keyOf = (i: number): string => `row ${String(i).padStart(9, '0')}`
const rowOf = (i: number): kata.Json => ({ at: 100_000_000 + i, text: TEXT })

/** @param brokenAt the event that it cannot take */
const definition = (version: number, brokenAt = 0): kata.Definition => ({
  version,
  apply({ position, data }) {
    if (position === brokenAt) throw new Error('no such row')
    const { row, at } = data as unknown as Seen
    return row === '' ? [] : [[row, rowOf(at)]]
  },
})

const idle = (position: number): kata.StoredEvent => ({ position, type: 'Seen', data: { row: '', at: 0 } })

/** A feed that behaves. */
function feedOf(events: kata.StoredEvent[]) {
  const listeners = new Set<(told: readonly kata.StoredEvent[]) => void>()
  return {
    read: (after: number, limit: number) => events.slice(after, after + limit),
    subscribe(listener: (told: readonly kata.StoredEvent[]) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    append(row: string) {
      const event = { position: events.length + 1, type: 'Seen', data: { row, at: events.length } }
      events.push(event)
      for (const listener of listeners) listener([event])
    },
  }
}

/** Events over so many rows: first each of them once, then in turns. Before them as many as told that change nothing. */
const eventsOver = (rows: number, count: number, { idleEvery = Number.POSITIVE_INFINITY, idleFirst = 0 } = {}) =>
  Array.from({ length: idleFirst + count }, (_, place): kata.StoredEvent => {
    const i = place - idleFirst
    const isIdle = i < 0 || (i >= rows && i % idleEvery === 0)
    return { position: place + 1, type: 'Seen', data: { row: isIdle ? '' : keyOf(i % rows), at: place } }
  })

const bytesOf = (rows: number): number => rows * JSON.stringify([keyOf(0), rowOf(0)]).length
const bytesOn = (disk: SimulatedDisk): number => [...disk.now().values()].reduce((sum, { length }) => sum + length, 0)

/** A projection of n rows, that follows. */
function filled({ openProjection }: Kata, { n }: { n: number }) {
  const projection = openProjection(simulatedDisk().face, [definition(1)])
  // A position of four digits, whatever n: digits are no growth.
  const feed = feedOf(eventsOver(n, n, { idleFirst: 1_000 }))
  projection.follow(feed, 10_000)
  return { projection, feed, n }
}

/** A projection that has caught up with all events, batch by batch. */
function caughtUp({ openProjection }: Kata, rows: number): SimulatedDisk {
  const disk = simulatedDisk()
  openProjection(disk.face, [definition(1)]).follow(feedOf(eventsOver(rows, EVENTS, { idleEvery: IDLE_EVERY })), BATCH)
  return disk
}

/** A disk to which so many changes were made, each told as it came, of a projection of so many rows. */
function changed({ openProjection }: Kata, rows: number): SimulatedDisk {
  const before = simulatedDisk()
  const feed = feedOf(eventsOver(rows, rows))
  openProjection(before.face, [definition(1)]).follow(feed, rows)()
  const disk = simulatedDisk({ image: before.now() })
  openProjection(disk.face, [definition(1)]).follow(feed)
  for (let i = 0; i < CHANGES; i++) feed.append(keyOf((i * 7) % rows))
  return disk
}

/** A disk on which the projection was opened anew, and followed, after every so many events. */
function restarted({ openProjection }: Kata, events: readonly kata.StoredEvent[], every: number): SimulatedDisk {
  const disk = simulatedDisk()
  for (let count = every; count <= events.length; count += every * RESTART_EVERY)
    openProjection(disk.face, [definition(1)]).follow(feedOf(events.slice(0, count)), every)()
  return disk
}

export default [
  budget('A row is one look-up, however many there are', {
    given: filled,
    when: ({ projection, n }, i) => projection.get(keyOf(i % n)),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('An event costs the rows that it changes, however many there are', {
    given: filled,
    when: ({ feed, n }, i) => feed.append(keyOf(i % n)),
    steps: 'O(1)',
    calls: () => 12,
  }),
  budget('A batch syncs once, however many events are in it', {
    sample: (kata: Kata) => {
      const past = caughtUp(kata, ROWS).counts
      const live = changed(kata, ROWS).counts
      const syncs = (counts: DiskCounts) => counts.syncs + counts.directorySyncs
      return { figure: Math.max(syncs(past) / (EVENTS / BATCH), syncs(live) / CHANGES) }
    },
    // Opening takes a few of its own, and so does writing anew what has grown too long.
    quality: { what: 'syncs a batch', figureAtMost: 1.5 },
  }),
  budget('A change is written a few times, however many rows there are', {
    sample: (kata: Kata) => ({
      figure: Math.max(...[10, ROWS].map((rows) => changed(kata, rows).counts.bytesWritten / bytesOf(CHANGES))),
    }),
    quality: { what: 'bytes written for each byte of the rows changed', figureAtMost: 4 },
  }),
  budget('The disk holds a few times the rows, however much has changed', {
    sample: (kata: Kata) => {
      const rows = ROWS / 10
      const events = eventsOver(rows, EVENTS, { idleEvery: IDLE_EVERY })
      const disks = [caughtUp(kata, rows), restarted(kata, events, BATCH)]
      return { figure: Math.max(...disks.map(bytesOn)) / bytesOf(rows) }
    },
    quality: { what: 'bytes on the disk for each byte of the rows', figureAtMost: 4 },
  }),
  budget('Events that change nothing fill no disk', {
    sample: (kata: Kata) => {
      const rows = ROWS / 10
      const disk = simulatedDisk()
      const feed = feedOf(eventsOver(rows, rows))
      kata.openProjection(disk.face, [definition(1)]).follow(feed)
      for (let i = 0; i < 2 * ROWS; i++) feed.append('')
      const events = Array.from({ length: 2 * ROWS }, (_, i) => idle(i + 1))
      return { figure: Math.max(bytesOn(disk), bytesOn(restarted(kata, events, 1))) / bytesOf(rows) }
    },
    quality: { what: 'bytes on the disk for each byte of the rows', figureAtMost: 4 },
  }),
  budget('Of a version that is gone nothing is left on the disk', {
    sample: ({ openProjection }: Kata) => {
      const events = eventsOver(ROWS, ROWS)
      /** What is on a disk after openings with these, one after the other. */
      const after = (...all: readonly (readonly kata.Definition[])[]) => {
        const disk = simulatedDisk()
        for (const definitions of all) openProjection(disk.face, definitions).follow(feedOf(events), BATCH)()
        return bytesOn(disk)
      }
      const replaced = after([definition(1)], [definition(1), definition(2)])
      const givenUp = after([definition(1)], [definition(1), definition(2, ROWS)], [definition(1)])
      return { figure: Math.max(replaced, givenUp) / bytesOf(ROWS) }
    },
    quality: { what: 'bytes on the disk for each byte of the rows', figureAtMost: 1.7 },
  }),
  budget('Opening reads what is there once', {
    sample: (kata: Kata) => {
      const image = caughtUp(kata, ROWS).now()
      const disk = simulatedDisk({ image })
      kata.openProjection(disk.face, [definition(1)])
      const bytes = [...image.values()].reduce((sum, { length }) => sum + length, 0)
      return { figure: disk.counts.bytesRead / bytes }
    },
    quality: { what: 'bytes read for each byte there', figureAtMost: 2.1 },
  }),
]
