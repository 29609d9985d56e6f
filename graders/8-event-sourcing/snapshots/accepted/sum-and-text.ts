// A class, and text: a snapshot is a line with a sum and a line of JSON, under the stream's name in hexadecimal where that is
// short enough. A stream has a draft of its own, which is written over, not removed. Events are taken out of the log before
// any is applied: the first of them says whether the snapshot counts.

import type { Disk } from '#disk'

export interface StoredEvent {
  readonly id: string
  readonly version: number
  readonly type: string
  readonly data: unknown
}

export interface EventLog {
  read(stream: string, after: number): Iterable<StoredEvent>
}

export interface SnapshotsOptions<S> {
  readonly schema: string
  readonly every: number
  readonly initial: S
  readonly evolve: (state: S, event: StoredEvent) => S
}

export interface Snapshots<S> {
  load(stream: string): { readonly state: S; readonly version: number }
}

interface Stored<S> {
  readonly is: readonly [stream: string, schema: string]
  readonly last: readonly [version: number, id: string]
  readonly state: S
}

export function openSnapshots<S>(disk: Disk, log: EventLog, options: SnapshotsOptions<S>): Snapshots<S> {
  if (!Number.isSafeInteger(options.every)) throw new RangeError(`every is not a whole number: ${options.every}`)
  if (options.every <= 0) throw new RangeError(`every is too small: ${options.every}`)
  return new TextSnapshots(disk, log, options)
}

class TextSnapshots<S> implements Snapshots<S> {
  readonly #disk: Disk
  readonly #log: EventLog
  readonly #options: SnapshotsOptions<S>

  constructor(disk: Disk, log: EventLog, options: SnapshotsOptions<S>) {
    this.#disk = disk
    this.#log = log
    this.#options = options
  }

  load(stream: string): { state: S; version: number } {
    const { every, initial, evolve } = this.#options
    const stored = this.#stored(stream)
    let events = stored === undefined ? [] : [...this.#log.read(stream, stored.last[0] - 1)]
    const counts = stored !== undefined && events[0]?.id === stored.last[1]
    if (counts) events.shift()
    else events = [...this.#log.read(stream, 0)]
    let state = counts ? stored.state : structuredClone(initial)
    for (const event of events) state = evolve(state, event)
    const last = events.at(-1)
    const version = last?.version ?? (counts ? stored.last[0] : 0)
    if (last !== undefined && events.length >= every)
      this.#store(stream, { is: [stream, this.#options.schema], last: [version, last.id], state }, stored)
    return { state, version }
  }

  #stored(stream: string): Stored<S> | undefined {
    try {
      const [sum = '', text = ''] = new TextDecoder().decode(this.#disk.read(nameOf(stream))).split('\n')
      if (sum !== sumOf(text)) return undefined
      const stored = JSON.parse(text) as Stored<S>
      return stored.is[0] === stream && stored.is[1] === this.#options.schema ? stored : undefined
    } catch {
      return undefined
    }
  }

  #store(stream: string, next: Stored<S>, before: Stored<S> | undefined): void {
    const there = this.#stored(stream)
    const isOfSomebodyElse = there !== undefined && there.last[1] !== before?.last[1]
    if (isOfSomebodyElse && there.last[0] >= next.last[0]) return
    const name = nameOf(stream)
    const draft = `${name}.draft`
    const text = JSON.stringify(next)
    try {
      if (this.#disk.exists(draft)) this.#disk.truncate(draft, 0)
      else this.#disk.create(draft)
      this.#disk.write(draft, 0, new TextEncoder().encode(`${sumOf(text)}\n${text}`))
      this.#disk.sync(draft)
      this.#disk.rename(draft, name)
      this.#disk.syncDirectory()
    } catch {
      // The next load has as much to apply, and comes by here again.
    }
  }
}

const SHORT = 20

function nameOf(stream: string): string {
  if (stream.length > SHORT) return `sum-${sumOf(stream)}-${stream.length}`
  let name = 'name'
  for (let i = 0; i < stream.length; i++) name += stream.charCodeAt(i).toString(16).padStart(4, '0')
  return name
}

function sumOf(text: string): string {
  let high = 7
  let low = 11
  for (let i = 0; i < text.length; i++) {
    high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b)
    low = Math.imul(low + text.charCodeAt(i), 0xc2b2ae35)
    low ^= low >>> 15
  }
  return `${high >>> 0}.${low >>> 0}`
}
