// From what was handed in to the bytes that are judged: opens archives and repositories, finds the declared files, and
// says of everything else why it was not taken. One bad submission is a sentence here, never an exception.

import type { Kata } from '../../course/kata.ts'
import { printable } from '../../course/printable.ts'
import type { Learner, NotTaken, Submitted } from '../submitted.ts'
import { archiveTree, isArchiveName, isOtherArchiveName } from './archive.ts'
import { isBare } from './folder-tree.ts'
import { commitTrees, type Repositories } from './git-tree.ts'
import type { Item } from './handing.ts'
import {
  MAX_CONTAINERS,
  MAX_ENTRIES,
  MAX_NESTED_BYTES,
  MAX_RIVALS,
  MAX_STUB_BYTES,
  MAX_UNPACKED_BYTES,
} from './limits.ts'
import { best, type Candidate, candidates, mayBe, misnamed } from './pick-stubs.ts'
import { byStarter, isAsGiven, type Starter } from './starter.ts'
import { type Entry, REFUSALS, type Read, type Refusal, type Refused, type Tree } from './tree.ts'
import { capped, onceEach, sentence, type Trouble } from './troubles.ts'

/** What one learner handed in at one time, from however many places. */
export interface Group {
  readonly learner: Learner
  readonly attempt: number
  readonly atMs?: number
  readonly items: readonly Item[]
  readonly refused: readonly Refused[]
}

export interface Rules {
  readonly katas: readonly Kata[]
  readonly ref?: string | undefined
  readonly deadlineMs?: number | undefined
  readonly starter?: Starter | undefined
}

export interface Collected {
  readonly submitted: Submitted[]
  readonly notTaken: NotTaken[]
  /** of its repositories: no commit was in time */
  readonly isLate: boolean
  readonly repositories: Repositories
}

/** Of two states of one repository the earlier or the later. */
type AsOf = 'deadline' | 'tip'

/** A file that may be a kata's, and what came of reading it. */
interface Option extends Pick<Item, 'markedLateBy'> {
  readonly kata: Kata
  readonly rank: number
  origin: string
  /** absent where it belongs to both states, or where there is but one */
  asOf?: AsOf | undefined
  /** the last that touched it */
  commit?: { readonly atMs: number; readonly isTip: boolean }
  read?: Read
}

/** A group in the making. */
interface Pool {
  readonly group: Group
  readonly options: Option[]
  readonly troubles: Trouble[]
  readonly steering: string[]
  /** archives and repositories met so far */
  containers: number
  isLate: boolean
  repositories: Repositories
}

const NESTED = { entries: MAX_ENTRIES, unpackedBytes: MAX_UNPACKED_BYTES }

/** Archives are gone through once for the whole class, folders learner by learner; either way one learner is held at a time. */
export async function collect(
  tree: Tree,
  groups: readonly Group[],
  rulesOf: (learner: Learner) => Rules,
): Promise<Collected[]> {
  const settled: Collected[] = []
  const later: Wanted[] = []
  for (const [at, group] of groups.entries()) {
    const rules = rulesOf(group.learner)
    const pool: Pool = {
      group,
      options: [],
      troubles: [],
      steering: [],
      containers: 0,
      isLate: false,
      repositories: { opened: 0, lackingRef: 0 },
    }
    const wanted = await openGroup(pool, rules)
    let left = wanted.length
    const settle = () => {
      if (left === 0) settled[at] = settlePool(pool, rules)
    }
    settle()
    later.push(
      ...wanted.map((each) => ({
        ...each,
        take: async (read: Read) => {
          await each.take(read)
          left--
          settle()
        },
      })),
    )
    if (tree.readsAnywhere === true) await readAll(tree, later.splice(0))
  }
  await readAll(tree, later)
  return settled
}

/** A file of the class's own tree, and what is done with it. */
interface Wanted {
  readonly path: string
  readonly maxBytes: number
  take(read: Read): void | Promise<void>
}

