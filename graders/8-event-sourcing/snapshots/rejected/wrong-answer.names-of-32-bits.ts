// breaks: Each stream has its own, whatever it is called
// because: names are hashed as Java does: of 77,000 streams two share a file, most likely, and take turns.

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

/** A state, and the event that it ends with. */
interface Point<S> {
  readonly state: S
  readonly version: number
  readonly id: string
}

interface Snapshot<S> extends Point<S> {
  readonly stream: string
  readonly schema: string
}

/** Of all streams: it is gone, or a rename away from being gone, before the next one is written. */
const NEW = 'new'
/** A checksum of what is behind it. */
const HEADER_BYTES = 4

export function openSnapshots<S>(disk: Disk, log: EventLog, options: SnapshotsOptions<S>): Snapshots<S> {
  const { schema, every, initial, evolve } = options
  if (!Number.isSafeInteger(every) || every < 1)
    throw new RangeError(`every must be a whole number of at least 1, not ${every}`)

  return { load }

  function load(stream: string): { readonly state: S; readonly version: number } {
    const found = find(stream)
    const replayed =
      (found === undefined ? undefined : replay(stream, found)) ??
      // Nothing to begin with is always of the log's history.
      replay(stream, { state: structuredClone(initial), version: 0, id: '' })!
    const { state, version, id, applied } = replayed
    if (applied >= every) keep({ stream, schema, version, id, state }, found)
    return { state, version }
  }

  /** @returns undefined if the log has not, or no longer, the event that `from` ends with */
  function replay(stream: string, from: Point<S>): (Point<S> & { readonly applied: number }) | undefined {
    let { state, version, id } = from
    let isOfThisHistory = version === 0
    for (const event of log.read(stream, Math.max(version - 1, 0))) {
      if (isOfThisHistory) {
        state = evolve(state, event)
        version = event.version
        id = event.id
      } else if (event.id === id) isOfThisHistory = true
      else break
    }
    return isOfThisHistory ? { state, version, id, applied: version - from.version } : undefined
  }

  function find(stream: string): Snapshot<S> | undefined {
    try {
      const name = nameOf(stream)
      if (!disk.exists(name)) return undefined
      const snapshot = JSON.parse(new TextDecoder().decode(checked(disk.read(name)))) as Snapshot<S>
      return snapshot.stream === stream && snapshot.schema === schema ? snapshot : undefined
    } catch {
      // Damaged, or the disk is: that costs time, as if there were none.
      return undefined
    }
  }

  /** @param found what this load found when it began, and then used or passed over */
  function keep(snapshot: Snapshot<S>, found: Snapshot<S> | undefined): void {
    const rival = find(snapshot.stream)
    // Somebody else was here while this one read the log. (What this one passed over is no rival, however high its version.)
    if (rival !== undefined && rival.id !== found?.id && rival.version > snapshot.version) return
    try {
      // Of somebody who was cut off; what it holds, and whether a sync of it would be one, nobody knows.
      if (disk.exists(NEW)) disk.remove(NEW)
      disk.create(NEW)
      disk.append(NEW, withChecksum(new TextEncoder().encode(JSON.stringify(snapshot))))
      disk.sync(NEW)
      disk.rename(NEW, nameOf(snapshot.stream))
      disk.syncDirectory()
    } catch {
      // Nobody waits for a snapshot: the next load has as much to apply, and tries again.
    }
  }
}

function nameOf(stream: string): string {
  let hash = 0
  for (let i = 0; i < stream.length; i++) hash = (Math.imul(31, hash) + stream.charCodeAt(i)) | 0
  return `${(hash >>> 0).toString(16)}.snapshot`
}

function withChecksum(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length)
  new DataView(bytes.buffer).setUint32(0, checksum(payload))
  bytes.set(payload, HEADER_BYTES)
  return bytes
}

/** @throws {RangeError} if it is damaged */
function checked(bytes: Uint8Array): Uint8Array {
  const payload = bytes.subarray(HEADER_BYTES)
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== checksum(payload)) throw new RangeError('damaged')
  return payload
}

/** CRC-32C, by a table for each value of a byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

function checksum(payload: Uint8Array): number {
  let crc = ~0
  for (const byte of payload) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!
  return ~crc >>> 0
}
