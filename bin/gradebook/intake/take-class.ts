// Takes in a class, in whatever shape an instructor has it. The layout is recognised by evidence, the files are read
// as bytes, and what is missing, doubtful or hostile is said and never guessed.

import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import { deadlineFor } from '../extensions.ts'
import type { Intake, Layout, Learner, NotTaken, Submitted } from '../submitted.ts'
import { archiveTree, withoutArchiveEnding } from './archive.ts'
import { type Collected, collect, type Group } from './collect.ts'
import { folderTree } from './folder-tree.ts'
import type { Handing } from './handing.ts'
import { MAX_CLASS_ENTRIES, MAX_CLASS_UNPACKED_BYTES } from './limits.ts'
import { recognise } from './recognise.ts'
import { finder } from './roster.ts'
import type { Starter } from './starter.ts'
import type { Tree } from './tree.ts'
import { sentence } from './troubles.ts'

export interface ClassOptions {
  /** a folder of learners, an export of another system, or an archive of either */
  readonly from: string
  /** who should have handed in; see `readRoster` */
  readonly roster?: readonly Learner[] | undefined
  /** which stub files are wanted */
  readonly katas: readonly Kata[]
  /** of a repository the last commit before it is taken beside the newest; everything else is taken whenever it came */
  readonly deadlineMs?: number | undefined
  /** deadlines of their own, by learner's id */
  readonly extensionsMs?: Readonly<Record<string, number>> | undefined
  /** of a repository this branch, tag or commit is taken, whatever the deadline */
  readonly ref?: string | undefined
  /** the instructor knows better */
  readonly layout?: Layout | undefined
  /** what everybody was given: of that, only what they changed is said to be there */
  readonly starter?: Starter | undefined
}

/** @throws {KataError} where there is nothing that could be a class; never for what a learner handed in */
export async function takeClass(options: ClassOptions): Promise<Intake> {
  const { from, katas, roster = [], ref, deadlineMs, extensionsMs = {}, starter } = options
  if (katas.length === 0) throw new KataError('No kata is asked for.', 'Name one at least.')
  const { tree, name } = await openClass(from)
  const { layout, evidence, plan, tree: learners } = await recognise(tree, name, katas, roster, options.layout)
  const { groups, unknown, byName } = grouped(plan.handings, roster)
  if (groups.length === 0 && roster.length === 0)
    throw new KataError(
      `${printable(from)} holds nothing that a learner could have handed in${plan.nobodys[0] === undefined ? '' : `: ${printable(plan.nobodys[0].path)} ${plan.nobodys[0].why}`}.`,
      'It should have a folder, archive or repository for each learner, or be an export of Canvas, Gradescope or GitHub Classroom.',
    )
  const collected = await collect(learners, groups, ({ id }) => ({
    katas,
    ref,
    starter,
    deadlineMs: deadlineFor({ deadlineMs, extensionsMs }, id),
  }))
  const remarks = [...plan.remarks, ...(ref === undefined ? [] : refRemarks(ref, from, collected))]
  return intakeOf({
    ...{ layout, evidence, plan: { ...plan, remarks } },
    ...{ groups, collected, roster, unknown, byName, katas },
  })
}

/**
 * What some lack is theirs; what nobody has was mistyped, and would make a class of people who handed in nothing.
 * @throws {KataError}
 */
function refRemarks(ref: string, from: string, collected: readonly Collected[]): string[] {
  const opened = collected.reduce((sum, { repositories }) => sum + repositories.opened, 0)
  const lacking = collected.reduce((sum, { repositories }) => sum + repositories.lackingRef, 0)
  if (opened === 0) return [`No repository is here, so nothing was taken at "${printable(ref, 60)}".`]
  if (lacking < opened) return []
  throw new KataError(
    `No repository in ${printable(from)} has a branch, tag or commit "${printable(ref, 60)}".`,
    'Name one that they have, or leave out --ref: then the newest commit is taken.',
  )
}

async function openClass(from: string): Promise<{ tree: Tree; name: string }> {
  const stat = statSync(from, { throwIfNoEntry: false })
  if (stat === undefined) throw new KataError(`There is no ${printable(from)}.`)
  const name = basename(resolve(from))
  if (stat.isDirectory()) return { tree: folderTree(from), name }
  if (!stat.isFile())
    throw new KataError(`${printable(from)} is neither a folder nor a file.`, 'Name the folder itself.')
  const tree = await archiveTree(
    { place: from },
    { entries: MAX_CLASS_ENTRIES, unpackedBytes: MAX_CLASS_UNPACKED_BYTES },
  )
  if ('why' in tree) throw new KataError(`${printable(from)} ${tree.why}.`, 'Name a folder, a .zip or a .tar.gz.')
  return { tree, name: withoutArchiveEnding(name) }
}

