// A tar, plain or compressed by gzip, as a tree: read as a stream, once for the list and once for what is wanted, so
// that nothing but a wanted file is ever held. Nothing is unpacked to disk.

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { tooLong } from './folder-tree.ts'
import { MAX_RATIO, MIN_BOMB_BYTES } from './limits.ts'
import { type Found, type Read, sift, type Tree } from './tree.ts'
import { readableOf, reason, type Source, tooMany } from './zip-tree.ts'

export interface TarLimits {
  readonly entries: number
  readonly unpackedBytes: number
}

/** What ends the reading of an archive, as a sentence about it. */
class Damaged extends Error {}

const KINDS: Readonly<Record<string, Found['is']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  GNUDumpDir: 'folder',
  SymbolicLink: 'link',
  Link: 'hard-link',
  CharacterDevice: 'device',
  BlockDevice: 'device',
  FIFO: 'device',
}

/** A bound on names and attributes: longer ones are made to fill the memory of whoever reads them. */
const MAX_HEADER_BYTES = 64 * 1024

export async function tarTree(
  source: Source,
  gzip: boolean,
  limits: TarLimits,
): Promise<Tree | { readonly why: string }> {
  const found: Found[] = []
  try {
    await pass(source, gzip, limits, (entry) => {
      found.push({ name: entry.path, is: KINDS[entry.type] ?? 'unreadable', size: entry.size })
      if (found.length > limits.entries) throw new Damaged(tooMany(found.length, limits.entries))
      return 0
    })
  } catch (error) {
    if (error instanceof Damaged) return { why: error.message }
    return { why: `is no tar that can be read (${reason(error)})` }
  }
  const { entries, refused, folders } = sift(found)
  return {
    entries,
    refused,
    folders,
    async read(wanted, take) {
      const left = new Set(entries.filter(({ path }) => wanted.has(path)).map(({ path }) => path))
      const pathOf = (entry: ReadEntry): string | undefined =>
        sift([{ name: entry.path, is: KINDS[entry.type] ?? 'unreadable', size: 0 }]).entries[0]?.path
      await pass(
        source,
        gzip,
        limits,
        (entry) => {
          const path = pathOf(entry)
          return path !== undefined && left.has(path) ? (wanted.get(path) ?? 0) : 0
        },
        async (entry, read) => {
          const path = pathOf(entry)
          if (path !== undefined && left.delete(path)) await take(path, read)
        },
      )
    },
  }
}

/** @param limitOf how much of an entry is kept; 0 skips it */
async function pass(
  source: Source,
  gzip: boolean,
  limits: TarLimits,
  limitOf: (entry: ReadEntry) => number,
  take?: (entry: ReadEntry, read: Read) => Promise<void>,
): Promise<void> {
  const done: { readonly entry: ReadEntry; readonly read: Read }[] = []
  let damage: Error | undefined
  const parser = new Parser({
    maxMetaEntrySize: MAX_HEADER_BYTES,
    // It would undo any compression that it meets; ours is the one that counts what comes out.
    zstd: false,
    onwarn: (code, message) => {
      damage ??= new Damaged(`is a damaged tar (${code}: ${reason(message)})`)
    },
    onReadEntry: (entry) => {
      try {
        const maxBytes = limitOf(entry)
        if (maxBytes > 0 && take !== undefined) keep(entry, maxBytes, (read) => done.push({ entry, read }))
      } catch (error) {
        damage ??= error as Error
      }
      entry.resume()
    },
  })
  parser.on('error', (error: Error) => {
    damage ??= new Damaged(`is a damaged tar (${reason(error)})`)
  })
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    if (entry.meta) damage ??= new Damaged('has a header that is longer than any name (made to fill memory)')
    else if (limitOf(entry) > 0) damage ??= new Damaged('has an entry of an unknown kind')
  })
  for await (const chunk of unpacked(source, gzip, limits)) {
    parser.write(chunk)
    if (damage !== undefined) throw damage
    for (const { entry, read } of done.splice(0)) await take?.(entry, read)
  }
  await new Promise<void>((resolve) => {
    parser.on('end', resolve)
    parser.end()
  })
  if (damage !== undefined) throw damage
  for (const { entry, read } of done.splice(0)) await take?.(entry, read)
}

function keep(entry: ReadEntry, maxBytes: number, ready: (read: Read) => void): void {
  if (entry.size > maxBytes) {
    ready({ why: tooLong(entry.size, maxBytes) })
    return
  }
  const chunks: Uint8Array[] = []
  entry.on('data', (chunk: Uint8Array) => chunks.push(Buffer.from(chunk)))
  entry.on('end', () => ready({ bytes: Buffer.concat(chunks) }))
}

/** Uncompressed bytes, never more than a limit, and never what a second layer of compression would hide. */
async function* unpacked(source: Source, gzip: boolean, limits: TarLimits): AsyncGenerator<Buffer> {
  let compressed = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of readableOf(source)) {
      compressed += chunk.length
      yield chunk
    }
  }
  let total = 0
  const packed = Readable.from(counted())
  const gunzip = createGunzip({ chunkSize: 64 * 1024 })
  const plain: AsyncIterable<Uint8Array> = gzip ? packed.pipe(gunzip) : packed
  packed.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of plain) {
      if (total === 0 && chunk[0] === 0x1f && chunk[1] === 0x8b) throw new Damaged('is compressed more than once')
      if (total === 0 && chunk.length < 512) throw new Damaged('is no tar (it is too short)')
      total += chunk.length
      if (total > limits.unpackedBytes)
        throw new Damaged(`comes to more than ${limits.unpackedBytes.toLocaleString('en')} bytes when it is unpacked`)
      if (gzip && total > MIN_BOMB_BYTES && total > compressed * MAX_RATIO)
        throw new Damaged('is compressed as no source text is (a "zip bomb"), and was not unpacked')
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    }
  } catch (error) {
    if (error instanceof Damaged) throw error
    throw new Damaged(`is damaged (${reason(error)})`)
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}
