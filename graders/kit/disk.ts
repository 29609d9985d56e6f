// The disk that a kata of kind `disk` writes to, as its stub sees it (`import type { Disk } from '#disk'`), and the model
// behind it: one directory of files, in which nothing is safe before it is synced. A workspace of its own gets a copy of
// this file, so it imports nothing. What a power failure may leave is worked out from the journal (disk/platter.ts).
//
// The model takes from real file systems what POSIX does not forbid and somebody has seen: T. S. Pillai et al., "All File
// Systems Are Not Created Equal" (ALICE), OSDI 2014; J. Mohan et al., "Finding Crash-Consistency Bugs with Bounded
// Black-Box Crash Testing" (CrashMonkey, ACE), OSDI 2018; A. Rebello et al., "Can Applications Recover from fsync
// Failures?", USENIX ATC 2020.

/**
 * One directory of files. Every call is done when it returns, and can be read back at once. That is all: what a power
 * failure leaves is another matter.
 *
 * - Bytes and length of a file are safe after {@link Disk.sync} of that file. Until then a power failure keeps any of the
 *   sectors written, and not the others, in any order; it may keep the length without the bytes (what was never written
 *   then reads as zeros or as noise) or the bytes without the length. One sector is written as a whole or not at all.
 * - Which files there are, and what they are called, is safe after {@link Disk.syncDirectory}. Until then creating,
 *   renaming and removing may be undone, each by itself. A rename happens or does not: it is never half done.
 * - The one makes nothing safe of the other.
 *
 * A name is 1 to 100 of the characters `A–Z a–z 0–9 . _ -`.
 *
 * @throws {DiskError} with `code` 'ENOENT' where there is no such file, 'EEXIST' where there is one already, 'EIO' where
 * the device fails; {RangeError} for a name, a position or a length that is none; {TypeError} for what are no bytes.
 * After an error nothing has changed, except after 'EIO': see {@link Disk.sync}.
 */
export interface Disk {
  /** Bytes in a sector, of which each is written as a whole: 512. */
  readonly sectorBytes: number
  /** Names of all files, sorted. */
  list(): string[]
  exists(name: string): boolean
  /** @returns bytes in the file */
  size(name: string): number
  /**
   * @param at from which byte on; 0 unless told
   * @param length how many bytes; up to the end of the file unless told
   * @returns a copy; shorter than asked where the file ends, empty behind its end
   */
  read(name: string, at?: number, length?: number): Uint8Array
  /** Makes an empty file. @throws 'EEXIST' */
  create(name: string): void
  /** Writes behind the last byte. @param bytes copied; @returns where they begin */
  append(name: string, bytes: Uint8Array): number
  /** Writes over what is there, and beyond the end; a gap between end and `at` reads as zeros. */
  write(name: string, at: number, bytes: Uint8Array): void
  /** Makes the file so many bytes long: what is behind is gone, what is new reads as zeros. */
  truncate(name: string, length: number): void
  /** Gives a file another name. A file that has that name is gone. */
  rename(from: string, to: string): void
  remove(name: string): void
  /**
   * Waits until all that was written to this file is safe, however much it is: dear, about as dear as writing a megabyte.
   *
   * @throws 'EIO' if the device fails: then what was written since the last sync may be safe or not, and **no later sync
   * of the same bytes will tell**: it finds nothing left to do. Only writing them again does.
   */
  sync(name: string): void
  /** Waits until all creating, renaming and removing is safe. As dear as `sync`. @throws 'EIO' as there */
  syncDirectory(): void
}

export type DiskErrorCode = 'ENOENT' | 'EEXIST' | 'EIO'

/** What a disk throws where it is not to blame for a mistake in its use. */
export interface DiskError extends Error {
  readonly code: DiskErrorCode
}

// ---- the model -------------------------------------------------------------------------------------------------------

/** A directory at rest: what is left after a power failure, and what a disk begins with. */
export type Image = ReadonlyMap<string, Uint8Array>

/** One call that changed something, or made something safe. `file` is a number that no other file has, ever. */
export type Entry =
  | { readonly what: 'create'; readonly name: string; readonly file: number }
  | { readonly what: 'rename'; readonly from: string; readonly to: string }
  | { readonly what: 'remove'; readonly name: string }
  | {
      readonly what: 'write'
      readonly name: string
      readonly file: number
      readonly at: number
      readonly bytes: Uint8Array
      /** bytes in the file before and after */
      readonly was: number
      readonly size: number
    }
  | {
      readonly what: 'truncate'
      readonly name: string
      readonly file: number
      readonly was: number
      readonly size: number
    }
  | { readonly what: 'sync'; readonly name: string; readonly file: number; readonly failed: boolean }
  | { readonly what: 'sync-directory'; readonly failed: boolean }

/** What the disk was asked to do so far. */
export interface DiskCounts {
  reads: number
  writes: number
  bytesRead: number
  bytesWritten: number
  syncs: number
  directorySyncs: number
  /** that syncs carried to the device, in whole sectors: what write amplification is about */
  bytesFlushed: number
}

export interface DiskOptions {
  /** what is on it at first, safe; nothing unless told */
  readonly image?: Image
  /** which syncs fail, counted from 0, those of the directory included */
  readonly failingSyncs?: readonly number[]
}

export interface SimulatedDisk {
  /** what a submission is given */
  readonly face: Disk
  readonly journal: readonly Entry[]
  readonly counts: Readonly<DiskCounts>
  /** what it began with */
  readonly image: Image
  /** what can be read now: what an orderly end would leave. Nothing in it changes any more. */
  now(): Image
}

/** Bytes in a sector. */
export const SECTOR = 512
const MAX_FILE_BYTES = 64 * 1024 * 1024
const NAME = /^[A-Za-z0-9._-]{1,100}$/

