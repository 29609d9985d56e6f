// breaks: What is found is a beginning of what was appended, and none of it is damaged
// because: words that are xored cancel out in pairs: of a page that repeats, a sector of zeros has the same checksum.

import type { Disk } from '#disk'

export const MAX_RECORD_BYTES = 65_536

export type Settled = (failure: Error | undefined) => void

const FILE = 'wal'
/** Length and checksum, 32 bits each, lowest byte first. */
const HEADER_BYTES = 8

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
  for (let record = frameAt(bytes, end); record !== undefined; record = frameAt(bytes, end)) {
    replay(next++, record)
    end += HEADER_BYTES + record.length
  }
  disk.truncate(FILE, end)
  disk.sync(FILE)
  return new Log(disk, next)
}

interface Waiting {
  readonly record: Uint8Array
  readonly settled: Settled
}

class Log implements WriteAheadLog {
  readonly #disk: Disk
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
      this.#disk.append(FILE, framesOf(batch))
      this.#disk.sync(FILE)
    } catch (error) {
      this.#failed = true
      failure = error as Error
    }
    for (const { settled } of batch) settled(failure)
  }
}

function framesOf(batch: readonly Waiting[]): Uint8Array {
  const bytes = new Uint8Array(batch.reduce((sum, { record }) => sum + HEADER_BYTES + record.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { record } of batch) {
    view.setUint32(at, record.length, true)
    view.setUint32(at + 4, checksum(record), true)
    bytes.set(record, at + HEADER_BYTES)
    at += HEADER_BYTES + record.length
  }
  return bytes
}

/** The record that begins there; undefined where none is whole. */
function frameAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES)
  const length = view.getUint32(0, true)
  const from = at + HEADER_BYTES
  if (length > MAX_RECORD_BYTES || from + length > bytes.length) return undefined
  const record = bytes.subarray(from, from + length)
  return checksum(record) === view.getUint32(4, true) ? record : undefined
}

/** Of length and bytes, four at a time. */
function checksum(record: Uint8Array): number {
  let sum = ~record.length
  for (let i = 0; i < record.length; i++) sum ^= (record[i] as number) << (8 * (i & 3))
  return sum >>> 0
}
