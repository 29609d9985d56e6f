// What a power failure may leave. A platter follows a disk's journal, entry by entry: it holds what is safe, and knows of
// each further write what it hangs on. Any choice of what else arrived makes an image.
//
// A write is taken apart into the sectors that it touches and the length that it gives the file. Each arrives or does not,
// but in one sector, in one file's length, and under one name, what came later does not arrive without what came before:
// a cache writes back a sector as it is, and not a part of its history (`world/disk.ts` has the same rule for its log).

import { type Entry, type Image, SECTOR } from '../disk.ts'
import { survivors } from './survivors.ts'

/** One thing that arrives on the platter as a whole, or does not. */
export interface Effect {
  /** which entry of the journal it is of */
  readonly entry: number
  readonly what: 'sector' | 'length' | 'name'
  /** which file; -1 for a name */
  readonly file: number
  /** what must not be lost before it; see above */
  readonly chains: readonly string[]
  /** which sector of the file; -1 for others */
  readonly sector: number
  /** a sync that failed has seen it: none that comes later will write it */
  forgotten: boolean
}

/** How what was never written reads, where a length has arrived without its bytes. */
export type Fill = 'zeros' | 'noise'

export interface Left {
  readonly image: Image
  /** by place in `pending`: whether it did not arrive */
  readonly lost: readonly boolean[]
  /** whether a length has arrived without its bytes: only then does it matter how they read */
  readonly hasHoles: boolean
}

export interface Platter {
  /** Follows the journal by one entry. */
  follow(entry: Entry, index: number): void
  /** what is not safe yet, oldest first */
  readonly pending: readonly Effect[]
  /** @param isKept by place in `pending`; what hangs on something lost is lost as well */
  left(isKept: (place: number) => boolean, fill: Fill): Left
}

interface Stored {
  size: number
  bytes: Uint8Array
  /** sectors that were ever written */
  readonly written: Set<number>
  /** bytes that somebody else looks at: to be copied before the first change */
  shared: boolean
}

export function platter(image: Image, journal: readonly Entry[]): Platter {
  const names = new Map<string, number>()
  const files = new Map<number, Stored>()
  let pending: Effect[] = []
  for (const [name, bytes] of image) {
    names.set(name, files.size)
    const written = new Set(Array.from({ length: Math.ceil(bytes.length / SECTOR) }, (_, i) => i))
    files.set(files.size, { size: bytes.length, bytes, written, shared: true })
  }

  const settle = (effect: Effect): void =>
    effect.what === 'name'
      ? nameEffect(names, journal[effect.entry] as Entry)
      : fileEffect(storedIn(files, effect.file), effect, journal[effect.entry] as Entry)

  return {
    follow(entry, index) {
      if (entry.what === 'sync') syncFile(entry.file, entry.failed)
      else if (entry.what === 'sync-directory') syncNames(entry.failed)
      else pending.push(...effectsOf(entry, index))
    },
    get pending() {
      return pending
    },
    left(isKept, fill) {
      const kept: Effect[] = []
      const lost = survivors(pending, isKept, chainsOf, (effect) => kept.push(effect))
      const namesLeft = new Map(names)
      const filesLeft = new Map<number, Stored>()
      const touched = (id: number): Stored => {
        const known = filesLeft.get(id)
        if (known !== undefined) return known
        const { size, bytes, written } = storedIn(files, id)
        const copy = { size, bytes, written: new Set(written), shared: true }
        filesLeft.set(id, copy)
        return copy
      }
      for (const effect of kept) {
        const entry = journal[effect.entry] as Entry
        if (effect.what === 'name') nameEffect(namesLeft, entry)
        else fileEffect(touched(effect.file), effect, entry)
      }
      let hasHoles = false
      for (const [place, { what, file, sector }] of pending.entries()) {
        if (what !== 'sector' || lost[place] !== true) continue
        const stored = filesLeft.get(file)
        if (stored === undefined || stored.written.has(sector) || sector * SECTOR >= stored.size) continue
        hasHoles = true
        if (fill === 'noise') noise(stored, file, sector)
      }
      const image = new Map<string, Uint8Array>()
      for (const [name, id] of namesLeft) {
        const stored = filesLeft.get(id) ?? storedIn(files, id)
        stored.shared = true
        image.set(name, stored.bytes.subarray(0, stored.size))
      }
      return { image, lost, hasHoles }
    },
  }

  function syncFile(file: number, failed: boolean): void {
    const ofIt = (effect: Effect) => effect.file === file
    if (failed) {
      for (const effect of pending) if (ofIt(effect)) effect.forgotten = true
      return
    }
    // What a failed sync forgot goes along where something written since makes its sector, or the length, dirty again.
    const dirty = new Set(pending.filter((one) => ofIt(one) && !one.forgotten).flatMap(chainsOf))
    pending = partition(pending, (one) => ofIt(one) && one.chains.some((chain) => dirty.has(chain)), settle)
  }

  function syncNames(failed: boolean): void {
    // A directory is metadata: a file system keeps it in memory, and writes it anew with the next sync that succeeds.
    if (!failed) pending = partition(pending, ({ what }) => what === 'name', settle)
  }
}

