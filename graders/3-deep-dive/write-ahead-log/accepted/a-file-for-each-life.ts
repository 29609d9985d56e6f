// Right: each opening begins a file of its own, and nothing is ever written over.

import type { Disk } from '#disk'

export const MAX_RECORD_BYTES = 65_536

export type Settled = (failure: Error | undefined) => void

const HEADER_BYTES = 8

export interface WriteAheadLog {
  append(record: Uint8Array, settled: Settled): number
  flush(): void
}

export function openLog(disk: Disk, replay: (sequence: number, record: Uint8Array) => void): WriteAheadLog {
  const files = disk.list().filter((name) => name.startsWith('wal.'))
  let next = 0
  let last = 0
  for (const [i, name] of files.entries()) {
    const records = framesIn(disk.read(name))
    const head = records.shift()
    if (head === undefined || numberIn(head) !== next) {
      for (const gone of files.slice(i).reverse()) disk.remove(gone)
      disk.syncDirectory()
      break
    }
    for (const record of records) replay(next++, record)
    last = Number(name.slice('wal.'.length))
    disk.sync(name)
  }
  if (files.length > 0) disk.syncDirectory()
  return new Log(disk, `wal.${String(last + 1).padStart(9, '0')}`, next)
}

class Log implements WriteAheadLog {
  readonly #disk: Disk
  readonly #file: string
  /** how many records the files before this one hold */
  readonly #before: number
  #next: number
  #hasBegun = false
  #frames: Uint8Array[] = []
  #settled: Settled[] = []
  #failed = false

  constructor(disk: Disk, file: string, next: number) {
    this.#disk = disk
    this.#file = file
    this.#before = next
    this.#next = next
  }

  append(record: Uint8Array, settled: Settled): number {
    if (this.#failed) throw new Error('the log has failed: open it again')
    if (record.length > MAX_RECORD_BYTES)
      throw new RangeError(`record must have at most ${MAX_RECORD_BYTES} bytes, not ${record.length}`)
    this.#frames.push(frameOf(record))
    this.#settled.push(settled)
    return this.#next++
  }

  flush(): void {
    if (this.#settled.length === 0) return
    const batch = this.#settled.splice(0)
    const frames = this.#frames.splice(0)
    try {
      if (this.#hasBegun) this.#write(frames)
      else this.#begin(frames)
    } catch (error) {
      this.#failed = true
      for (const settled of batch) settled(error as Error)
      return
    }
    for (const settled of batch) settled(undefined)
  }

  #begin(frames: readonly Uint8Array[]): void {
    this.#disk.create(this.#file)
    const head = new Uint8Array(4)
    new DataView(head.buffer).setUint32(0, this.#before)
    this.#write([frameOf(head), ...frames])
    this.#disk.syncDirectory()
    this.#hasBegun = true
  }

  #write(frames: readonly Uint8Array[]): void {
    const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const frame of frames) {
      bytes.set(frame, at)
      at += frame.length
    }
    this.#disk.append(this.#file, bytes)
    this.#disk.sync(this.#file)
  }
}

const numberIn = (head: Uint8Array): number => new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)

function frameOf(record: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + record.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, record.length)
  frame.set(record, HEADER_BYTES)
  view.setUint32(4, sumOf(record))
  return frame
}

function framesIn(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = view.getUint32(at)
    const end = at + HEADER_BYTES + length
    if (length > MAX_RECORD_BYTES || end > bytes.length) break
    const record = bytes.subarray(at + HEADER_BYTES, end)
    if (sumOf(record) !== view.getUint32(at + 4)) break
    records.push(record)
    at = end
  }
  return records
}

/** FNV-1a over the length and the bytes. */
function sumOf(record: Uint8Array): number {
  let hash = 0x811c9dc5 ^ record.length
  for (let i = 0; i < record.length; i++) hash = Math.imul(hash ^ record[i]!, 0x01000193)
  return hash >>> 0
}
