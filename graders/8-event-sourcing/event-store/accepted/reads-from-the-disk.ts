// Memory holds where events are, not what they say: an index of 24 bytes an event, and the ids. What is read comes from the
// disk. A frame is one append, [length][checksum], and in it each event as [length][JSON].

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

function sum(bytes: Uint8Array): number {
  let [a, b] = [1 + bytes.length, 7]
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193) >>> 0
    b = (Math.imul(b, 31) + a) >>> 0
  }
  return (a ^ b) >>> 0
}

/** A list of numbers that grows. */
class Numbers {
  #values = new Float64Array(16)
  length = 0
  push(value: number): void {
    if (this.length === this.#values.length) {
      const more = new Float64Array(2 * this.length)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[this.length++] = value
  }
  at(i: number): number {
    return this.#values[i]!
  }
}

type Body = readonly [stream: string, id: string, type: string, data: Json]

class Subscription {
  private readonly listener: (event: StoredEvent) => void
  private next: number
  private isTelling = false
  isOver = false
  constructor(after: number, listener: (event: StoredEvent) => void) {
    this.next = after
    this.listener = listener
  }
  catchUp(store: { readonly count: number; eventAt(i: number): StoredEvent }): void {
    if (this.isTelling) return
    this.isTelling = true
    while (!this.isOver && this.next < store.count) this.listener(store.eventAt(this.next++))
    this.isTelling = false
  }
}

class IndexedStore implements EventStore {
  private readonly starts = new Numbers()
  private readonly lengths = new Numbers()
  private readonly versions = new Numbers()
  private readonly streams = new Map<string, Numbers>()
  private readonly ids = new Map<string, number>()
  private readonly subscriptions = new Set<Subscription>()
  private state: 'fine' | 'failed' = 'fine'
  private readonly disk: Disk

  constructor(disk: Disk) {
    this.disk = disk
    if (!disk.exists(FILE)) disk.create(FILE)
    const bytes = disk.read(FILE)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let end = 0
    for (;;) {
      if (bytes.length - end < 8) break
      const length = view.getUint32(end)
      if (length === 0 || length > bytes.length - end - 8) break
      if (sum(bytes.subarray(end + 8, end + 8 + length)) !== view.getUint32(end + 4)) break
      for (let at = end + 8; at < end + 8 + length; ) {
        const size = view.getUint32(at)
        const [stream, id] = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + size))) as Body
        this.note(stream, id, at + 4, size)
        at += 4 + size
      }
      end += 8 + length
    }
    disk.truncate(FILE, end)
    disk.sync(FILE)
    disk.syncDirectory()
  }

  get count(): number {
    return this.starts.length
  }

  eventAt(i: number): StoredEvent {
    const bytes = this.disk.read(FILE, this.starts.at(i), this.lengths.at(i))
    const [stream, id, type, data] = JSON.parse(new TextDecoder().decode(bytes)) as Body
    return { stream, id, type, data, version: this.versions.at(i), position: i + 1 }
  }

  version(stream: string): number {
    return this.streams.get(stream)?.length ?? 0
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Appended {
    if (this.state === 'failed') throw new Error('the store has failed: open it again')
    if (!Number.isInteger(expected) || expected < 0) throw new RangeError(`expected: ${expected}`)
    if (events.length === 0) throw new RangeError('events: there are none')
    const own = this.streams.get(stream)
    const version = own?.length ?? 0
    if (
      expected + events.length <= version &&
      events.every(({ id }, i) => this.ids.get(id) === own!.at(expected + i))
    ) {
      return { version: expected + events.length, position: own!.at(expected + events.length - 1) + 1, again: true }
    }
    const mine = new Set<string>()
    for (const { id } of events) {
      if (this.ids.has(id) || mine.has(id)) throw new RangeError(`id ${id}`)
      mine.add(id)
    }
    if (version !== expected) return { conflict: version }

    const bodies = events.map(({ id, type, data }) =>
      new TextEncoder().encode(JSON.stringify([stream, id, type, data] satisfies Body)),
    )
    const length = bodies.reduce((total, body) => total + 4 + body.length, 0)
    const frame = new Uint8Array(8 + length)
    const view = new DataView(frame.buffer)
    const places: number[] = []
    let at = 8
    for (const body of bodies) {
      view.setUint32(at, body.length)
      frame.set(body, at + 4)
      places.push(at + 4)
      at += 4 + body.length
    }
    view.setUint32(0, length)
    view.setUint32(4, sum(frame.subarray(8)))
    let start: number
    try {
      start = this.disk.append(FILE, frame)
      this.disk.sync(FILE)
    } catch (error) {
      this.state = 'failed'
      throw error
    }
    for (const [i, { id }] of events.entries()) this.note(stream, id, start + places[i]!, bodies[i]!.length)
    const answer = { version: expected + events.length, position: this.count, again: false }
    for (const subscription of [...this.subscriptions]) subscription.catchUp(this)
    return answer
  }

  read(stream: string, after = 0): StoredEvent[] {
    const own = this.streams.get(stream)
    const events: StoredEvent[] = []
    for (let i = after; own && i < own.length; i++) events.push(this.eventAt(own.at(i)))
    return events
  }

  readAll(after = 0, limit = Number.POSITIVE_INFINITY): StoredEvent[] {
    const events: StoredEvent[] = []
    for (let i = after; i < this.count && events.length < limit; i++) events.push(this.eventAt(i))
    return events
  }

  subscribe(after: number, listener: (event: StoredEvent) => void): () => void {
    const subscription = new Subscription(after, listener)
    this.subscriptions.add(subscription)
    subscription.catchUp(this)
    return () => {
      subscription.isOver = true
      this.subscriptions.delete(subscription)
    }
  }

  private note(stream: string, id: string, start: number, length: number): void {
    const own = this.streams.get(stream) ?? new Numbers()
    this.streams.set(stream, own)
    own.push(this.count)
    this.versions.push(own.length)
    this.ids.set(id, this.count)
    this.starts.push(start)
    this.lengths.push(length)
  }
}

export function openStore(disk: Disk): EventStore {
  return new IndexedStore(disk)
}
