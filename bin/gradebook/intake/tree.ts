// The one shape that folders, archives and commits are brought into before anything looks at what they hold: files by
// safe relative paths, and beside them what was there and is never followed. Names of hostile origin end here.

export interface Entry {
  /** relative, forward slashes, no `.` or `..`; unique, also where a file system knows no case */
  readonly path: string
  /** a repository is an entry of its own, and what it keeps for itself is not walked */
  readonly kind: 'file' | 'repository'
  /** as its container says; what is read is measured again */
  readonly size: number
  /** where it is a file or folder on this machine's disk */
  readonly place?: string
}

export type Refusal =
  | 'link'
  | 'hard-link'
  | 'device'
  | 'path'
  | 'name'
  | 'twice'
  | 'encrypted'
  | 'bomb'
  | 'submodule'
  | 'packed-repository'
  | 'unreadable'
  | 'too-many'
  | 'no-file'

export interface Refused {
  /** as found, for people: print it only through `printable` */
  readonly path: string
  readonly refusal: Refusal
  /** where it lies, once `path` is within what one learner handed in */
  readonly origin?: string
}

export type Read = { readonly bytes: Uint8Array } | { readonly why: string }

export interface Tree {
  readonly entries: readonly Entry[]
  readonly refused: readonly Refused[]
  /** near the top: a learner's empty folder says that nothing was handed in, and by whom */
  readonly folders: readonly string[]
  /** reading some of it costs as much as they have, wherever they lie: not so in an archive, which is gone through whole */
  readonly readsAnywhere?: true
  /**
   * Reads files in the order in which they lie, one after the other, each no longer than its limit: so a class of any
   * size costs the memory of one file.
   */
  read(wanted: ReadonlyMap<string, number>, take: (path: string, read: Read) => void | Promise<void>): Promise<void>
}

/** A sentence for each, after the path: `link/x.ts is a link; …`. */
export const REFUSALS: Readonly<Record<Refusal, string>> = {
  link: 'is a symbolic link or lies behind one, and links are never followed; ask for the file itself',
  'hard-link': 'is a hard link to another entry, and links are never followed; ask for the file itself',
  device: 'is no ordinary file (a device, pipe or socket)',
  path: 'leads out of its own folder; nothing is read or written there',
  name: 'has a name that is too long or too deep, or that deceives (backslashes, invisible or reordering characters)',
  'packed-repository': 'is a repository within an archive, and was not opened; only the files beside it were looked at',
  twice: 'occurs more than once (or differs in case only), so nobody can tell which is meant; ask for a clean copy',
  encrypted: 'is encrypted; ask for it without a password',
  bomb: 'is compressed as no source text is (a "zip bomb"), and was not unpacked',
  submodule: 'is a submodule: another repository, which is never fetched; ask for the file itself',
  unreadable: 'cannot be read',
  'no-file': 'was typed into a form, or is a link, and no file; ask for the file itself',
  'too-many': 'holds more entries than a submission may; what was left over was not looked at',
}

/** A thing in a container, before anything about it is believed. */
export interface Found {
  readonly name: string
  readonly is: Entry['kind'] | 'folder' | Refusal
  readonly size: number
  readonly place?: string
}

/** A joiner within a word is none: some scripts need it. */
const DECEPTIVE = /[\\\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u200b\u2060-\u2064\ufeff\ufffd]/u
const MAX_PATH = 1024
const MAX_DEPTH = 40

/** A name as a safe relative path; '' is the container itself. */
export function safePath(name: string): { readonly path: string } | { readonly refusal: 'path' | 'name' } {
  if (name.length > MAX_PATH || DECEPTIVE.test(name)) return { refusal: 'name' }
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return { refusal: 'path' }
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return { refusal: 'path' }
  if (parts.length > MAX_DEPTH) return { refusal: 'name' }
  return { path: parts.join('/') }
}

/** Never part of a submission, and too many to name: what tools put beside it. */
const IGNORED = /(?:^|\/)(?:node_modules|__MACOSX|\.git|\.kata|\.DS_Store|Thumbs\.db)(?:\/|$)/i

export const isIgnored = (path: string): boolean => IGNORED.test(path)

/** Two names with one key are one file on some system: case, accents, and dots and blanks at the end vanish there. */
const keyOf = (path: string): string =>
  path
    .normalize('NFC')
    .toLowerCase()
    .replace(/[. ]+(?=\/|$)/g, '')

/** Parts what may be read from what is only reported. */
export function sift(found: Iterable<Found>): Pick<Tree, 'entries' | 'refused' | 'folders'> {
  const refused: Refused[] = []
  const folders = new Set<string>()
  const packed = new Set<string>()
  const files = new Map<string, Entry[]>()
  const barred: { readonly key: string; readonly refusal: Refusal }[] = []
  for (const { name, is, size, place } of found) {
    if (isIgnored(name)) {
      const repository = /^(.*?\.git)\//.exec(name)?.[1]
      if (repository !== undefined) packed.add(repository)
      continue
    }
    const safe = safePath(name)
    if ('refusal' in safe) refused.push({ path: name, refusal: safe.refusal })
    else if (is !== 'file' && is !== 'repository') {
      if (is === 'folder') {
        if (safe.path !== '' && safe.path.split('/').length <= FOLDER_LEVELS) folders.add(safe.path)
        continue
      }
      refused.push({ path: safe.path, refusal: is })
      barred.push({ key: keyOf(safe.path), refusal: is })
    } else if (safe.path !== '' || is === 'repository') {
      const key = keyOf(safe.path)
      const entry: Entry = { path: safe.path, kind: is, size, ...(place === undefined ? {} : { place }) }
      const same = files.get(key)
      if (same === undefined) files.set(key, [entry])
      else same.push(entry)
    }
  }
  const entries: Entry[] = []
  const links = new Map(barred.map(({ key, refusal }) => [key, refusal]))
  for (const [key, same] of files) {
    const [first] = same
    if (first === undefined) continue
    const behind = above(key).find((parent) => links.has(parent))
    if (behind !== undefined) refused.push({ path: first.path, refusal: 'link' })
    else if (links.has(key) || same.length > 1) refused.push({ path: first.path, refusal: 'twice' })
    // A file that is a folder, too: readers differ in which of the two they see.
    else if (first.kind === 'file' && above(key).some((parent) => files.get(parent)?.[0]?.kind === 'file'))
      refused.push({ path: first.path, refusal: 'twice' })
    else entries.push(first)
  }
  for (const path of packed) refused.push({ path, refusal: 'packed-repository' })
  return { entries, refused, folders: [...folders] }
}

/** A class, a learner, and an attempt of theirs. */
const FOLDER_LEVELS = 3

/** `a/b` and `a` for `a/b/c`. */
function above(path: string): string[] {
  const parents: string[] = []
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) parents.push(path.slice(0, at))
  return parents
}

/** What lies below one folder of a tree, as a tree. */
export function below(tree: Tree, folder: string): Tree {
  const prefix = `${folder}/`
  const inner = <T extends { readonly path: string }>(all: readonly T[]): T[] =>
    all.filter(({ path }) => path.startsWith(prefix)).map((each) => ({ ...each, path: each.path.slice(prefix.length) }))
  return {
    entries: inner(tree.entries),
    refused: inner(tree.refused),
    ...(tree.readsAnywhere === true ? { readsAnywhere: true } : {}),
    folders: tree.folders.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
    read: (wanted, take) =>
      tree.read(new Map([...wanted].map(([path, limit]) => [prefix + path, limit])), (path, read) =>
        take(path.slice(prefix.length), read),
      ),
  }
}