async function readAll(tree: Tree, wanted: readonly Wanted[]): Promise<void> {
  // Of a pair who handed in together each wants the same file.
  const byPath = new Map<string, Wanted[]>()
  for (const each of wanted) byPath.set(each.path, [...(byPath.get(each.path) ?? []), each])
  const limits = new Map([...byPath].map(([path, some]) => [path, Math.max(...some.map(({ maxBytes }) => maxBytes))]))
  await tree.read(limits, async (path, read) => {
    for (const each of byPath.get(path) ?? []) await each.take(read)
    byPath.delete(path)
  })
  for (const some of byPath.values())
    for (const each of some) await each.take({ why: 'was there at first, and could not be found again' })
}

async function openGroup(pool: Pool, rules: Rules): Promise<Wanted[]> {
  const { items, refused } = pool.group
  const covered: string[] = []
  for (const { entry, path } of items.filter((item) => item.entry.kind === 'repository')) {
    if (covered.some((prefix) => isBelow(path, prefix)) || !mayOpen(pool, entry)) continue
    if (await openRepository(pool, rules, entry)) covered.push(path)
  }
  // The files beside a repository are its work tree; what was handed in is what was committed.
  const plain = items.filter(
    ({ entry, path }) => entry.kind === 'file' && !covered.some((prefix) => isBelow(path, prefix)),
  )
  reportRefused(pool, rules, refused, (path) => path)
  note(pool, rules, plain, ({ entry }) => entry.path)
  const wanted: Wanted[] = addOptions(pool, rules, plain, ({ entry }) => entry.path).map(({ candidate, option }) => ({
    path: candidate.entry.path,
    maxBytes: MAX_STUB_BYTES,
    take: (read) => {
      option.read = read
    },
  }))
  const { theirs, perhapsGiven } = byStarter(plain, rules.starter)
  pool.steering.push(...theirs.map(({ entry }) => entry.path))
  for (const { entry, path } of perhapsGiven)
    wanted.push({
      path: entry.path,
      maxBytes: rules.starter?.maxBytes ?? 0,
      take: (read) => {
        if (!isAsGiven(rules.starter, path, read)) pool.steering.push(entry.path)
      },
    })
  for (const item of plain) {
    const { entry, path } = item
    if (isOtherArchiveName(path))
      pool.troubles.push({
        origin: entry.path,
        why: 'is an archive of a kind that is not opened; ask for a .zip or .tar.gz',
        katas: 'any',
      })
    if (!isArchiveName(path) || !mayOpen(pool, entry)) continue
    if (entry.place !== undefined) await openArchive(pool, rules, item, { place: entry.place })
    else
      wanted.push({
        path: entry.path,
        maxBytes: MAX_NESTED_BYTES,
        take: async (read) => {
          if ('why' in read) pool.troubles.push({ origin: entry.path, why: read.why, katas: 'any' })
          else await openArchive(pool, rules, item, { bytes: asBuffer(read.bytes) })
        },
      })
  }
  return wanted
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function mayOpen(pool: Pool, entry: Entry): boolean {
  if (++pool.containers <= MAX_CONTAINERS) return true
  pool.troubles.push({
    origin: entry.path,
    why: `was not opened, since at most ${MAX_CONTAINERS} archives and repositories of one learner are; ask for one`,
    katas: 'any',
  })
  return false
}

/** Enters the best files of a container as options. @returns those that are worth reading */
function addOptions(
  pool: Pool,
  rules: Rules,
  items: readonly Item[],
  originOf: (item: Item) => string,
  asOf?: AsOf,
): { readonly candidate: Candidate; readonly option: Option }[] {
  return best(candidates(items, rules.katas)).flatMap(({ candidate, rivals }) => {
    const { kata, rank, markedLateBy } = candidate
    const tooMany = { why: `is one of ${rivals} files that could each be ${kata.slug}.ts; ask which one is meant` }
    const option: Option = {
      kata,
      rank,
      origin: originOf(candidate),
      ...(asOf === undefined ? {} : { asOf }),
      ...(markedLateBy === undefined ? {} : { markedLateBy }),
      ...(rivals > MAX_RIVALS ? { read: tooMany } : {}),
    }
    pool.options.push(option)
    return rivals > MAX_RIVALS ? [] : [{ candidate, option }]
  })
}

const isBelow = (path: string, prefix: string): boolean =>
  prefix === '' || path === prefix || path.startsWith(`${prefix}/`)

async function openArchive(
  pool: Pool,
  rules: Rules,
  { entry: { path: origin }, markedLateBy }: Item,
  source: { readonly place: string } | { readonly bytes: Buffer },
): Promise<void> {
  const inner = await archiveTree(source, NESTED)
  if ('why' in inner) pool.troubles.push({ origin, why: inner.why, katas: 'any' })
  else {
    for (const { path } of inner.entries)
      if (isArchiveName(path) || isOtherArchiveName(path))
        pool.troubles.push({
          origin: `${origin}: ${path}`,
          why: 'is an archive within an archive, and was not opened',
          katas: 'any',
        })
    await takeFrom(pool, rules, inner, (path) => `${origin}: ${path}`, { markedLateBy })
  }
}

/** With work that goes on after the deadline it is in two states, and each is an attempt where they differ. */
async function openRepository(pool: Pool, rules: Rules, entry: Entry): Promise<boolean> {
  const place = entry.place ?? ''
  const origin = entry.path === '' ? 'the repository' : entry.path
  const found = await commitTrees(place, rules)
  const { opened, lackingRef } = pool.repositories
  pool.repositories = { opened: opened + 1, lackingRef: lackingRef + ('lacksRef' in found ? 1 : 0) }
  if ('why' in found) {
    const fallsBack = rules.ref === undefined && !isBare(place)
    const beside = fallsBack ? '; the files beside it were taken as they lie, without a time' : ''
    pool.troubles.push({ origin, why: `${found.why}${beside}`, katas: 'any' })
    return !fallsBack
  }
  using _ = found
  const { commits, unread, tip, isLate, neutralised } = found
  const at = (hash: string): string => `${origin} @ ${rules.ref ?? hash.slice(0, 10)}`
  if (isLate) pool.isLate = true
  if (neutralised.length > 0)
    pool.troubles.push({
      origin,
      why: `has ${neutralised.join(', ')}; none of it was run or followed`,
      katas: [],
    })
  for (const { hash, why } of unread) pool.troubles.push({ origin: at(hash), why, katas: 'any' })
  const states = commits.length === 1 ? [] : (['deadline', 'tip'] as const)
  const steered = new Set<string>()
  let before: ReadonlyMap<string, Option> = new Map()
  let undated: string | undefined
  for (const [i, commit] of commits.entries()) {
    const originOf = (path: string): string => `${at(commit.hash)}: ${path}`
    const options = await takeFrom(pool, rules, commit.tree, originOf, {
      asOf: states[i],
      known: commits[i - 1]?.tree,
      steered,
    })
    for (const [path, option] of options) {
      const earlier = before.get(path)
      if (earlier !== undefined && sameRead(earlier.read, option.read)) {
        earlier.asOf = undefined
        pool.options.splice(pool.options.indexOf(option), 1)
        continue
      }
      if (option.read === undefined || 'why' in option.read) continue
      // A history that was made to keep git busy does so once.
      const touch = undated === undefined ? await commit.touched(path) : { why: undated }
      if ('why' in touch) undated = touch.why
      const { hash, atMs } = 'why' in touch ? commit : touch
      // What stands at the tip came after what stood there at the deadline, whatever branch it was merged from.
      option.commit = { atMs: Math.max(atMs, earlier?.commit?.atMs ?? atMs), isTip: hash === tip }
      // The commit that brought it: what others touch later makes no new attempt of it.
      option.origin = `${at(hash)}: ${path}`
    }
    before = options
  }
  if (undated !== undefined) {
    const instead = 'the files have the time of the whole commit'
    pool.troubles.push({ origin: `${origin}: history`, why: `${undated}; ${instead}`, katas: [] })
  }
  return true
}

/** @param of `known`: a tree of which everything was said before; `steered`: what was said to steer, by its path */
async function takeFrom(
  pool: Pool,
  rules: Rules,
  tree: Tree,
  originOf: (path: string) => string,
  of: {
    readonly markedLateBy?: Item['markedLateBy'] | undefined
    readonly asOf?: AsOf | undefined
    readonly known?: Tree | undefined
    readonly steered?: Set<string>
  },
): Promise<Map<string, Option>> {
  const { markedLateBy, asOf, known, steered = new Set() } = of
  const said = new Set(known?.entries.map(({ path }) => path))
  const refused = new Set(known?.refused.map(({ path, refusal }) => `${refusal} ${path}`))
  reportRefused(
    pool,
    rules,
    tree.refused.filter(({ path, refusal }) => !refused.has(`${refusal} ${path}`)),
    originOf,
  )
  const mark = markedLateBy === undefined ? {} : { markedLateBy }
  const items = tree.entries.map((entry) => ({ entry, path: entry.path, ...mark }))
  note(
    pool,
    rules,
    items.filter(({ path }) => !said.has(path)),
    ({ path }) => originOf(path),
  )
  const added = addOptions(pool, rules, items, ({ path }) => originOf(path), asOf)
  const options = new Map(added.map(({ candidate, option }) => [candidate.path, option]))
  const steer = (path: string) => {
    // What was as given at the deadline may be changed at the tip.
    if (!steered.has(path)) pool.steering.push(originOf(path))
    steered.add(path)
  }
  const { theirs, perhapsGiven } = byStarter(items, rules.starter)
  for (const { path } of theirs) steer(path)
  const given = new Set(perhapsGiven.map(({ path }) => path))
  const limits = [
    ...[...given].map((path) => [path, rules.starter?.maxBytes ?? 0] as const),
    ...[...options.keys()].map((path) => [path, MAX_STUB_BYTES] as const),
  ]
  try {
    await tree.read(new Map(limits), (path, read) => {
      const option = options.get(path)
      if (option !== undefined) option.read = read
      else if (given.delete(path) && !isAsGiven(rules.starter, path, read)) steer(path)
    })
  } catch (error) {
    // It could be listed and then not be read: damaged in between, or made so.
    const why = `cannot be read (${printable(error instanceof Error ? error.message : String(error))})`
    for (const option of options.values()) option.read ??= { why }
  }
  // What could not be read is not known to be as given.
  for (const path of given) steer(path)
  return options
}

/** What was perhaps meant as a submission. */
function note(pool: Pool, rules: Rules, items: readonly Item[], originOf: (item: Item) => string): void {
  for (const { kata, ...item } of misnamed(items, rules.katas))
    pool.troubles.push({
      origin: originOf(item),
      why: `is not named ${kata.slug}.ts, and only files of that name are taken; rename it if it is meant`,
      katas: [kata],
    })
}

const NAMED = 3

function reportRefused(
  pool: Pool,
  rules: Rules,
  refused: readonly Refused[],
  originOf: (path: string) => string,
): void {
  const rest = new Map<Refusal, string[]>()
  for (const each of refused) {
    const { path, refusal } = each
    const katas = mayBe(path, rules.katas)
    const origin = each.origin ?? originOf(path)
    if (katas === 'any' || katas.length > 0) pool.troubles.push({ origin, why: REFUSALS[refusal], katas })
    else rest.set(refusal, [...(rest.get(refusal) ?? []), origin])
  }
  for (const [refusal, origins] of rest) {
    const more = origins.length > NAMED ? ` and ${origins.length - NAMED} more` : ''
    const named = origins.slice(0, NAMED).map((origin) => printable(origin, 100))
    pool.troubles.push({ origin: `${named.join(', ')}${more}`, why: REFUSALS[refusal], katas: [] })
  }
}

/** Chooses among what was read, and never guesses. */
function settlePool({ group, options, troubles, steering, isLate, repositories }: Pool, { katas }: Rules): Collected {
  const learner = group.learner.id
  const submitted: Submitted[] = []
  const open: Trouble[] = [...troubles]
  for (const kata of katas) {
    const all = options.filter((option) => option.kata === kata)
    const states: readonly (AsOf | undefined)[] = all.some(({ asOf }) => asOf !== undefined)
      ? ['deadline', 'tip']
      : [undefined]
    const attempts: Submitted[] = []
    for (const state of states) {
      const some = all.filter(({ asOf }) => asOf === undefined || asOf === state)
      const one = settleKata(group, kata, some, open)
      // A file that was only moved is no other attempt.
      if (one !== undefined && !attempts.some((before) => sameRead(before, one))) attempts.push(one)
    }
    submitted.push(...attempts)
  }
  const untaken = katas.map(({ slug }) => slug).filter((slug) => !submitted.some(({ kata }) => kata === slug))
  if (steering.length > 0)
    open.push({
      origin: `${steering
        .slice(0, NAMED)
        .map((path) => printable(path, 100))
        .join(', ')}${steering.length > NAMED ? ` and ${steering.length - NAMED} more` : ''}`,
      why: 'are scripts or configuration of the learner; only stub files are taken, and nothing of this is run or obeyed',
      katas: [],
    })
  return {
    submitted,
    isLate,
    repositories,
    notTaken: capped(onceEach(open)).map(({ origin, why, katas: may }) => ({
      learner,
      origin: printable(origin, 400),
      why: sentence(why, origin),
      katas: may === 'any' ? untaken : may.map(({ slug }) => slug).filter((slug) => untaken.includes(slug)),
    })),
  }
}

/** @param open gets what stands in its way */
function settleKata(group: Group, kata: Kata, all: readonly Option[], open: Trouble[]): Submitted | undefined {
  const rank = Math.min(...all.map((option) => option.rank))
  const equals = all.filter((option) => option.rank === rank)
  const [first] = equals
  if (first === undefined) return undefined
  const failed = equals.find(({ read }) => read === undefined || 'why' in read)
  if (failed !== undefined) {
    const why = failed.read !== undefined && 'why' in failed.read ? failed.read.why : 'cannot be read'
    open.push({ origin: failed.origin, why, katas: [kata] })
    return undefined
  }
  if (!equals.every((option) => sameBytes(option.read, first.read))) {
    const named = equals.slice(0, NAMED).map(({ origin }) => origin)
    const more = equals.length > NAMED ? ` and ${equals.length - NAMED} more` : ''
    const why = `could each be ${kata.slug}.ts and differ, so none was taken; ask which one is meant`
    open.push({ origin: `${named.join(', ')}${more}`, why, katas: [kata] })
    return undefined
  }
  for (const other of all.filter((option) => option.rank !== rank && !sameBytes(option.read, first.read)))
    open.push({
      origin: other.origin,
      why: `was passed over, since ${first.origin} lies where the kata belongs`,
      katas: [],
    })
  if (first.read === undefined || 'why' in first.read) return undefined
  const { commit, markedLateBy } = first
  const when =
    // A push says when the newest commit came, and nothing of the one before it but that it came no later.
    group.atMs !== undefined && (commit === undefined || commit.isTip || group.atMs <= commit.atMs)
      ? { atMs: group.atMs, atFrom: 'export' as const }
      : commit !== undefined
        ? { atMs: commit.atMs, atFrom: 'commit' as const }
        : {}
  return {
    learner: group.learner.id,
    kata: kata.slug,
    bytes: first.read.bytes,
    ...when,
    ...(markedLateBy === undefined ? {} : { markedLateBy }),
    origin: printable(first.origin),
  }
}

function sameBytes(a: Read | undefined, b: Read | undefined): boolean {
  return a !== undefined && b !== undefined && 'bytes' in a && 'bytes' in b && Buffer.compare(a.bytes, b.bytes) === 0
}

function sameRead(a: Read | undefined, b: Read | undefined): boolean {
  return sameBytes(a, b) || (a !== undefined && b !== undefined && 'why' in a && 'why' in b && a.why === b.why)
}
