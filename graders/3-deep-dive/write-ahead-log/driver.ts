// Drives logs through power failures, damage and failing syncs. A record names itself by its bytes, so that whatever is
// found can be told, however it got there.

import * as kata from '#kata/3-deep-dive/write-ahead-log'
import { crashLab, type Disk, type Note } from '../../kit/crash-lab.ts'
import { attempt } from '../../kit/driver.ts'

export type Step =
  /** record `id` (0 to 25) of so many bytes */
  | readonly ['append', number, number]
  | readonly ['flush']
  /** like append; when it is settled, whoever is told appends `then`, of as many bytes */
  | readonly ['chain', number, number, number]

export type Told =
  /** sequence, id (-1: bytes that nobody has appended), bytes */
  | readonly ['found', number, number, number]
  /** how many were found; -1: the disk was blank */
  | readonly ['opened', number]
  | readonly ['appended', number, number, number]
  | readonly ['safe', number]
  | readonly ['failed', number]
  /** append threw, by name and message */
  | readonly ['refused', number, string]
  | readonly ['sync fails']

const MAX_ID = 25

/**
 * Bytes that no other record has, in any part of 256. Those of odd records come again after eight: in a checksum that only
 * xors them, a sector of them is as good as none. They lie in the midst of a larger buffer, as small ones of Node do.
 */
function recordOf(id: number, length: number): Uint8Array {
  const record = new Uint8Array(new ArrayBuffer(length + 24), 16, length)
  for (let i = 0; i < length; i++) {
    const byPlace = id % 2 === 1 ? (i & 7) * 7 : i * 7 + (i >> 8) * 13
    record[i] = i === 0 ? id + 1 : (id * 31 + byPlace) & 255
  }
  return record
}

/** Which record it is; all that are empty are record 0. */
function idOf(record: Uint8Array): number {
  if (record.length === 0) return 0
  const id = (record[0] as number) - 1
  if (id > MAX_ID) return -1
  const right = recordOf(id, record.length)
  return record.every((byte, i) => byte === right[i]) ? id : -1
}

function open({ openLog }: typeof kata, disk: Disk, note: Note): kata.WriteAheadLog {
  const say = (told: Told) => note(told)
  const isBlank = disk.list().length === 0
  let found = 0
  const log = openLog(disk, (sequence, record) => {
    found++
    // More than there can be have been told by then: who takes a sector of zeros for records finds thousands in each state.
    if (found <= 2 * MAX_ID) say(['found', sequence, idOf(record), record.length])
  })
  say(['opened', isBlank ? -1 : found])
  return log
}

function act(log: kata.WriteAheadLog, step: Step, note: Note): void {
  const say = (told: Told) => note(told)
  const append = (id: number, length: number, then?: number): void => {
    const bytes = recordOf(id, length)
    const tried = attempt(() =>
      log.append(bytes, (failure) => {
        say([failure === undefined ? 'safe' : 'failed', id])
        if (then !== undefined) append(then, length)
      }),
    )
    // The caller's bytes are the caller's: the next thing is written into them at once.
    bytes.fill(255)
    if ('returned' in tried) say(['appended', tried.returned, id, length])
    else say(['refused', id, `${tried.threw}: ${tried.message}`])
  }
  if (step[0] === 'flush') log.flush()
  else append(step[1], step[2], step[3])
}

const lab = crashLab<Step, typeof kata, kata.WriteAheadLog, Told>(kata, {
  open,
  act,
  syncFailed: ['sync fails'] satisfies Told,
})

export const { everyCrash, everyFlip, retell } = lab