interface File {
  readonly id: number
  size: number
  /** the first `size` of them count; those behind are zero */
  bytes: Uint8Array
  /** bytes of somebody else: to be copied before the first change */
  shared: boolean
  /** sectors written since the last sync */
  dirty: Set<number>
}

/** A disk that behaves, and writes down what was done to it. */
export function simulatedDisk({ image = new Map(), failingSyncs = [] }: DiskOptions = {}): SimulatedDisk {
  const files = new Map<string, File>()
  let ids = 0
  for (const [name, bytes] of image)
    files.set(name, { id: ids++, size: bytes.length, bytes, shared: true, dirty: new Set() })
  const journal: Entry[] = []
  const counts: DiskCounts = {
    reads: 0,
    writes: 0,
    bytesRead: 0,
    bytesWritten: 0,
    syncs: 0,
    directorySyncs: 0,
    bytesFlushed: 0,
  }

  function fileOf(name: string): File {
    const file = files.get(checkedName(name))
    if (file === undefined) throw diskError('ENOENT', `there is no file ${name}`)
    return file
  }

  function put(name: string, file: File, at: number, given: Uint8Array): void {
    const bytes = new Uint8Array(given)
    const was = file.size
    const size = Math.max(was, at + bytes.length)
    if (size > MAX_FILE_BYTES) throw new RangeError(`a file holds at most ${MAX_FILE_BYTES} bytes`)
    counts.writes++
    counts.bytesWritten += bytes.length
    if (bytes.length === 0) return
    makeRoom(file, size)
    file.bytes.set(bytes, at)
    file.size = size
    for (let sector = Math.floor(at / SECTOR); sector * SECTOR < at + bytes.length; sector++) file.dirty.add(sector)
    journal.push({ what: 'write', name, file: file.id, at, bytes, was, size })
  }

  const fails = (): boolean => failingSyncs.includes(counts.syncs + counts.directorySyncs - 1)

  const face: Disk = Object.freeze({
    sectorBytes: SECTOR,
    list: () => [...files.keys()].sort(),
    exists: (name: string) => files.has(checkedName(name)),
    size: (name: string) => fileOf(name).size,
    read(name: string, at = 0, length?: number) {
      const file = fileOf(name)
      checkedCount(at, 'a position')
      const end = length === undefined ? file.size : Math.min(file.size, at + checkedCount(length, 'a length'))
      const bytes = file.bytes.slice(Math.min(at, file.size), Math.max(at, end))
      counts.reads++
      counts.bytesRead += bytes.length
      return bytes
    },
    create(name: string) {
      if (files.has(checkedName(name))) throw diskError('EEXIST', `there is a file ${name} already`)
      const file: File = { id: ids++, size: 0, bytes: new Uint8Array(SECTOR), shared: false, dirty: new Set() }
      files.set(name, file)
      journal.push({ what: 'create', name, file: file.id })
    },
    append(name: string, bytes: Uint8Array) {
      const file = fileOf(name)
      const at = file.size
      put(name, file, at, checkedBytes(bytes))
      return at
    },
    write(name: string, at: number, bytes: Uint8Array) {
      put(name, fileOf(name), checkedCount(at, 'a position'), checkedBytes(bytes))
    },
    truncate(name: string, length: number) {
      const file = fileOf(name)
      const was = file.size
      if (checkedCount(length, 'a length') > MAX_FILE_BYTES)
        throw new RangeError(`a file holds at most ${MAX_FILE_BYTES} bytes`)
      if (length === was) return
      makeRoom(file, length)
      if (length < was) file.bytes.fill(0, length)
      file.size = length
      journal.push({ what: 'truncate', name, file: file.id, was, size: length })
    },
    rename(from: string, to: string) {
      const file = fileOf(from)
      if (checkedName(to) === from) return
      files.delete(from)
      files.set(to, file)
      journal.push({ what: 'rename', from, to })
    },
    remove(name: string) {
      fileOf(name)
      files.delete(name)
      journal.push({ what: 'remove', name })
    },
    sync(name: string) {
      const file = fileOf(name)
      counts.syncs++
      const failed = fails()
      if (!failed) counts.bytesFlushed += file.dirty.size * SECTOR
      file.dirty.clear()
      journal.push({ what: 'sync', name, file: file.id, failed })
      if (failed) throw diskError('EIO', `the device failed to sync ${name}`)
    },
    syncDirectory() {
      counts.directorySyncs++
      const failed = fails()
      journal.push({ what: 'sync-directory', failed })
      if (failed) throw diskError('EIO', 'the device failed to sync the directory')
    },
  })
  return {
    face,
    journal,
    counts,
    image,
    now: () => new Map([...files].map(([name, { bytes, size }]) => [name, bytes.slice(0, size)])),
  }
}

/** Room for so many bytes that are the file's own; grows in powers of two, so that appending is cheap. */
function makeRoom(file: File, size: number): void {
  if (!file.shared && size <= file.bytes.length) return
  let room = Math.max(SECTOR, file.shared ? 0 : file.bytes.length)
  while (room < size) room *= 2
  const bytes = new Uint8Array(room)
  bytes.set(file.bytes.subarray(0, Math.min(file.size, room)))
  file.bytes = bytes
  file.shared = false
}

function diskError(code: DiskErrorCode, message: string): DiskError {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

function checkedName(name: string): string {
  if (typeof name !== 'string' || !NAME.test(name))
    throw new RangeError('a name is 1 to 100 of the characters A-Z a-z 0-9 . _ -')
  return name
}

function checkedCount(count: number, what: string): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${what} is a whole number of at least 0`)
  return count
}

function checkedBytes(bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('what is written is a Uint8Array')
  return bytes
}
