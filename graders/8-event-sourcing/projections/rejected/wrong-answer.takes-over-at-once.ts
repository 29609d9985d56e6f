// breaks: The old version answers until the new one has seen everything
// breaks: What was shown is not taken back, wherever the power failed
// breaks: An event that cannot be applied stops its version in front of it, and no other
// breaks: After a sync that failed nothing of it is shown, and nothing more is taken
// because: the new version takes over when it is begun: whoever asks meanwhile is told that there are no rows.

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface StoredEvent {
  readonly position: number
  readonly type: string
  readonly data: Json
}

export interface Feed {
  read(after: number, limit: number): readonly StoredEvent[]
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void
}

export type Change = readonly [key: string, row: Json | undefined]

export interface Definition {
  readonly version: number
  apply(event: StoredEvent, get: (key: string) => Json | undefined): readonly Change[]
}

export interface Standing {
  readonly version: number
  readonly position: number
  readonly stopped: string | undefined
}

export interface Projection {
  get(key: string): Json | undefined
  status(): readonly Standing[]
  follow(feed: Feed, batch?: number): () => void
}

const SERVING = 'serving'
const BUILDING = 'building'
const REWRITTEN = 'rewritten'
/** Rows that a log may hold beyond twice those that there are. */
const SLACK_ROWS = 16
/** Length and checksum, 32 bits each, lowest byte first. */
const HEADER_BYTES = 8

interface Model {
  readonly version: number
  file: string
  position: number
  readonly rows: Map<string, Json>
  /** in its log; a frame without any counts as one */
  rowsLogged: number
  stopped: string | undefined
}

interface Frame {
  readonly version: number
  readonly position: number
  /** a key alone: there is no such row any more */
  readonly changes: readonly (readonly [key: string, row: Json] | readonly [key: string])[]
}

export function openProjection(disk: Disk, definitions: readonly Definition[]): Projection {
  const byVersion = new Map<number, Definition>()
  for (const definition of definitions) {
    const { version } = definition
    if (!Number.isSafeInteger(version) || version < 1)
      throw new RangeError(`version must be a whole number of at least 1, not ${version}`)
    if (byVersion.has(version)) throw new RangeError(`definitions must be of one version each, not two of ${version}`)
    byVersion.set(version, definition)
  }
  const wanted = definitions.at(-1)?.version
  if (wanted === undefined) throw new RangeError('definitions must be at least one')
  return new Projecting(disk, byVersion, wanted)
}

class Projecting implements Projection {
  readonly #disk: Disk
  readonly #definitions: ReadonlyMap<number, Definition>
  #serving: Model
  #building: Model | undefined
  #isRunning = false
  #isTold = false

