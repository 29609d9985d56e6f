// A zip as a tree, without unpacking it: only the wanted entries are ever inflated, each up to its limit. The central
// directory decides; what would make two readers see two different archives is refused.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { fromBufferPromise, openPromise, type Entry as ZipEntry, type ZipFile } from 'yauzl'
import { tooLong } from './folder-tree.ts'
import { MAX_RATIO, MIN_BOMB_BYTES } from './limits.ts'
import { type Found, type Read, sift, type Tree } from './tree.ts'

/** Bytes on disk, or bytes in memory. */
export type Source = { readonly place: string } | { readonly bytes: Buffer }

export const readableOf = (source: Source): AsyncIterable<Uint8Array> =>
  'place' in source ? createReadStream(source.place, { highWaterMark: 256 * 1024 }) : slices(source.bytes)

async function* slices(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 256 * 1024) yield bytes.subarray(at, at + 256 * 1024)
}

const FIRST_HEADER_BYTES = 30
const UNIX = 3
const MODE_OF = { folder: 0o040000, file: 0o100000, link: 0o120000, kinds: 0o170000 } as const

export async function zipTree(source: Source, maxEntries: number): Promise<Tree | { readonly why: string }> {
  try {
    return await listed(source, maxEntries)
  } catch (error) {
    return { why: `is no zip that can be read (${reason(error)})` }
  }
}

async function listed(source: Source, maxEntries: number): Promise<Tree | { readonly why: string }> {
  const found: Found[] = []
  const spans: { readonly from: number; readonly to: number }[] = []
  const zip = await openZip(source)
  try {
    if (zip.entryCount > maxEntries) return { why: tooMany(zip.entryCount, maxEntries) }
    for await (const entry of zip.eachEntry()) {
      found.push({ name: nameOf(entry), is: kindOf(entry), size: entry.uncompressedSize })
      const from = entry.relativeOffsetOfLocalHeader
      spans.push({ from, to: from + FIRST_HEADER_BYTES + entry.fileNameLength + entry.compressedSize })
    }
  } finally {
    zip.close()
  }
  // One piece of data that serves many entries is how a bomb of any size is made without a nested archive.
  spans.sort((a, b) => a.from - b.from)
  if (spans.some(({ to }, at) => to > (spans[at + 1]?.from ?? Number.POSITIVE_INFINITY)))
    return { why: 'has entries that share their data (a "zip bomb"), and was not opened' }
  const { entries, refused, folders } = sift(found)
  return {
    entries,
    refused,
    folders,
    async read(wanted, take) {
      const names = new Map(entries.filter(({ path }) => wanted.has(path)).map(({ path }) => [path, true]))
      const again = await openZip(source)
      try {
        for await (const entry of again.eachEntry()) {
          const path = sift([{ name: nameOf(entry), is: kindOf(entry), size: 0 }]).entries[0]?.path
          if (path !== undefined && names.delete(path))
            await take(path, await inflate(again, entry, wanted.get(path) ?? 0))
        }
      } finally {
        again.close()
      }
    },
  }
}

const openZip = (source: Source): Promise<ZipFile> => {
  // We judge names ourselves: one bad name is then one entry that is not taken, and not the end of the archive.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true }
  return 'place' in source ? openPromise(source.place, options) : fromBufferPromise(source.bytes, options)
}

/** Old archives name no encoding. Stub files are ASCII, so a wrong guess costs at most how a learner's folder reads. */
function nameOf(entry: ZipEntry): string {
  const text = new TextDecoder('utf-8').decode(entry.fileNameRaw)
  return text.includes('\ufffd') ? entry.fileNameRaw.toString('latin1').replace(/[\x80-\x9f]/g, '_') : text
}

function kindOf(entry: ZipEntry): Found['is'] {
  const mode = entry.versionMadeBy >> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & MODE_OF.kinds : 0
  const name = entry.fileNameRaw
  if (mode === MODE_OF.link) return 'link'
  if (mode !== 0 && mode !== MODE_OF.folder && mode !== MODE_OF.file) return 'device'
  if (mode === MODE_OF.folder || name.at(-1) === 0x2f) return 'folder'
  if (entry.isEncrypted()) return 'encrypted'
  return isBomb(entry) ? 'bomb' : entry.canDecodeFileData() ? 'file' : 'unreadable'
}

const isBomb = ({ uncompressedSize, compressedSize }: ZipEntry): boolean =>
  uncompressedSize > MIN_BOMB_BYTES && uncompressedSize > compressedSize * MAX_RATIO

async function inflate(zip: ZipFile, entry: ZipEntry, maxBytes: number): Promise<Read> {
  if (entry.uncompressedSize > maxBytes) return { why: tooLong(entry.uncompressedSize, maxBytes) }
  let stream: Readable | undefined
  try {
    stream = await zip.openReadStreamPromise(entry)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length
      // The size above is a claim, and claims are checked.
      if (length > entry.uncompressedSize || length > maxBytes) return { why: 'is longer than its archive says' }
      chunks.push(chunk)
    }
    return { bytes: Buffer.concat(chunks) }
  } catch (error) {
    return { why: `cannot be unpacked (${reason(error)})` }
  } finally {
    stream?.destroy()
  }
}

export const tooMany = (count: number, max: number): string =>
  `has ${count.toLocaleString('en')} entries, and at most ${max.toLocaleString('en')} are looked at`

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200)