const chainsOf = ({ chains }: Effect): readonly string[] => chains

/** Hands those to `take` that it is true of. @returns the rest */
function partition(all: readonly Effect[], of: (one: Effect) => boolean, take: (one: Effect) => void): Effect[] {
  const rest: Effect[] = []
  for (const one of all)
    if (of(one)) take(one)
    else rest.push(one)
  return rest
}

function storedIn(files: Map<number, Stored>, id: number): Stored {
  const known = files.get(id)
  if (known !== undefined) return known
  const made = { size: 0, bytes: new Uint8Array(0), written: new Set<number>(), shared: false }
  files.set(id, made)
  return made
}

function effectsOf(entry: Entry, index: number): Effect[] {
  const effect = (what: Effect['what'], file: number, chains: readonly string[], sector = -1): Effect => ({
    entry: index,
    what,
    file,
    chains,
    sector,
    forgotten: false,
  })
  switch (entry.what) {
    case 'create':
    case 'remove':
      return [effect('name', -1, [entry.name])]
    case 'rename':
      return [effect('name', -1, [entry.from, entry.to])]
    case 'write': {
      const { file, at, bytes, was, size } = entry
      const effects: Effect[] = []
      for (let sector = Math.floor(at / SECTOR); sector * SECTOR < at + bytes.length; sector++)
        effects.push(effect('sector', file, [`${file}:${sector}`], sector))
      if (size > was) effects.push(effect('length', file, [`${file}`]))
      return effects
    }
    case 'truncate': {
      const { file, was, size } = entry
      const chains = [`${file}`]
      for (let sector = Math.floor(size / SECTOR); sector * SECTOR < was; sector++) chains.push(`${file}:${sector}`)
      return [effect('length', file, chains)]
    }
    default:
      return []
  }
}

function nameEffect(names: Map<string, number>, entry: Entry): void {
  if (entry.what === 'create') names.set(entry.name, entry.file)
  else if (entry.what === 'remove') names.delete(entry.name)
  else if (entry.what === 'rename') {
    const file = names.get(entry.from)
    names.delete(entry.from)
    if (file !== undefined) names.set(entry.to, file)
  }
}

function fileEffect(stored: Stored, { what, sector }: Effect, entry: Entry): void {
  if (entry.what === 'truncate') {
    if (entry.size < stored.size) {
      room(stored, stored.size).fill(0, entry.size)
      for (const one of stored.written) if (one * SECTOR >= entry.size) stored.written.delete(one)
    }
    stored.size = entry.size
    room(stored, stored.size)
  } else if (entry.what === 'write' && what === 'length') {
    stored.size = entry.size
    room(stored, stored.size)
  } else if (entry.what === 'write') {
    const from = Math.max(entry.at, sector * SECTOR)
    const to = Math.min(entry.at + entry.bytes.length, (sector + 1) * SECTOR)
    room(stored, to).set(entry.bytes.subarray(from - entry.at, to - entry.at), from)
    stored.written.add(sector)
  }
}

/** Bytes of its own to write to, that many at least. */
function room(stored: Stored, size: number): Uint8Array {
  if (stored.shared || stored.bytes.length < size) {
    const bytes = new Uint8Array(Math.max(stored.bytes.length, Math.ceil(size / SECTOR) * SECTOR))
    bytes.set(stored.bytes)
    stored.bytes = bytes
    stored.shared = false
  }
  return stored.bytes
}

/** What an earlier owner of the sector left there: the same each time, and never all zeros. */
function noise(stored: Stored, file: number, sector: number): void {
  const { size } = stored
  const bytes = room(stored, size)
  let state = (file * 0x9e3779b9 + sector * 0x85ebca6b + 1) | 0
  for (let at = sector * SECTOR; at < Math.min(size, (sector + 1) * SECTOR); at++) {
    state = (Math.imul(state, 0x5bd1e995) + 0x3c6ef372) | 0
    bytes[at] = (state >>> 24) | 1
  }
}
