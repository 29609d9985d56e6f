// breaks: A subscriber is told everything once, in order
// because: who subscribes above a position that is not there yet is told from the end on: events that he did not ask for.

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface NewEvent {
  readonly id: string
  readonly type: string
  readonly data: Json
}

export interface StoredEvent extends NewEvent {
  readonly stream: string
  readonly version: number
  readonly position: number
}

export type Appended =
  | { readonly version: number; readonly position: number; readonly again: boolean }
  | { readonly conflict: number }

export interface EventStore {
  version(stream: string): number
  append(stream: string, expected: number, events: readonly NewEvent[]): Appended
  read(stream: string, after?: number): StoredEvent[]
  readAll(after?: number, limit?: number): StoredEvent[]
  subscribe(after: number, listener: (event: StoredEvent) => void): () => void
}

const FILE = 'events'
/** Length and checksum, 32 bits each, lowest byte first. */
const HEADER_BYTES = 8

export function openStore(disk: Disk): EventStore {
  if (!disk.exists(FILE)) disk.create(FILE)
  // At each opening: a program that was killed before its first sync leaves a file whose name is not safe.
  disk.syncDirectory()
  const bytes = disk.read(FILE)
  const store = new LogStore(disk)
  let end = 0
  for (let frame = frameAt(bytes, end); frame !== undefined; frame = frameAt(bytes, end)) {
    const { stream, events } = JSON.parse(new TextDecoder().decode(frame)) as Batch
    store.index(stream, events)
    end += HEADER_BYTES + frame.length
  }
  // Otherwise a frame behind the damage, whole by chance, would follow on what is written next.
  disk.truncate(FILE, end)
  // Of a program that was killed there may be frames that were written and never synced. They have been read; so from here
  // on they count, and must be safe.
  disk.sync(FILE)
  return store
}

interface Batch {
  readonly stream: string
  readonly events: readonly NewEvent[]
}

interface Subscriber {
  /** position of the last event that it was told */
  told: number
  isListening: boolean
  readonly listener: (event: StoredEvent) => void
}

class LogStore implements EventStore {
  readonly #disk: Disk
  readonly #all: StoredEvent[] = []
  readonly #streams = new Map<string, StoredEvent[]>()
  readonly #byId = new Map<string, StoredEvent>()
  readonly #subscribers = new Set<Subscriber>()
  #hasFailed = false

  constructor(disk: Disk) {
    this.#disk = disk
  }

  version(stream: string): number {
    return this.#streams.get(stream)?.length ?? 0
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Appended {
    if (this.#hasFailed) throw new Error('the store has failed: open it again')
    if (!Number.isSafeInteger(expected) || expected < 0)
      throw new RangeError(`expected must be a whole number of at least 0, not ${expected}`)
    if (events.length === 0) throw new RangeError('events must be at least one')
    const before = this.#sameBefore(stream, expected, events)
    if (before !== undefined) return { version: before.version, position: before.position, again: true }
    const ids = new Set<string>()
    for (const { id } of events) {
      if (ids.has(id) || this.#byId.has(id)) throw new RangeError(`id ${id} is there already`)
      ids.add(id)
    }
    const version = this.version(stream)
    if (version !== expected) return { conflict: version }
    this.#write({ stream, events })
    this.index(stream, events)
    const position = this.#all.length
    for (const subscriber of this.#subscribers) this.#tellOne(subscriber)
    return { version: version + events.length, position, again: false }
  }

  read(stream: string, after = 0): StoredEvent[] {
    return this.#streams.get(stream)?.slice(after) ?? []
  }

  readAll(after = 0, limit = Number.POSITIVE_INFINITY): StoredEvent[] {
    return this.#all.slice(after, after + limit)
  }

  subscribe(after: number, listener: (event: StoredEvent) => void): () => void {
    const subscriber: Subscriber = { told: Math.min(after, this.#all.length), isListening: false, listener }
    this.#subscribers.add(subscriber)
    this.#tellOne(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  /** Takes in what is safe. */
  index(stream: string, events: readonly NewEvent[]): void {
    const own = this.#streams.get(stream) ?? []
    this.#streams.set(stream, own)
    for (const { id, type, data } of events) {
      const event = { id, type, data, stream, version: own.length + 1, position: this.#all.length + 1 }
      own.push(event)
      this.#all.push(event)
      this.#byId.set(id, event)
    }
  }

  /** The last event of an append that was the same as this one. */
  #sameBefore(stream: string, expected: number, events: readonly NewEvent[]): StoredEvent | undefined {
    const own = this.#streams.get(stream)
    if (own === undefined || own.length < expected + events.length) return undefined
    for (let i = 0; i < events.length; i++) if (own[expected + i]!.id !== events[i]!.id) return undefined
    return own[expected + events.length - 1]
  }

  #write(batch: Batch): void {
    try {
      this.#disk.append(FILE, frameOf(new TextEncoder().encode(JSON.stringify(batch))))
      this.#disk.sync(FILE)
    } catch (error) {
      // A second sync would find nothing left to write, and say that all is well.
      this.#hasFailed = true
      throw error
    }
  }

  /** Brings a subscriber up to date. Whoever appends while listening is told of it by the loop that it is in already. */
  #tellOne(subscriber: Subscriber): void {
    if (subscriber.isListening) return
    subscriber.isListening = true
    while (this.#subscribers.has(subscriber) && subscriber.told < this.#all.length)
      subscriber.listener(this.#all[subscriber.told++]!)
    subscriber.isListening = false
  }
}

function frameOf(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, payload.length, true)
  view.setUint32(4, checksum(payload), true)
  frame.set(payload, HEADER_BYTES)
  return frame
}

/** What the frame there holds; undefined where none is whole. */
function frameAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES)
  const from = at + HEADER_BYTES
  const length = view.getUint32(0, true)
  if (from + length > bytes.length) return undefined
  const payload = bytes.subarray(from, from + length)
  return checksum(payload) === view.getUint32(4, true) ? payload : undefined
}

/** CRC-32C, by a table for each value of a byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** It begins with the length's complement, so that eight zeros are no frame. */
function checksum(payload: Uint8Array): number {
  let crc = ~payload.length
  for (const byte of payload) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!
  return crc >>> 0
}
