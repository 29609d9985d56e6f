// What a log may cost: syncs and bytes, counted by the simulated disk, and steps.

import type * as kata from '#kata/3-deep-dive/write-ahead-log'
import { budget } from '../../kit/budget.ts'
import { type DiskCounts, type SimulatedDisk, simulatedDisk } from '../../kit/disk.ts'

type Kata = typeof kata

const nothing = () => {}
const RECORD_BYTES = 100
const BATCHES = 40
const BATCH = 64

/** A log with so many batches in it. */
function filled({ openLog }: Kata, batches: number, batch: number, random: () => number): SimulatedDisk {
  const disk = simulatedDisk()
  const log = openLog(disk.face, nothing)
  for (let i = 0; i < batches; i++) {
    for (let j = 0; j < batch; j++) log.append(recordOf(random), nothing)
    log.flush()
  }
  return disk
}

function recordOf(random: () => number): Uint8Array {
  return Uint8Array.from({ length: RECORD_BYTES }, () => Math.floor(random() * 256))
}

const spent = (kata: Kata, random: () => number): DiskCounts => filled(kata, BATCHES, BATCH, random).counts

export default [
  budget('A flush syncs once, however many wait', {
    sample: (kata: Kata, { random }) => {
      const { syncs, directorySyncs } = spent(kata, random)
      return { figure: (syncs + directorySyncs) / BATCHES }
    },
    // Opening a log may take a few of its own.
    quality: { what: 'syncs a flush', figureAtMost: 1.1 },
  }),
  budget('A record costs little more than its own bytes', {
    sample: (kata: Kata, { random }) => ({
      figure: spent(kata, random).bytesWritten / (BATCHES * BATCH * RECORD_BYTES),
    }),
    quality: { what: 'bytes written for each byte appended', figureAtMost: 1.35 },
  }),
  budget('A flush looks at its own records, however long the log is', {
    given: ({ openLog }: Kata, { n, random }) => {
      const disk = simulatedDisk()
      const log = openLog(disk.face, nothing)
      for (let i = 0; i < n; i++) log.append(recordOf(random), nothing)
      log.flush()
      return { log, record: recordOf(random) }
    },
    when: ({ log, record }) => {
      for (let i = 0; i < 4; i++) log.append(record, nothing)
      log.flush()
    },
    steps: 'O(1)',
    calls: () => 32,
  }),
  budget('Opening reads the log once or twice, however many records it holds', {
    sample: (kata: Kata, { random }) => {
      const image = filled(kata, BATCHES, BATCH, random).now()
      const disk = simulatedDisk({ image })
      kata.openLog(disk.face, nothing)
      const bytes = [...image.values()].reduce((sum, { length }) => sum + length, 0)
      return { figure: disk.counts.bytesRead / bytes }
    },
    quality: { what: 'bytes read for each byte of the log', figureAtMost: 2.1 },
  }),
]
