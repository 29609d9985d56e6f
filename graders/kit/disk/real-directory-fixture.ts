// The disk of `../disk.ts` over a real directory, by node:fs: for tests that hold the model to what it is a model of.

import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Disk, type DiskErrorCode, SECTOR } from '../disk.ts'

/** @param folder that exists, and that nobody else writes to */
export function realDirectory(folder: string): Disk {
  const pathOf = (name: string): string => {
    if (!/^[A-Za-z0-9._-]{1,100}$/.test(name) || name === '.' || name === '..') throw new RangeError('a name is none')
    return join(folder, name)
  }
  /** Opens a file that is there, and closes it again whatever comes. */
  function withFile<T>(name: string, flags: string, use: (fd: number) => T): T {
    const fd = openSync(pathOf(name), flags)
    try {
      return use(fd)
    } finally {
      closeSync(fd)
    }
  }
  function writeAll(fd: number, bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done)
  }
  const size = (name: string): number => statSync(pathOf(name)).size

  return {
    sectorBytes: SECTOR,
    list: () => readdirSync(folder).sort(),
    exists: (name) => existsSync(pathOf(name)),
    size,
    read(name, at = 0, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(size(name) - at, length ?? Number.POSITIVE_INFINITY)))
      return withFile(name, 'r', (fd) => {
        let done = 0
        while (done < bytes.length) {
          const read = readSync(fd, bytes, done, bytes.length - done, at + done)
          if (read === 0) break
          done += read
        }
        return bytes.subarray(0, done)
      })
    },
    create: (name) => closeSync(openSync(pathOf(name), 'wx')),
    append(name, bytes) {
      const at = size(name)
      withFile(name, 'r+', (fd) => writeAll(fd, bytes, at))
      return at
    },
    write: (name, at, bytes) => withFile(name, 'r+', (fd) => writeAll(fd, bytes, at)),
    truncate: (name, length) => withFile(name, 'r+', (fd) => ftruncateSync(fd, length)),
    rename: (from, to) => renameSync(pathOf(from), pathOf(to)),
    remove: (name) => rmSync(pathOf(name)),
    sync: (name) => withFile(name, 'r+', fsyncSync),
    syncDirectory() {
      const fd = openSync(folder, 'r')
      try {
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
    },
  }
}

/** What a call came to, in words that both disks have in common. */
export function outcome(call: () => unknown): unknown {
  try {
    const value = call()
    return value instanceof Uint8Array ? [...value] : value
  } catch (error) {
    return (error as { code?: DiskErrorCode }).code ?? (error as Error).name
  }
}
