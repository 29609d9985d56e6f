// What a learner's repository held, as trees: at a ref, or at its tip and, where that came after the deadline, at the last
// commit before it, too.

import { tooLong } from './folder-tree.ts'
import { type Plumbing, plumbing } from './git-plumbing.ts'
import { openRefs } from './git-refs.ts'
import { MAX_ENTRIES } from './limits.ts'
import { type Found, type Read, sift, type Tree } from './tree.ts'
import { tooMany } from './zip-tree.ts'

export interface Dated {
  readonly hash: string
  /**
   * When it was committed, which whoever made it can set at will. Not when it was authored: a rebase, an amendment or a
   * cherry-pick keeps that of the first draft, and would hand in today's work yesterday.
   */
  readonly atMs: number
}

export interface Commit extends Dated {
  readonly tree: Tree
  /** the last commit that touched a file of the tree: a README of the day after makes nothing else late */
  touched(path: string): Promise<Dated | { readonly why: string }>
}

export interface Commits extends Disposable {
  /** the last one in time, and the newest; one where they are the same, or where but one of them can be read */
  readonly commits: readonly Commit[]
  /** which of the two cannot be read */
  readonly unread: readonly { readonly hash: string; readonly why: string }[]
  /** the newest of its branch: the time of the last push is its own */
  readonly tip: string
  /** the deadline had passed before the first commit */
  readonly isLate: boolean
  readonly neutralised: readonly string[]
}

export interface Which {
  /** this one alone, whatever the deadline */
  readonly ref?: string | undefined
  readonly deadlineMs?: number | undefined
}

/** Merges and all: no class project has more commits on its main line. */
const MAX_COMMITS = 50_000

/** How many repositories somebody has. */
export interface Repositories {
  readonly opened: number
  /** in which there is nothing of the name that was asked for */
  readonly lackingRef: number
}

export interface NoCommits {
  readonly why: string
  /** the ref that was asked for is not there: which may be the typing error of whoever asked */
  readonly lacksRef?: true
}

export async function commitTrees(folder: string, which: Which): Promise<Commits | NoCommits> {
  let repository: Awaited<ReturnType<typeof openRefs>>
  try {
    repository = await openRefs(folder)
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` }
  }
  if ('why' in repository) return repository
  const tip = await repository.resolve(which.ref ?? 'HEAD')
  if (tip === undefined) return which.ref === undefined ? { why: 'has no commit' } : lacking(which.ref)
  const git = plumbing(repository, tip.length === 64)
  try {
    const chosen = await chooseCommits(git, tip, which)
    const commits: Commit[] = []
    const unread: { hash: string; why: string }[] = []
    for (const commit of 'why' in chosen ? [] : chosen.commits) {
      const tree = await treeOf(git, commit.hash)
      if ('why' in tree) unread.push({ hash: commit.hash, why: tree.why })
      else commits.push({ ...commit, tree, touched: (path) => lastTouch(git, commit, path) })
    }
    if ('why' in chosen || commits.length === 0) {
      git[Symbol.dispose]()
      // A whole hash is not looked for among the branches: only git can say that there is no such commit.
      if ('why' in chosen && tip === which.ref && /\bbad (?:object|revision)\b/.test(chosen.why)) return lacking(tip)
      return 'why' in chosen ? chosen : { why: unread[0]?.why ?? 'has no commit' }
    }
    const { isLate, newest } = chosen
    const { neutralised } = repository
    return { commits, unread, tip: newest, isLate, neutralised, [Symbol.dispose]: () => git[Symbol.dispose]() }
  } catch (error) {
    git[Symbol.dispose]()
    throw error
  }
}

const lacking = (ref: string): NoCommits => ({ why: `has no branch, tag or commit "${ref}"`, lacksRef: true })

/** What git prints for one commit with `--timestamp`. */
function dated(line: string): Dated {
  const [seconds = '', hash = ''] = line.split(' ')
  return { hash, atMs: Number(seconds) * 1000 }
}

async function chooseCommits(
  git: Plumbing,
  tip: string,
  { ref, deadlineMs }: Which,
): Promise<{ commits: readonly Dated[]; newest: string; isLate: boolean } | { why: string }> {
  let newest: Dated | undefined
  let inTime: Dated | undefined
  let rest = ''
  let count = 0
  const ran = await git.run(['rev-list', '--first-parent', '--timestamp', `${tip}^{commit}`, '--'], '', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const commit = dated(line)
      newest ??= commit
      if (ref !== undefined || deadlineMs === undefined || commit.atMs <= deadlineMs) inTime = commit
      if (inTime !== undefined || ++count >= MAX_COMMITS) return false
    }
    return true
  })
  if (newest === undefined) return 'why' in ran ? ran : { why: 'has no commit' }
  const commits = inTime === undefined || inTime.hash === newest.hash ? [newest] : [inTime, newest]
  return { commits, newest: newest.hash, isLate: inTime === undefined }
}

/** Through merges it follows the side that the file's content came from. */
async function lastTouch(git: Plumbing, { hash, atMs }: Dated, path: string): Promise<Dated | { why: string }> {
  const said = await printed(git, ['rev-list', '--max-count=1', '--timestamp', hash, '--', path], '', 200)
  if ('why' in said) return said
  const touch = dated(said.bytes.toString('latin1').trim())
  // Clocks differ: what a commit holds is no younger than the commit.
  return touch.hash === '' ? { why: 'is in no commit' } : { ...touch, atMs: Math.min(touch.atMs, atMs) }
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