/** Handings by learner of the roster and by attempt: what meets in one group is rival files of one attempt. */
function grouped(
  handings: readonly Handing[],
  roster: readonly Learner[],
): { groups: Group[]; unknown: string[]; byName: string[] } {
  const find = finder(roster)
  const groups = new Map<string, Group>()
  const unknown = new Set<string>()
  const byName = new Set<string>()
  for (const handing of handings) {
    const found = find(handing.learner)
    if (found?.by === 'name')
      byName.add(`${printable(handing.learner.name ?? handing.learner.id)} is ${printable(found.learner.id)}`)
    if (found === undefined && roster.length > 0) unknown.add(printable(handing.learner.id))
    const learner = found === undefined ? handing.learner : { ...handing.learner, ...found.learner }
    const key = JSON.stringify([learner.id, handing.attempt])
    const there = groups.get(key)
    const atMs = there?.atMs ?? handing.atMs
    groups.set(key, {
      learner: {
        ...(there?.learner ?? learner),
        ids: { ...there?.learner.ids, ...learner.ids, ...handing.learner.ids },
      },
      attempt: handing.attempt,
      ...(atMs === undefined ? {} : { atMs }),
      items: [...(there?.items ?? []), ...handing.items],
      refused: [...(there?.refused ?? []), ...handing.refused],
    })
  }
  const all = [...groups.values()].map((group) => {
    const { ids, ...learner } = group.learner
    return { ...group, learner: Object.keys(ids ?? {}).length === 0 ? learner : group.learner }
  })
  return { groups: all, unknown: [...unknown], byName: [...byName] }
}

function intakeOf(parts: {
  layout: Layout
  evidence: string
  plan: { nobodys: readonly { path: string; why: string }[]; remarks: readonly string[] }
  groups: readonly Group[]
  collected: readonly Collected[]
  roster: readonly Learner[]
  unknown: readonly string[]
  byName: readonly string[]
  katas: readonly Kata[]
}): Intake {
  const { groups, collected, katas } = parts
  const learners = new Map(parts.roster.map((learner) => [learner.id, learner]))
  groups.forEach(({ learner }, at) => {
    const one = collected[at]
    // A folder of the instructor's own beside a class with a roster is nobody's.
    const isSomebody = parts.roster.length === 0 || learners.has(learner.id)
    if (isSomebody || (one !== undefined && one.submitted.length > 0)) learners.set(learner.id, learner)
  })
  const sorted = [...learners.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const kataAt = new Map(katas.map(({ slug }, at) => [slug, at]))
  const submitted = collected
    .flatMap((each, at) => each.submitted.map((file) => ({ file, attempt: groups[at]?.attempt ?? 1 })))
    .sort(
      ({ file: a, attempt: first }, { file: b, attempt: second }) =>
        (a.learner < b.learner ? -1 : a.learner > b.learner ? 1 : 0) ||
        (kataAt.get(a.kata) ?? 0) - (kataAt.get(b.kata) ?? 0) ||
        (a.atMs !== undefined && b.atMs !== undefined ? a.atMs - b.atMs : 0) ||
        first - second,
    )
    .map(({ file }) => file)
  const notTaken: NotTaken[] = [
    ...collected
      .flatMap((each) => each.notTaken)
      .map(({ learner, ...rest }) =>
        learner === undefined || !learners.has(learner) ? { ...rest, katas: [] } : { learner, ...rest },
      ),
    ...parts.plan.nobodys.map(({ path, why }) => ({ origin: printable(path), why: sentence(why, path), katas: [] })),
  ]
  const known = new Set([
    ...submitted.map(({ learner, kata }) => JSON.stringify([learner, kata])),
    ...notTaken.flatMap(({ learner, katas: may }) => may.map((kata) => JSON.stringify([learner, kata]))),
  ])
  const missing = sorted.flatMap(({ id: learner }) =>
    katas.flatMap(({ slug: kata }) => (known.has(JSON.stringify([learner, kata])) ? [] : [{ learner, kata }])),
  )
  const twice = groups.filter((_, at) => hasKataTwice(collected[at]?.submitted ?? [])).map(({ learner }) => learner.id)
  const late = groups.filter((_, at) => collected[at]?.isLate === true).map(({ learner }) => learner.id)
  const remarks = [
    ...parts.plan.remarks,
    ...(parts.unknown.length === 0 ? [] : [`Not on the roster: ${listed(parts.unknown)}.`]),
    ...(parts.byName.length === 0 ? [] : [`Found on the roster by name alone: ${listed(parts.byName)}.`]),
    ...(submitted.some(({ atFrom }) => atFrom === 'commit')
      ? [
          'Commit times are what the learner claims: anybody can set them. When a day matters, ask the server when it was pushed.',
        ]
      : []),
    ...(twice.length === 0
      ? []
      : [
          `Changed after the deadline, so what was committed in time and the newest are two attempts: ${listed(twice)}.`,
        ]),
    ...(late.length === 0 ? [] : [`No commit before the deadline, so the newest was taken: ${listed(late)}.`]),
  ]
  return { layout: parts.layout, evidence: parts.evidence, learners: sorted, submitted, notTaken, remarks, missing }
}

const hasKataTwice = (submitted: readonly Submitted[]): boolean =>
  new Set(submitted.map(({ kata }) => kata)).size < submitted.length

const LISTED = 10

const listed = (names: readonly string[]): string =>
  `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ''}`
