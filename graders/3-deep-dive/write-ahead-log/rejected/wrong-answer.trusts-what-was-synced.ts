// breaks: A turned bit costs the end of the log, and nothing is made of it
// because: only the last batch can be torn; but bits turn in any of them.

import type { Disk } from '#disk'

export const MAX_RECORD_BYTES = 65_536

export type Settled = (failure: Error | undefined) => void

const FILE = 'wal'
/** Length and checksum, 32 bits each, lowest byte first. */
const HEADER_BYTES = 12

export interface WriteAheadLog {
  append(record: Uint8Array, settled: Settled): number
  flush(): void
}

export function openLog(disk: Disk, replay: (sequence: number, record: Uint8Array) => void): WriteAheadLog {
  if (!disk.exists(FILE)) disk.create(FILE)
  disk.syncDirectory()
  const bytes = disk.read(FILE)
  let next = 0
  let end = 0
  const frames = safeFrames(bytes)
  for (const { record } of frames) {
    replay(next++, record)
    end += HEADER_BYTES + record.length
  }
  disk.truncate(FILE, end)
  disk.sync(FILE)
  const log = new Log(disk, next)
  log.continueFrom((frames.at(-1)?.batch ?? -1) + 1)
  return log
}

interface Waiting {
  readonly record: Uint8Array
  readonly settled: Settled
}

class Log implements WriteAheadLog {
  readonly #disk: Disk
  #batch = 0

  continueFrom(batch: number): void {
    this.#batch = batch
  }

  #next: number
  #waiting: Waiting[] = []
  #failed = false

  constructor(disk: Disk, next: number) {
    this.#disk = disk
    this.#next = next
  }

  append(record: Uint8Array, settled: Settled): number {
    if (this.#failed) throw new Error('the log has failed: open it again')
    if (record.length > MAX_RECORD_BYTES)
      throw new RangeError(`record must have at most ${MAX_RECORD_BYTES} bytes, not ${record.length}`)
    this.#waiting.push({ record: new Uint8Array(record), settled })
    return this.#next++
  }

  flush(): void {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    let failure: Error | undefined
    try {
      this.#disk.append(FILE, framesOf(batch, this.#batch++))
      this.#disk.sync(FILE)
    } catch (error) {
      this.#failed = true
      failure = error as Error
    }
    for (const { settled } of batch) settled(failure)
  }
}

function framesOf(batch: readonly Waiting[], number: number): Uint8Array {
  const bytes = new Uint8Array(batch.reduce((sum, { record }) => sum + HEADER_BYTES + record.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { record } of batch) {
    view.setUint32(at, record.length, true)
    view.setUint32(at + 4, checksum(record), true)
    view.setUint32(at + 8, number, true)
    bytes.set(record, at + HEADER_BYTES)
    at += HEADER_BYTES + record.length
  }
  return bytes
}

interface Frame {
  readonly record: Uint8Array
  readonly batch: number
  readonly isWhole: boolean
}

/** All of a batch that another one follows, for it was synced; of the last one as far as it is whole. */
function safeFrames(bytes: Uint8Array): readonly Frame[] {
  const frames: Frame[] = []
  let at = 0
  for (let frame = frameAt(bytes, at); frame !== undefined; frame = frameAt(bytes, at)) {
    const expected = frames.at(-1)?.batch ?? 0
    if (frame.batch !== expected && (frame.batch !== expected + 1 || !frame.isWhole)) break
    frames.push(frame)
    at += HEADER_BYTES + frame.record.length
  }
  const last = frames.at(-1)?.batch
  const torn = frames.findIndex(({ batch, isWhole }) => batch === last && !isWhole)
  return torn < 0 ? frames : frames.slice(0, torn)
}

function frameAt(bytes: Uint8Array, at: number): Frame | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES)
  const length = view.getUint32(0, true)
  const from = at + HEADER_BYTES
  if (length > MAX_RECORD_BYTES || from + length > bytes.length) return undefined
  const record = bytes.subarray(from, from + length)
  return { record, batch: view.getUint32(8, true), isWhole: checksum(record) === view.getUint32(4, true) }
}

/** CRC-32C, by a table for each value of a byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** Of length and bytes. It begins with the length's complement in place of all ones, so that eight zeros are no record. */
function checksum(record: Uint8Array): number {
  let crc = ~record.length
  for (let i = 0; i < record.length; i++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (record[i] as number)) & 255] as number)
  return crc >>> 0
}
