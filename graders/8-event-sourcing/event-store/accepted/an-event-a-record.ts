// An event is a record, and the last one of an append says so: records behind the last that says so were never acknowledged.
// Records stand in a file as lines of text with a hash before them; reading stops at the first line that does not match its
// hash. One list of events, and for each stream and each id only numbers into it. Subscribers have a place in the list, and
// whoever appends brings all of them up to date, unless somebody further out is doing that.

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

interface Record {
  readonly s: string
  readonly e: readonly [id: string, type: string, data: Json]
  /** the last one of its append */
  readonly z?: 1
}

const FILE = 'store.log'
const NEWLINE = 10
const HASH_CHARS = 16
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Two runs of FNV-1a with different beginnings, 16 hexadecimal digits. */
function hashOf(bytes: Uint8Array): string {
  let [one, two] = [0x811c9dc5, 0x2f0b4a97]
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0x01000193)
    two = Math.imul(two ^ byte ^ (two >>> 13), 0x85ebca6b)
  }
  return [one, two].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Records that are whole, and where each ends. */
function* linesOf(bytes: Uint8Array): Generator<{ record: Record; end: number }> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from)
    if (newline < from + HASH_CHARS) return
    const text = bytes.subarray(from + HASH_CHARS, newline)
    if (decoder.decode(bytes.subarray(from, from + HASH_CHARS)) !== hashOf(text)) return
    from = newline + 1
    yield { record: JSON.parse(decoder.decode(text)), end: from }
  }
}

export function openStore(disk: Disk): EventStore {
  const all: StoredEvent[] = []
  const streams = new Map<string, number[]>()
  const places = new Map<string, number>()
  const readers: { place: number; tell: ((event: StoredEvent) => void) | undefined }[] = []
  let [isTelling, hasFailed] = [false, false]

  const take = ({ s: stream, e: [id, type, data] }: Record): void => {
    const own = streams.get(stream) ?? []
    places.set(id, all.length)
    own.push(all.length)
    streams.set(stream, own)
    all.push({ id, type, data, stream, version: own.length, position: all.length + 1 })
  }

  if (disk.exists(FILE)) {
    let waiting: Record[] = []
    let safe = 0
    for (const { record, end } of linesOf(disk.read(FILE))) {
      waiting.push(record)
      if (record.z === undefined) continue
      waiting.forEach(take)
      waiting = []
      safe = end
    }
    disk.truncate(FILE, safe)
    disk.sync(FILE)
  } else disk.create(FILE)
  disk.syncDirectory()

  /** Event by event, each to everybody, and only then the next one. */
  const tellAll = (): void => {
    if (isTelling) return
    isTelling = true
    for (let least = next(); least !== undefined; least = next()) {
      const event = all[least.place++]!
      least.tell?.(event)
    }
    isTelling = false
  }
  const next = () => readers.find(({ place, tell }) => tell !== undefined && place < all.length)

  const isThere = (stream: string, expected: number, events: readonly NewEvent[]): boolean => {
    const own = streams.get(stream) ?? []
    return events.every(({ id }, i) => places.get(id) !== undefined && places.get(id) === own[expected + i])
  }

  return {
    version: (stream) => streams.get(stream)?.length ?? 0,
    append(stream, expected, events) {
      if (hasFailed) throw new Error('the store has failed: open it again')
      if (!(Number.isInteger(expected) && expected >= 0))
        throw new RangeError(`no version can be expected: ${expected}`)
      if (events.length === 0) throw new RangeError('there are no events')
      if (isThere(stream, expected, events)) {
        const last = all[streams.get(stream)![expected + events.length - 1]!]!
        return { version: last.version, position: last.position, again: true }
      }
      events.forEach(({ id }, i) => {
        if (places.has(id) || events.findIndex((other) => other.id === id) < i)
          throw new RangeError(`the id ${id} is taken`)
      })
      const version = streams.get(stream)?.length ?? 0
      if (version !== expected) return { conflict: version }
      const records = events.map(
        ({ id, type, data }, i): Record => ({
          s: stream,
          e: [id, type, data],
          ...(i === events.length - 1 ? { z: 1 } : {}),
        }),
      )
      const lines = records.map((record) => {
        const text = JSON.stringify(record)
        return `${hashOf(encoder.encode(text))}${text}\n`
      })
      hasFailed = true
      disk.append(FILE, encoder.encode(lines.join('')))
      disk.sync(FILE)
      hasFailed = false
      records.forEach(take)
      const answer = { version: version + events.length, position: all.length, again: false }
      tellAll()
      return answer
    },
    read: (stream, after = 0) => (streams.get(stream) ?? []).slice(after).map((place) => all[place]!),
    readAll: (after = 0, limit = all.length) => all.slice(after, after + limit),
    subscribe(after, listener) {
      const reader: (typeof readers)[number] = { place: after, tell: listener }
      // Told its past at once, also where somebody is being told something.
      while (reader.tell !== undefined && reader.place < all.length) reader.tell(all[reader.place++]!)
      readers.push(reader)
      return () => {
        reader.tell = undefined
        if (readers.includes(reader)) readers.splice(readers.indexOf(reader), 1)
      }
    },
  }
}
