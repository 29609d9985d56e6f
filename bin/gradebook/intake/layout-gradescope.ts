// What Gradescope makes of "Export Submissions": a folder `submission_1234` for each, and submission_metadata.yml, which
// says whose it is, when it came, and which ones came before.

import { parse } from 'yaml'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import type { Learner } from '../submitted.ts'
import { byAttempt, byTop, type Handing, type Plan } from './handing.ts'
import { toldTime } from './told-time.ts'
import type { Tree } from './tree.ts'

export const METADATA = /^submission_metadata\.(?:ya?ml|json)$/
export const SUBMISSION = /^submission_[A-Za-z0-9]+$/
export const MAX_METADATA_BYTES = 64 * 1024 * 1024

interface Version {
  readonly id: string
  readonly submitters: readonly Learner[]
  readonly atMs?: number
}

/** @param metadata the export's own file, where it was there */
export function planGradescope(
  tree: Tree,
  metadata: { readonly name: string; readonly text: string } | undefined,
): Plan {
  const versions = metadata === undefined ? [] : versionsOf(metadata.text, metadata.name)
  const known = new Map(versions.map((version) => [`submission_${version.id}`, version]))
  const { tops, nobodys: unnamed } = byTop(tree)
  const handings: Handing[] = []
  const nobodys = [...unnamed]
  const loose: string[] = []
  for (const { name, isFolder, items, refused } of tops) {
    if (!SUBMISSION.test(name)) {
      if (isFolder) nobodys.push({ path: name, why: 'is no folder of a submission' })
      continue
    }
    const version = known.get(name)
    if (version === undefined) loose.push(name)
    for (const learner of version?.submitters ?? [{ id: name }])
      for (const handing of byAttempt(items, refused))
        handings.push({ learner, ...handing, ...(version?.atMs === undefined ? {} : { atMs: version.atMs }) })
  }
  const there = new Set(tops.map(({ name }) => name))
  const without = versions.filter(({ id }) => !there.has(`submission_${id}`)).length
  return {
    handings: numbered(handings),
    nobodys,
    remarks: [
      ...(loose.length === 0
        ? []
        : [
            loose.length === 1
              ? `The metadata does not say whose ${loose.join('')} is: it stands under its own name.`
              : `The metadata does not say whose ${loose.length} folders are: each stands under its own name.`,
          ]),
      ...(without === 0
        ? []
        : [`The export names ${without} earlier or empty submissions and does not hold their files.`]),
    ],
  }
}

/** Attempts of one learner, in order of time; where no time is told, in the order of the folders. */
function numbered(handings: readonly Handing[]): Handing[] {
  const counts = new Map<string, number>()
  return handings
    .toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0) || a.attempt - b.attempt)
    .map((handing) => {
      const attempt = (counts.get(handing.learner.id) ?? 0) + 1
      counts.set(handing.learner.id, attempt)
      return { ...handing, attempt }
    })
}

/** The active submissions, and what came before them. @throws {KataError} where the file is no metadata */
function versionsOf(text: string, name: string): Version[] {
  let data: unknown
  try {
    // Aliases are bounded: the file quotes what learners wrote. All is text or nothing: an id without quotes, like 0089,
    // is no number, and `null` is nobody's.
    data = name.endsWith('.json')
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: 10_000, logLevel: 'error', schema: 'failsafe', customTags: ['null'] })
  } catch (error) {
    throw new KataError(
      `${printable(name)} is damaged: ${printable(error instanceof Error ? (error.message.split('\n')[0] ?? '') : '', 160)}`,
      'Export the submissions again.',
    )
  }
  const versions: Version[] = []
  for (const [folder, value] of Object.entries(record(data))) {
    const id = /^submission_([A-Za-z0-9]+)$/.exec(folder)?.[1]
    if (id === undefined) continue
    const active = versionOf(id, value, [])
    if (active.submitters.length === 0) continue
    versions.push(active)
    const history = field(value, 'history')
    for (const before of Array.isArray(history) ? history : []) {
      const number = field(before, 'id')
      if (typeof number === 'number' || typeof number === 'string')
        versions.push(versionOf(String(number), before, active.submitters))
    }
  }
  return versions
}

function versionOf(id: string, value: unknown, otherwise: readonly Learner[]): Version {
  const listed = field(value, 'submitters')
  const submitters = (Array.isArray(listed) ? listed : []).flatMap((each): Learner[] => {
    const sid = textOf(field(each, 'sid'))
    const email = textOf(field(each, 'email'))
    const name = textOf(field(each, 'name'))
    const key = sid ?? email ?? name
    return key === undefined
      ? []
      : [{ id: key, ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) }]
  })
  const atMs = toldTime(field(value, 'created_at'))
  return { id, submitters: submitters.length === 0 ? otherwise : submitters, ...(atMs === undefined ? {} : { atMs }) }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** The keys are Ruby's symbols: `:created_at`. */
const field = (value: unknown, name: string): unknown => record(value)[`:${name}`] ?? record(value)[name]

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  return text === '' || text.length > 200 ? undefined : printable(text)
}
