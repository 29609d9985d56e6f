// One commit of a learner's repository as a tree: the one at a ref, or the last one before the deadline.

import { tooLong } from './folder-tree.ts'
import { type Plumbing, plumbing } from './git-plumbing.ts'
import { openRefs } from './git-refs.ts'
import { MAX_ENTRIES } from './limits.ts'
import { type Found, type Read, sift, type Tree } from './tree.ts'
import { tooMany } from './zip-tree.ts'

export interface Commit extends Disposable {
  readonly tree: Tree
  readonly hash: string
  /** as the commit says, which whoever made it can set at will */
  readonly atMs: number
  /** the newest of its branch, so that the time of the last push is its own */
  readonly isTip: boolean
  /** the deadline had passed before the first commit */
  readonly isLate: boolean
  readonly neutralised: readonly string[]
}

export interface Which {
  readonly ref?: string | undefined
  readonly deadlineMs?: number | undefined
}

/** Merges and all: no class project has more commits on its main line. */
const MAX_COMMITS = 50_000

export async function commitTree(folder: string, which: Which): Promise<Commit | { readonly why: string }> {
  let repository: Awaited<ReturnType<typeof openRefs>>
  try {
    repository = await openRefs(folder)
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` }
  }
  if ('why' in repository) return repository
  const tip = await repository.resolve(which.ref ?? 'HEAD')
  if (tip === undefined)
    return { why: which.ref === undefined ? 'has no commit' : `has no branch, tag or commit "${which.ref}"` }
  const git = plumbing(repository, tip.length === 64)
  try {
    const commit = await chooseCommit(git, tip, which)
    const tree = 'why' in commit ? commit : await treeOf(git, commit.hash)
    if ('why' in commit || 'why' in tree) {
      git[Symbol.dispose]()
      return 'why' in commit ? commit : (tree as { why: string })
    }
    return { tree, ...commit, neutralised: repository.neutralised, [Symbol.dispose]: () => git[Symbol.dispose]() }
  } catch (error) {
    git[Symbol.dispose]()
    throw error
  }
}

async function chooseCommit(
  git: Plumbing,
  tip: string,
  { ref, deadlineMs }: Which,
): Promise<{ hash: string; atMs: number; isTip: boolean; isLate: boolean } | { why: string }> {
  let newest: { hash: string; atMs: number } | undefined
  let inTime: { hash: string; atMs: number } | undefined
  let rest = ''
  let count = 0
  const ran = await git.run(['rev-list', '--first-parent', '--timestamp', `${tip}^{commit}`, '--'], '', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [seconds = '', hash = ''] = line.split(' ')
      const commit = { hash, atMs: Number(seconds) * 1000 }
      newest ??= commit
      if (ref !== undefined || deadlineMs === undefined || commit.atMs <= deadlineMs) inTime = commit
      if (inTime !== undefined || ++count >= MAX_COMMITS) return false
    }
    return true
  })
  if (newest === undefined) return 'why' in ran ? ran : { why: 'has no commit' }
  const chosen = inTime ?? newest
  return { ...chosen, isTip: chosen.hash === newest.hash, isLate: inTime === undefined }
}

const KINDS: Readonly<Record<string, Found['is']>> = {
  '100644': 'file',
  '100755': 'file',
  '100664': 'file',
  '120000': 'link',
  '160000': 'submodule',
}

async function treeOf(git: Plumbing, commit: string): Promise<Tree | { why: string }> {
  const found: Found[] = []
  const hashes = new Map<string, string>()
  let rest = Buffer.alloc(0)
  let tooBig = false
  const ran = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit], '', (bytes) => {
    let all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    for (let end = all.indexOf(0); end >= 0; end = all.indexOf(0)) {
      const tab = all.indexOf(9)
      const [mode = '', , hash = ''] = all.toString('latin1', 0, tab).split(' ')
      const name = all.toString('utf8', tab + 1, end)
      found.push({ name, is: KINDS[mode] ?? 'unreadable', size: 0 })
      hashes.set(name, hash)
      all = all.subarray(end + 1)
    }
    rest = Buffer.from(all)
    tooBig = found.length > MAX_ENTRIES || rest.length > 1024 * 1024
    return !tooBig
  })
  if ('why' in ran) return ran
  if (tooBig) return { why: tooMany(found.length, MAX_ENTRIES) }
  const { entries, refused, folders } = sift(found)
  return { entries, refused, folders, read: (wanted, take) => readBlobs(git, hashes, wanted, take) }
}

/** Asks for all sizes first: what is too large is never unpacked. */
async function readBlobs(
  git: Plumbing,
  hashes: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, number>,
  take: (path: string, read: Read) => void | Promise<void>,
): Promise<void> {
  const asked = [...wanted].flatMap(([path, maxBytes]) => {
    const hash = hashes.get(path)
    return hash === undefined ? [] : [{ path, maxBytes, hash }]
  })
  const input = (blobs: readonly { readonly hash: string }[]) => blobs.map(({ hash }) => `${hash}\n`).join('')
  const heads = await printed(git, ['cat-file', '--batch-check'], input(asked), asked.length * 200)
  const lines = 'why' in heads ? [] : heads.bytes.toString('latin1').split('\n')
  const taken: { readonly path: string; readonly hash: string; readonly size: number }[] = []
  for (const [at, { path, maxBytes, hash }] of asked.entries()) {
    const [, type, digits] = (lines[at] ?? '').split(' ')
    const size = Number(digits)
    if ('why' in heads) await take(path, heads)
    else if (type !== 'blob') await take(path, { why: 'is not in the repository (a partial or damaged clone)' })
    else if (size > maxBytes) await take(path, { why: tooLong(size, maxBytes) })
    else taken.push({ path, hash, size })
  }
  for (const group of groups(taken)) {
    const total = group.reduce((sum, { size }) => sum + size + 200, 0)
    const bodies = await printed(git, ['cat-file', '--batch'], input(group), total)
    let at = 0
    for (const { path, hash, size } of group) {
      const from = 'why' in bodies ? 0 : bodies.bytes.indexOf(0x0a, at) + 1
      if ('why' in bodies) await take(path, bodies)
      else if (
        bodies.bytes.toString('latin1', at, from) !== `${hash} blob ${size}\n` ||
        from + size > bodies.bytes.length
      )
        await take(path, { why: 'is damaged in the repository' })
      else await take(path, { bytes: Buffer.from(bodies.bytes.subarray(from, from + size)) })
      at = from + size + 1
    }
  }
}

/** A handful at a time, so that memory stays that of a few files. */
function groups<T extends { readonly size: number }>(blobs: readonly T[]): T[][] {
  const all: T[][] = []
  let room = 0
  for (const blob of blobs) {
    room -= blob.size
    if (room < 0) {
      all.push([])
      room = GROUP_BYTES - blob.size
    }
    all.at(-1)?.push(blob)
  }
  return all
}

const GROUP_BYTES = 4 * 1024 * 1024

async function printed(
  git: Plumbing,
  args: readonly string[],
  input: string,
  maxBytes: number,
): Promise<{ bytes: Buffer } | { why: string }> {
  const chunks: Buffer[] = []
  let length = 0
  const ran = await git.run(args, input, (bytes) => {
    chunks.push(bytes)
    length += bytes.length
    return length <= maxBytes
  })
  return 'why' in ran ? ran : { bytes: Buffer.concat(chunks) }
}
