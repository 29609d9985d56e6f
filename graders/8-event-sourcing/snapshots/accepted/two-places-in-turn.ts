// Two files a stream, written in turn and in place, none renamed: whichever is whole and has the higher serial number is the
// newer one. A write that is cut off spoils the older of the two. So before it begins, the other one must be safe, and not
// only there to be read: a program that was killed leaves what was never synced, and a sync that failed is never made good.

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

interface Point<S> {
  readonly state: S
  readonly version: number
  readonly id: string
}

interface Slot<S> extends Point<S> {
  readonly stream: string
  readonly schema: string
  /** of the snapshots of a stream the highest is the newest, whatever its version */
  readonly serial: number
  /** 0 or 1: which file */
  readonly place: number
}

export function openSnapshots<S>(disk: Disk, log: EventLog, options: SnapshotsOptions<S>): Snapshots<S> {
  const { schema, every, initial, evolve } = options
  if (!(Number.isInteger(every) && every >= 1)) throw new RangeError(`every: ${every} is no number of events`)
  const first = JSON.stringify(initial)
  /** whether every file that there is has a name that a power failure leaves */
  let areNamesSafe = false

  return {
    load(stream) {
      const name = fileOf(stream)
      const slots = read(name, stream)
      for (const slot of slots) {
        const loaded = follow(stream, slot)
        if (loaded !== undefined) return finish(loaded, slot, slots)
      }
      const start = { state: JSON.parse(first) as S, version: 0, id: '' }
      return finish(follow(stream, start) ?? start, undefined, slots)

      function finish(loaded: Point<S>, from: Slot<S> | undefined, seen: readonly Slot<S>[]) {
        if (loaded.version - (from?.version ?? 0) >= every) write(name, stream, loaded, from, seen)
        return { state: loaded.state, version: loaded.version }
      }
    },
  }

  function follow(stream: string, { state, version, id }: Point<S>): Point<S> | undefined {
    let now = { state, version, id }
    let isChecked = version === 0
    for (const event of log.read(stream, version === 0 ? 0 : version - 1)) {
      if (isChecked) now = { state: evolve(now.state, event), version: event.version, id: event.id }
      else if (event.id !== id) return undefined
      isChecked = true
    }
    return isChecked ? now : undefined
  }

  /** Those that are whole and of these rules, the newest first. */
  function read(name: string, stream: string): Slot<S>[] {
    const slots: Slot<S>[] = []
    for (const place of [0, 1]) {
      try {
        if (!disk.exists(`${name}.${place}`)) continue
        const text = new TextDecoder().decode(disk.read(`${name}.${place}`))
        const end = text.indexOf('\n')
        const slot = { ...(JSON.parse(text.slice(end + 1)) as Slot<S>), place }
        const isWhole = end > 0 && text.slice(0, end) === sumOf(text.slice(end + 1))
        if (isWhole && slot.stream === stream && slot.schema === schema) slots.push(slot)
      } catch {
        // What is torn, or cannot be read, is not there.
      }
    }
    return slots.sort((a, b) => b.serial - a.serial)
  }

  function write(
    name: string,
    stream: string,
    { state, version, id }: Point<S>,
    from: Slot<S> | undefined,
    seen: readonly Slot<S>[],
  ): void {
    const now = read(name, stream)
    const isNew = (slot: Slot<S>) => !seen.some(({ serial, id }) => serial === slot.serial && id === slot.id)
    if (now.some((slot) => slot.version > version && isNew(slot))) return
    const kept = now.find((slot) => slot.serial === from?.serial) ?? now[0]
    const file = `${name}.${kept?.place === 0 ? 1 : 0}`
    const serial = (now[0]?.serial ?? 0) + 1
    const text = JSON.stringify({ stream, schema, version, id, serial, state })
    try {
      if (kept !== undefined) disk.sync(`${name}.${kept.place}`)
      if (!disk.exists(file)) {
        areNamesSafe = false
        disk.create(file)
      }
      disk.truncate(file, 0)
      disk.write(file, 0, new TextEncoder().encode(`${sumOf(text)}\n${text}`))
      disk.sync(file)
      if (!areNamesSafe) disk.syncDirectory()
      areNamesSafe = true
    } catch {
      try {
        // It can be read, and may be gone tomorrow: so it must not be what is kept while the other one is written.
        disk.truncate(file, 0)
      } catch {
        // Then the next sync of it fails as well, or tells the truth.
      }
    }
  }
}

/** 16 digits of two hashes; a number for the length, so that those of unlike lengths never meet. */
function fileOf(stream: string): string {
  return `s${sumOf(stream)}-${stream.length}`
}

/** FNV-1a, over characters and once more over them in another order of mixing. */
function sumOf(text: string): string {
  let one = 0x811c9dc5
  let two = 0x1b873593
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    one = Math.imul(one ^ char, 0x01000193)
    two = Math.imul(two, 0x5bd1e995) + char
    two ^= two >>> 13
  }
  return (one >>> 0).toString(16).padStart(8, '0') + (two >>> 0).toString(16).padStart(8, '0')
}
