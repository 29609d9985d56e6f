// What a learner's repository says that its branches are, read as the plain text files that they are: git itself never
// sees the folder's configuration, hooks or attributes, so there is nothing in it to obey.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { kindOf, readPlace } from './folder-tree.ts'
import { safePath } from './tree.ts'

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const MAX_REF_BYTES = 4096
const MAX_PACKED_BYTES = 16 * 1024 * 1024
const MAX_OBJECT_FILES = 200_000

export interface Repository {
  readonly objects: string
  /** of the commit that a ref names */
  resolve(ref: string): Promise<string | undefined>
  /** the hashes of a shallow clone's oldest commits, one a line */
  readonly shallow: string
  /** what would have run or been followed, had anybody obeyed it */
  readonly neutralised: readonly string[]
}

/** @param folder with a `.git` in it, or a bare repository */
export async function openRefs(folder: string): Promise<Repository | { readonly why: string }> {
  const inner = kindOf(join(folder, '.git'))
  if (inner !== undefined && inner !== 'folder')
    return { why: 'has a .git that points elsewhere (a worktree, a submodule or a link), which is never followed' }
  const git = inner === 'folder' ? join(folder, '.git') : folder
  const objects = join(git, 'objects')
  for (const name of ['HEAD', 'objects', 'refs', 'packed-refs', 'config', 'shallow'])
    if (kindOf(join(git, name)) === 'other')
      return { why: `has a link in place of its ${name}, which is never followed` }
  if (kindOf(join(git, 'commondir')) !== undefined)
    return { why: 'keeps its objects elsewhere, which is never followed' }
  if (kindOf(objects) !== 'folder') return { why: 'has no objects' }
  for (const name of ['alternates', 'http-alternates'])
    if (kindOf(join(objects, 'info', name)) !== undefined)
      return {
        why: 'borrows objects of another repository (alternates), which is never followed; ask for a full clone',
      }
  const foreign = linkBelow(objects)
  if (foreign !== undefined) return { why: foreign }
  if (kindOf(join(git, 'reftable')) !== undefined)
    return { why: 'keeps its branches as a reftable, which is not read; ask for an ordinary clone' }

  const packed = await packedRefs(git)
  if ('why' in packed) return packed
  return {
    objects,
    shallow: hashesOf(await textOf(join(git, 'shallow'), MAX_PACKED_BYTES)),
    neutralised: await neutralised(git, packed.refs),
    async resolve(ref) {
      if (HASH.test(ref)) return ref
      if (ref === 'HEAD') return follow(git, packed.refs, 'HEAD')
      for (const prefix of ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/', 'refs/remotes/origin/']) {
        const name = prefix + ref
        const hash = name.startsWith('refs/') ? await follow(git, packed.refs, name) : undefined
        if (hash !== undefined) return hash
      }
      return undefined
    },
  }
}

async function follow(git: string, packed: ReadonlyMap<string, string>, name: string): Promise<string | undefined> {
  let at = name
  for (let step = 0; step < 5; step++) {
    const safe = safePath(at)
    if (!('path' in safe) || safe.path !== at || (at !== 'HEAD' && !at.startsWith('refs/'))) return undefined
    const text = (await looseRef(git, at))?.trim() ?? packed.get(at)
    if (text === undefined) return undefined
    if (HASH.test(text)) return text
    const next = /^ref:\s*(\S+)$/.exec(text)?.[1]
    if (next === undefined) return undefined
    at = next
  }
  return undefined
}

async function looseRef(git: string, name: string): Promise<string | undefined> {
  let place = git
  for (const part of name.split('/')) {
    if (kindOf(place) !== 'folder') return undefined
    place = join(place, part)
  }
  return textOf(place, MAX_REF_BYTES)
}

async function textOf(place: string, maxBytes: number): Promise<string | undefined> {
  if (kindOf(place) !== 'file') return undefined
  const read = await readPlace(place, maxBytes)
  return 'bytes' in read ? Buffer.from(read.bytes).toString('utf8') : undefined
}

async function packedRefs(git: string): Promise<{ refs: Map<string, string> } | { why: string }> {
  const place = join(git, 'packed-refs')
  const text = await textOf(place, MAX_PACKED_BYTES)
  if (text === undefined && kindOf(place) !== undefined) return { why: 'has a list of branches that cannot be read' }
  const refs = new Map<string, string>()
  for (const line of (text ?? '').split('\n')) {
    const [hash = '', name = ''] = line.trim().split(' ')
    if (HASH.test(hash) && name.startsWith('refs/')) refs.set(name, hash)
  }
  return { refs }
}

const hashesOf = (text: string | undefined): string =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => HASH.test(line))
    .map((line) => `${line}\n`)
    .join('')

/** Two levels, as git lays its objects out. */
function linkBelow(objects: string): string | undefined {
  let count = 0
  for (const name of readdirSync(objects)) {
    const place = join(objects, name)
    const stat = lstatSync(place)
    if (stat.isSymbolicLink()) return 'has a link among its objects, which is never followed'
    if (!stat.isDirectory()) continue
    for (const child of readdirSync(place, { withFileTypes: true })) {
      if (++count > MAX_OBJECT_FILES) return 'has more object files than a submission may; ask for a packed clone'
      if (child.isSymbolicLink()) return 'has a link among its objects, which is never followed'
      if (!child.isFile() && !child.isDirectory()) return 'has a device among its objects'
    }
  }
  return undefined
}

const RUNS_OR_FOLLOWS =
  /fsmonitor|sshcommand|hookspath|askpass|gitproxy|textconv|\bexternal\b|\bpager\b|\beditor\b|\bprogram\b|uploadpack|receivepack|promisor|partialclone|^\s*\[\s*(?:alias|filter|include|includeif|difftool|mergetool|merge|credential)\b|\bext::/im

async function neutralised(git: string, packed: ReadonlyMap<string, string>): Promise<string[]> {
  const hooks = names(join(git, 'hooks')).filter((name) => !name.endsWith('.sample'))
  const config = (await textOf(join(git, 'config'), 1024 * 1024)) ?? ''
  return [
    ...(hooks.length > 0 ? ['hooks'] : []),
    ...(RUNS_OR_FOLLOWS.test(config) || kindOf(join(git, 'config.worktree')) !== undefined
      ? ['configuration that runs programs']
      : []),
    ...(kindOf(join(git, 'info', 'grafts')) !== undefined ? ['grafts'] : []),
    ...(kindOf(join(git, 'info', 'attributes')) !== undefined ? ['attributes'] : []),
    ...(names(join(git, 'refs', 'replace')).length > 0 ||
    [...packed.keys()].some((ref) => ref.startsWith('refs/replace/'))
      ? ['replaced objects']
      : []),
    ...(names(join(git, 'modules')).length > 0 ? ['submodules'] : []),
  ]
}

function names(folder: string): string[] {
  if (kindOf(folder) !== 'folder') return []
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
