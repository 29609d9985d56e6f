// One file, which begins with a graph (of nobody, at first) and goes on with the changes since. A checkpoint is another such
// file that takes its name: so graph and log change places at one moment, and nothing has to be numbered or emptied.

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

const FILE = 'graph'
const NEXT = 'graph.next'

/** A change, and how many vectors had drawn a level after it. */
interface Counted {
  readonly drawn: number
  readonly change: Change
}

export function openIndex(disk: Disk, graph: Graph, levelOf: (n: number) => number): DurableIndex {
  let drawn = 0
  if (disk.exists(NEXT)) disk.remove(NEXT)
  if (!disk.exists(FILE)) begin()
  disk.syncDirectory()
  const bytes = disk.read(FILE)
  const first = frameAt(bytes, 0)
  if (first === undefined) throw new Error('the checkpoint is damaged')
  let end = 0
  for (let frame: typeof first | undefined = first; frame !== undefined; frame = frameAt(bytes, end)) {
    graph.apply(frame.counted.change)
    drawn = frame.counted.drawn
    end = frame.end
  }
  disk.truncate(FILE, end)
  disk.sync(FILE)
  let hasFailed = false

  /** Puts a file in place of the one that there is, or was never. */
  function begin(): void {
    disk.create(NEXT)
    disk.append(NEXT, frameOf({ drawn, change: graph.snapshot() }))
    disk.sync(NEXT)
    disk.rename(NEXT, FILE)
    disk.syncDirectory()
  }

  function working<T>(work: () => T): T {
    if (hasFailed) throw new Error('the index has failed: open it again')
    hasFailed = true
    const answer = work()
    hasFailed = false
    return answer
  }

  function log(changes: readonly Uint8Array[]): void {
    disk.append(FILE, joined(changes))
    disk.sync(FILE)
  }

  return {
    insertAll(items) {
      working(() => {})
      const free = new Set(items.map(({ id }) => id))
      for (const { id, vector } of items) {
        graph.check(id, vector)
        if (!free.delete(id)) throw new RangeError(`id ${id} is there twice`)
      }
      if (items.length === 0) return
      working(() =>
        log(
          items.map(({ id, vector }) => frameOf({ change: graph.insert(id, vector, levelOf(drawn)), drawn: ++drawn })),
        ),
      )
    },
    delete: (id) =>
      working(() => {
        const change = graph.delete(id)
        if (change !== undefined) log([frameOf({ drawn, change })])
        return change !== undefined
      }),
    checkpoint: () => working(begin),
  }
}

// ---- frames: numbers of 32 bits, lowest byte first ---------------------------------------------------------------------

/** Length of what follows in bytes, and its checksum. */
const HEADER_BYTES = 8
const NOBODY = -1

function frameOf({ drawn, change: { put, gone, entry } }: Counted): Uint8Array {
  const words = [drawn, entry ?? NOBODY, gone.length, ...gone, put.length]
  for (const { id, links, vector } of put) {
    words.push(id, vector?.length ?? 0, links.length)
    if (vector !== undefined) for (const bits of new Uint32Array(vector.slice().buffer)) words.push(bits)
    for (const layer of links) {
      words.push(layer.length)
      for (const other of layer) words.push(other)
    }
  }
  const bytes = new Uint8Array(HEADER_BYTES + 4 * words.length)
  const view = new DataView(bytes.buffer)
  for (const [i, word] of words.entries()) view.setInt32(HEADER_BYTES + 4 * i, word, true)
  view.setUint32(0, 4 * words.length, true)
  view.setUint32(4, checksum(bytes.subarray(HEADER_BYTES)), true)
  return bytes
}

/** What begins there, and where it ends; undefined where nothing is whole. */
function frameAt(bytes: Uint8Array, at: number): { counted: Counted; end: number } | undefined {
  const from = at + HEADER_BYTES
  if (from > bytes.length) return undefined
  const header = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES)
  const end = from + header.getUint32(0, true)
  if (end > bytes.length) return undefined
  const payload = bytes.subarray(from, end)
  if (checksum(payload) !== header.getUint32(4, true)) return undefined
  return { counted: parsed(payload), end }
}

function parsed(payload: Uint8Array): Counted {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  let at = 0
  const place = () => {
    at += 4
    return at - 4
  }
  const next = () => view.getInt32(place(), true)
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const [drawn, entry] = [next(), next()]
  const gone = many(next(), next)
  const put = many(next(), (): Placed => {
    const [id, dimensions, layers] = [next(), next(), next()]
    const vector = Float32Array.from({ length: dimensions }, () => view.getFloat32(place(), true))
    const links = many(layers, () => many(next(), next))
    return dimensions === 0 ? { id, links } : { id, links, vector }
  })
  return { drawn, change: { put, gone, entry: entry === NOBODY ? undefined : entry } }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** CRC-32C, by a table for each value of a byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** It begins with the length's complement, so that zeros are no frame of nothing. */
function checksum(bytes: Uint8Array): number {
  let crc = ~bytes.length
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 255]!
  return crc >>> 0
}