  constructor(disk: Disk, definitions: ReadonlyMap<number, Definition>, wanted: number) {
    this.#disk = disk
    this.#definitions = definitions
    if (disk.exists(REWRITTEN)) disk.remove(REWRITTEN)
    this.#serving = this.#load(SERVING) ?? this.#begin(SERVING, wanted)
    if (!definitions.has(this.#serving.version)) this.#serving.stopped = 'its definition is not known'
    const begun = this.#load(BUILDING)
    if (this.#serving.version !== wanted)
      this.#building = begun?.version === wanted ? begun : this.#begin(BUILDING, wanted)
    else if (disk.exists(BUILDING)) disk.remove(BUILDING)
    // At each opening: a program that was killed may have renamed, and not come to this.
    disk.syncDirectory()
  }

  get(key: string): Json | undefined {
    return this.#serving.rows.get(key)
  }

  status(): readonly Standing[] {
    const models = this.#building === undefined ? [this.#serving] : [this.#serving, this.#building]
    return models.map(({ version, position, stopped }) => ({ version, position, stopped }))
  }

  follow(feed: Feed, batch = 64): () => void {
    if (!Number.isSafeInteger(batch) || batch < 1)
      throw new RangeError(`batch must be a whole number of at least 1, not ${batch}`)
    // Before the first read: whatever is appended after a read is told.
    const end = feed.subscribe(() => this.#run(feed, batch))
    this.#run(feed, batch)
    return end
  }

  /** Reads until there is nothing new. Whoever is told of more meanwhile leaves it to the loop that is running. */
  #run(feed: Feed, batch: number): void {
    this.#isTold = true
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      while (this.#isTold) {
        this.#isTold = false
        while (this.#advance(this.#serving, feed, batch));
        const next = this.#building
        if (next === undefined) continue
        this.#takeOver(next)
        this.#isTold = true
      }
    } catch (error) {
      // A second sync would find nothing left to write, and say that all is well.
      for (const model of [this.#serving, this.#building])
        if (model !== undefined) model.stopped = (error as Error).message
    }
    this.#isRunning = false
  }

  /** Takes in one batch. @returns whether there was anything new, and may be more */
  #advance(model: Model, feed: Feed, batch: number): boolean {
    const definition = this.#definitions.get(model.version)
    if (definition === undefined || model.stopped !== undefined) return false
    const changes = new Map<string, Json | undefined>()
    const get = (key: string) => (changes.has(key) ? changes.get(key) : model.rows.get(key))
    let { position } = model
    let stopped: string | undefined
    for (const event of feed.read(position, batch)) {
      if (event.position <= position) continue
      try {
        for (const [key, row] of definition.apply(event, get)) changes.set(key, row)
      } catch (error) {
        stopped = `event ${event.position}: ${(error as Error).message}`
        break
      }
      position = event.position
    }
    const isNew = position > model.position
    if (isNew) this.#save(model, position, changes)
    model.stopped = stopped
    return isNew
  }

  #save(model: Model, position: number, changes: ReadonlyMap<string, Json | undefined>): void {
    this.#append(model.file, { version: model.version, position, changes: [...changes].map(changeOf) })
    this.#disk.sync(model.file)
    model.position = position
    for (const [key, row] of changes)
      if (row === undefined) model.rows.delete(key)
      else model.rows.set(key, row)
    model.rowsLogged += Math.max(1, changes.size)
    if (model.rowsLogged > 2 * model.rows.size + SLACK_ROWS) this.#rewrite(model)
  }

  /** The rows as they are, in one frame, in place of all that led to them. */
  #rewrite(model: Model): void {
    const { version, position, rows, file } = model
    this.#disk.create(REWRITTEN)
    this.#append(REWRITTEN, { version, position, changes: [...rows] })
    this.#disk.sync(REWRITTEN)
    this.#disk.rename(REWRITTEN, file)
    this.#disk.syncDirectory()
    model.rowsLogged = rows.size
  }

  #takeOver(next: Model): void {
    this.#disk.rename(BUILDING, SERVING)
    this.#disk.syncDirectory()
    next.file = SERVING
    this.#serving = next
    this.#building = undefined
  }

  #begin(file: string, version: number): Model {
    if (this.#disk.exists(file)) this.#disk.remove(file)
    this.#disk.create(file)
    this.#append(file, { version, position: 0, changes: [] })
    this.#disk.sync(file)
    return { version, file, position: 0, rows: new Map(), rowsLogged: 1, stopped: undefined }
  }

  /** @returns undefined where there is no such file, or not even its beginning was safe */
  #load(file: string): Model | undefined {
    if (!this.#disk.exists(file)) return undefined
    const bytes = this.#disk.read(file)
    let model: Model | undefined
    let end = 0
    for (let payload = frameAt(bytes, end); payload !== undefined; payload = frameAt(bytes, end)) {
      const { version, position, changes } = JSON.parse(new TextDecoder().decode(payload)) as Frame
      model ??= { version, file, position, rows: new Map(), rowsLogged: 0, stopped: undefined }
      model.position = position
      for (const [key, row] of changes)
        if (row === undefined) model.rows.delete(key)
        else model.rows.set(key, row)
      model.rowsLogged += Math.max(1, changes.length)
      end += HEADER_BYTES + payload.length
    }
    // Otherwise a frame behind the damage, whole by chance, would follow on what is written next.
    this.#disk.truncate(file, end)
    // Of a program that was killed there may be frames that were written and never synced. They have been read; so from here
    // on they are shown, and must be safe.
    this.#disk.sync(file)
    return model
  }

  #append(file: string, frame: Frame): void {
    this.#disk.append(file, frameOf(new TextEncoder().encode(JSON.stringify(frame))))
  }
}

function changeOf([key, row]: Change): Frame['changes'][number] {
  return row === undefined ? [key] : [key, row]
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
