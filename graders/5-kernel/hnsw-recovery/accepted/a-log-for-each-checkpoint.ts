// A log for each checkpoint, with the same number in their names: the newest checkpoint says which log goes on from it, and
// nothing is skipped or emptied. What is written are numbers of as many bytes as they need, after a checksum of its own kind
// (FNV-1a, twice, so that 64 bits have to agree).

import type { Disk } from '#disk'

export interface Placed {
  readonly id: number
  readonly links: readonly (readonly number[])[]
  readonly vector?: Float32Array
}

export interface Change {
  readonly put: readonly Placed[]
  readonly gone: readonly number[]
  readonly entry: number | undefined
}

export interface Graph {
  check(id: number, vector: Float32Array): void
  insert(id: number, vector: Float32Array, level: number): Change
  delete(id: number): Change | undefined
  apply(change: Change): void
  snapshot(): Change
}

export interface DurableIndex {
  insertAll(items: readonly { readonly id: number; readonly vector: Float32Array }[]): void
  delete(id: number): boolean
  checkpoint(): void
}

type Item = Parameters<DurableIndex['insertAll']>[0][number]

export function openIndex(disk: Disk, graph: Graph, levelOf: (n: number) => number): DurableIndex {
  const isFinished = /^checkpoint-(\d+)$/
  let generation = Math.max(0, ...disk.list().map((name) => Number(isFinished.exec(name)?.[1] ?? 0)))
  let drawn = 0
  let hasFailed = false
  const logName = () => `log-${generation}`
  const checkpointName = () => `checkpoint-${generation}`

  if (!disk.exists(logName())) disk.create(logName())
  disk.syncDirectory()
  // Not before: of a checkpoint that was finished by a killed program, the name is only now safe.
  clear()
  if (generation > 0) {
    const payload = new Frames(disk.read(checkpointName())).next()
    if (payload === undefined) throw new Error('the checkpoint is damaged')
    take(payload)
  }
  const log = new Frames(disk.read(logName()))
  for (let payload = log.next(); payload !== undefined; payload = log.next()) take(payload)
  disk.truncate(logName(), log.at)
  disk.sync(logName())

  function take(payload: Uint8Array): void {
    const reader = new Reader(payload)
    drawn = reader.whole()
    graph.apply(reader.change())
  }

  /** Takes away what belongs to another checkpoint. */
  function clear(): void {
    for (const name of disk.list()) if (name !== logName() && name !== checkpointName()) disk.remove(name)
  }

  function orFail<T>(work: () => T): T {
    if (hasFailed) throw new Error('the index has failed: open it again')
    try {
      return work()
    } catch (error) {
      // Refusals come before anything has changed.
      hasFailed = !(error instanceof RangeError)
      throw error
    }
  }

  function keep(changes: readonly Change[]): void {
    const writer = new Writer()
    let count = drawn
    for (const change of changes) {
      if (change.gone.length === 0) count++
      writer.frame(count, change)
    }
    disk.append(logName(), writer.bytes())
    disk.sync(logName())
    drawn = count
  }

  const idsOf = (items: readonly Item[]) => new Set(items.map(({ id }) => id))

  return {
    insertAll: (items) =>
      orFail(() => {
        for (const { id, vector } of items) graph.check(id, vector)
        if (idsOf(items).size < items.length) throw new RangeError('id: one comes twice')
        if (items.length > 0) keep(items.map(({ id, vector }, i) => graph.insert(id, vector, levelOf(drawn + i))))
      }),
    delete: (id) =>
      orFail(() => {
        const change = graph.delete(id)
        if (change !== undefined) keep([change])
        return change !== undefined
      }),
    checkpoint: () =>
      orFail(() => {
        const writer = new Writer()
        writer.frame(drawn, graph.snapshot())
        generation++
        disk.create('unfinished')
        disk.append('unfinished', writer.bytes())
        disk.sync('unfinished')
        disk.rename('unfinished', checkpointName())
        disk.create(logName())
        disk.syncDirectory()
        clear()
      }),
  }
}

// ---- bytes -----------------------------------------------------------------------------------------------------------

class Writer {
  #bytes: number[] = []

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  frame(drawn: number, { put, gone, entry }: Change): void {
    const outer = this.#bytes
    this.#bytes = []
    this.#whole(drawn)
    this.#whole(entry === undefined ? 0 : entry + 1)
    this.#list(gone)
    this.#whole(put.length)
    for (const { id, links, vector } of put) {
      this.#whole(id)
      this.#whole(links.length)
      for (const layer of links) this.#list(layer)
      this.#list(vector === undefined ? [] : new Uint8Array(vector.slice().buffer))
    }
    const inner = this.#bytes
    this.#bytes = outer
    this.#whole(inner.length)
    for (const sum of sumsOf(inner)) for (let shift = 0; shift < 32; shift += 8) outer.push((sum >>> shift) & 255)
    for (const byte of inner) outer.push(byte)
  }

  #list(items: readonly number[] | Uint8Array): void {
    this.#whole(items.length)
    if (items instanceof Uint8Array) for (const byte of items) this.#bytes.push(byte)
    else for (const item of items) this.#whole(item)
  }

  #whole(value: number): void {
    for (; value > 127; value = Math.floor(value / 128)) this.#bytes.push(128 + (value % 128))
    this.#bytes.push(value)
  }
}

class Reader {
  readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  whole(): number {
    let [value, unit] = [0, 1]
    for (;;) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) return Number.NaN
      value += (byte % 128) * unit
      if (byte < 128) return value
      unit *= 128
    }
  }

  change(): Change {
    const entry = this.whole()
    const gone = this.#list()
    const put = Array.from({ length: this.whole() }, () => {
      const id = this.whole()
      const links = Array.from({ length: this.whole() }, () => this.#list())
      const length = this.whole()
      this.at += length
      const vector = new Float32Array(this.bytes.slice(this.at - length, this.at).buffer)
      return length === 0 ? { id, links } : { id, links, vector }
    })
    return { put, gone, entry: entry === 0 ? undefined : entry - 1 }
  }

  #list(): number[] {
    return Array.from({ length: this.whole() }, () => this.whole())
  }
}

/** Frames one behind the other; `at` is where the last whole one ends. */
class Frames extends Reader {
  next(): Uint8Array | undefined {
    const start = this.at
    const length = this.whole()
    const from = this.at + 8
    this.at = start
    if (Number.isNaN(length) || from + length > this.bytes.length) return undefined
    const payload = this.bytes.slice(from, from + length)
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + from - 8, 8)
    if (sumsOf(payload).some((sum, i) => sum !== view.getUint32(4 * i, true))) return undefined
    this.at = from + length
    return payload
  }
}

function sumsOf(bytes: ArrayLike<number>): [number, number] {
  let [one, other] = [0x811c9dc5 ^ bytes.length, 0x9e3779b9]
  for (let i = 0; i < bytes.length; i++) {
    one = Math.imul(one ^ bytes[i]!, 0x01000193)
    other = Math.imul(other ^ bytes[i]!, 0x85ebca6b) ^ (other >>> 15)
  }
  return [one >>> 0, other >>> 0]
}
