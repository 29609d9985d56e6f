// A folder on disk as a tree. Everything is looked at by lstat and opened without following a link; a repository is
// named and not walked, so that what its owner configured there is never near a program that would obey it.

import { constants, lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_ENTRIES } from './limits.ts'
import { type Entry, type Found, isIgnored, type Read, sift, type Tree } from './tree.ts'

/** @param perChild entries that are looked at below one child of the folder, so that no learner uses up another's */
export function folderTree(root: string, perChild = MAX_ENTRIES): Tree {
  const found: Found[] = []
  if (isRepository(root)) found.push({ name: '', is: 'repository', size: 0, place: root })
  if (!isBare(root))
    for (const name of names(root)) {
      if (typeof name === 'object') found.push({ name: '', is: 'unreadable', size: 0 })
      else {
        const budget = { left: perChild }
        walk(root, name, budget, found)
        if (budget.left <= 0) found.push({ name, is: 'too-many', size: 0 })
      }
    }
  const { entries, refused, folders } = sift(found)
  const places = new Map(entries.map((entry) => [entry.path, entry]))
  return {
    entries,
    refused,
    folders,
    readsAnywhere: true,
    async read(wanted, take) {
      for (const [path, maxBytes] of wanted) {
        const entry = places.get(path)
        if (entry !== undefined) await take(path, await readEntry(entry, maxBytes))
      }
    },
  }
}

function walk(root: string, name: string, budget: { left: number }, found: Found[]): void {
  if (isIgnored(name)) return
  if (--budget.left < 0) return
  const place = join(root, name)
  let stat: ReturnType<typeof lstatSync>
  try {
    stat = lstatSync(place)
  } catch {
    found.push({ name, is: 'unreadable', size: 0 })
    return
  }
  if (stat.isSymbolicLink()) found.push({ name, is: 'link', size: 0 })
  else if (stat.isFile()) found.push({ name, is: 'file', size: stat.size, place })
  else if (!stat.isDirectory()) found.push({ name, is: 'device', size: 0 })
  else {
    found.push({ name, is: 'folder', size: 0 })
    if (isRepository(place)) found.push({ name, is: 'repository', size: 0, place })
    if (isBare(place)) return
    for (const child of names(place)) {
      if (typeof child === 'object') found.push({ name, is: 'unreadable', size: 0 })
      else walk(root, `${name}/${child}`, budget, found)
    }
  }
}

/** Sorted, so that the same folder is the same intake everywhere. */
function names(folder: string): (string | { readonly why: unknown })[] {
  try {
    return readdirSync(folder).sort()
  } catch (why) {
    return [{ why }]
  }
}

export const isRepository = (folder: string): boolean => kindOf(join(folder, '.git')) !== undefined || isBare(folder)

/** What `git clone --bare` leaves. */
export const isBare = (folder: string): boolean =>
  kindOf(join(folder, 'HEAD')) === 'file' &&
  kindOf(join(folder, 'objects')) === 'folder' &&
  kindOf(join(folder, 'refs')) === 'folder'

export function kindOf(place: string): 'file' | 'folder' | 'other' | undefined {
  try {
    const stat = lstatSync(place, { throwIfNoEntry: false })
    return stat === undefined ? undefined : stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'
  } catch {
    return undefined
  }
}

async function readEntry(entry: Entry, maxBytes: number): Promise<Read> {
  if (entry.place === undefined) return { why: 'is not on disk' }
  return readPlace(entry.place, maxBytes)
}

/** Neither follows a link nor waits for a pipe, should the file have become one since it was looked at. */
export async function readPlace(place: string, maxBytes: number): Promise<Read> {
  try {
    const file = await open(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await file.stat()
      if (!stat.isFile()) return { why: 'is no ordinary file' }
      if (stat.size > maxBytes) return { why: tooLong(stat.size, maxBytes) }
      const bytes = Buffer.alloc(Math.min(stat.size + 1, maxBytes + 1))
      let length = 0
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
        if (bytesRead === 0) break
        length += bytesRead
        if (length === bytes.length) return { why: 'grew while it was read; run the command again' }
      }
      return { bytes: bytes.subarray(0, length) }
    } finally {
      await file.close()
    }
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` }
  }
}

export const tooLong = (size: number, maxBytes: number): string =>
  `has ${size.toLocaleString('en')} bytes, and at most ${maxBytes.toLocaleString('en')} are taken`
