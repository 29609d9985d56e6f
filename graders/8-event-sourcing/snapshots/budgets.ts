// What snapshots may cost: steps of a load, whatever the past and the neighbours; and what they ask of the disk.

import type * as kata from '#kata/8-event-sourcing/snapshots'
import { budget } from '../../kit/budget.ts'
import { type SimulatedDisk, simulatedDisk } from '../../kit/disk.ts'

type Kata = typeof kata

const EVERY = 8
const ROUNDS = 24
const TEXT = 'x'.repeat(1_000)
const SCHEMA = 'order 1'

interface State {
  readonly events: number
  readonly text: string
}

/** A log that only grows: as many events as it is told, each the same for ever. */
function growingLog(): { readonly log: kata.EventLog; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>()
  function* read(stream: string, after: number): Generator<kata.StoredEvent, undefined> {
    const count = counts.get(stream) ?? 0
    for (let version = after + 1; version <= count; version++)
      yield { id: `${stream} ${version}`, version, type: 'Happened', data: null }
  }
  return { log: { read }, counts }
}

/** States are of one size, whatever has happened: bytes and steps are what a load costs. */
function opened({ openSnapshots }: Kata, disk: SimulatedDisk, log: kata.EventLog, text = TEXT): kata.Snapshots<State> {
  return openSnapshots(disk.face, log, {
    schema: SCHEMA,
    every: EVERY,
    initial: { events: 1_000_000_000, text },
    evolve: ({ events, text }: State) => ({ events: events + 1, text }),
  })
}

const streamOf = (i: number): string => `stream ${String(i).padStart(9, '0')}`

/** So many snapshots of each of so many streams, each of which is loaded after every so many events. */
function filled(kata: Kata, streams: number, snapshots: number, step = 1, text = TEXT) {
  const disk = simulatedDisk()
  const { log, counts } = growingLog()
  const all = opened(kata, disk, log, text)
  for (let event = step; event <= EVERY * snapshots; event += step)
    for (let i = 0; i < streams; i++) {
      counts.set(streamOf(i), event)
      all.load(streamOf(i))
    }
  return { disk, log, all, counts, streams }
}

const bytesOn = (disk: SimulatedDisk): number => [...disk.now().values()].reduce((sum, { length }) => sum + length, 0)
const STATE_BYTES = JSON.stringify({ events: 1_000_000_000, text: TEXT }).length

export default [
  budget('A load costs the events behind the snapshot, however long the stream is', {
    given: (kata: Kata, { n }) => filled(kata, 1, Math.ceil(n / EVERY), EVERY),
    when: ({ all }) => all.load(streamOf(0)).version % EVERY,
    steps: 'O(1)',
    worstCall: 'O(1)',
    // Of three digits, all of them: a snapshot is not to be longer for a longer number.
    sizes: [110, 280, 700],
    calls: () => 32,
  }),
  budget('A load costs the same, however many streams have snapshots', {
    given: (kata: Kata, { n }) => filled(kata, n, 2, EVERY, ''),
    when: ({ all, counts, streams }, i) => {
      const stream = streamOf(i % streams)
      // Each of the loads takes a snapshot.
      counts.set(stream, (counts.get(stream) ?? 0) + EVERY)
      return all.load(stream).version
    },
    steps: 'O(1)',
    sizes: [32, 128, 512],
    calls: () => 64,
  }),
  budget('A snapshot is written once', {
    sample: (kata: Kata) => ({ figure: filled(kata, 1, ROUNDS).disk.counts.bytesWritten / (ROUNDS * STATE_BYTES) }),
    quality: { what: 'bytes written for each byte of a snapshot’s state', figureAtMost: 1.5 },
  }),
  budget('A snapshot takes two syncs', {
    sample: (kata: Kata) => {
      const { syncs, directorySyncs } = filled(kata, 1, ROUNDS).disk.counts
      return { figure: (syncs + directorySyncs) / ROUNDS }
    },
    // Opening, and a stream's first snapshot, may take a few of their own.
    quality: { what: 'syncs a snapshot', figureAtMost: 2.3 },
  }),
  budget('A load reads its snapshot once or twice', {
    sample: (kata: Kata) => {
      const { disk, all } = filled(kata, 1, ROUNDS)
      const before = disk.counts.bytesRead
      all.load(streamOf(0))
      return { figure: (disk.counts.bytesRead - before) / STATE_BYTES }
    },
    quality: { what: 'bytes read for each byte of its state', figureAtMost: 2.5 },
  }),
  budget('The disk holds the newest snapshot of a stream, and perhaps one more', {
    sample: (kata: Kata) => ({ figure: bytesOn(filled(kata, 1, ROUNDS).disk) / STATE_BYTES }),
    quality: { what: 'bytes on the disk for each byte of the newest state', figureAtMost: 2.5 },
  }),
  budget('Opening reads no snapshot', {
    sample: (kata: Kata) => {
      const { disk, log } = filled(kata, 8, 1)
      const again = simulatedDisk({ image: disk.now() })
      opened(kata, again, log)
      return { figure: again.counts.bytesRead / bytesOn(disk) }
    },
    quality: { what: 'bytes read for each byte there', figureAtMost: 0.2 },
  }),
]
