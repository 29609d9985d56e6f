// Which archive it is, by its first bytes: a name is only what somebody called it.

import { open } from 'node:fs/promises'
import { type TarLimits, tarTree } from './tar-tree.ts'
import type { Tree } from './tree.ts'
import { type Source, zipTree } from './zip-tree.ts'

const TAKEN = /\.(?:zip|tar|tar\.gz|tgz)$/i
const OTHER = /\.(?:rar|7z|tar\.(?:bz2|xz|zst|br)|tbz2?|txz|tzst|gz|bz2|xz|zst|jar|cab|iso|dmg)$/i

export const isArchiveName = (path: string): boolean => TAKEN.test(path)

/** An archive of a kind that we do not open. */
export const isOtherArchiveName = (path: string): boolean => !TAKEN.test(path) && OTHER.test(path)

export const withoutArchiveEnding = (name: string): string => name.replace(TAKEN, '')

export async function archiveTree(source: Source, limits: TarLimits): Promise<Tree | { readonly why: string }> {
  let head: Buffer
  try {
    head = await firstBytes(source)
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` }
  }
  const zip = head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b
  if (zip) return zipTree(source, limits.entries)
  if (head[0] === 0x1f && head[1] === 0x8b) return tarTree(source, true, limits)
  if (head.toString('latin1', 257, 262) === 'ustar') return tarTree(source, false, limits)
  return { why: 'is no zip, tar or tar.gz, whatever its name says' }
}

async function firstBytes(source: Source): Promise<Buffer> {
  if ('bytes' in source) return source.bytes.subarray(0, 512)
  const file = await open(source.place, 'r')
  try {
    const bytes = Buffer.alloc(512)
    const { bytesRead } = await file.read(bytes, 0, 512, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
