// What `gh classroom clone student-repos` leaves: a folder `<assignment>-submissions` of repositories that are called
// `<assignment>-<username>`; the classroom's CSV, where it is there, says who each username is and when they pushed.

import { printable } from '../../course/printable.ts'
import type { Learner } from '../submitted.ts'
import { byAttempt, byTop, type Handing, type Plan } from './handing.ts'
import type { Table } from './roster.ts'
import { toldTime } from './told-time.ts'
import type { Tree } from './tree.ts'

/** One member: of a group assignment several have the same repository. */
export interface ClassroomRow {
  /** empty where they never accepted the assignment */
  readonly repository: string
  readonly learner: Learner
  readonly atMs?: number
  /** as it is written, where it is no time that is the same everywhere */
  readonly unclearTime?: string
}

/** The rows of a grades CSV of GitHub Classroom; undefined where it is another file. */
export function classroomRows({ header, rows }: Table): ClassroomRow[] | undefined {
  const at = (title: string) => header.indexOf(title)
  if (at('student_repository_name') < 0 || at('github_username') < 0) return undefined
  return rows.flatMap(({ cells }) => {
    const cell = (title: string) => (at(title) < 0 ? '' : (cells[at(title)] ?? ''))
    const username = cell('github_username')
    const identifier = cell('roster_identifier')
    const id = identifier === '' ? username : identifier
    if (id === '') return []
    const time = cell('submission_timestamp')
    const atMs = toldTime(time)
    return [
      {
        repository: cell('student_repository_name'),
        learner: { id, ...(username === '' ? {} : { ids: { github_username: username } }) },
        ...(atMs !== undefined ? { atMs } : time === '' ? {} : { unclearTime: time }),
      },
    ]
  })
}

/**
 * What the names of the repositories have in common, up to a hyphen. The folder's own name says it exactly; of the names
 * alone it is a guess where all usernames begin alike, and the remark says so.
 */
export function commonPrefix(
  tops: readonly string[],
  folder: string,
): { prefix: string; isGuess: boolean } | undefined {
  const told = /^(.+-)submissions$/.exec(folder)?.[1]
  if (told !== undefined && tops.length > 0 && tops.every((top) => top.startsWith(told) && top.length > told.length))
    return { prefix: told, isGuess: false }
  const [first = ''] = tops
  if (tops.length < 2) return undefined
  for (let end = first.lastIndexOf('-'); end > 0; end = first.lastIndexOf('-', end - 1)) {
    const prefix = first.slice(0, end + 1)
    if (tops.every((top) => top.startsWith(prefix) && top.length > prefix.length)) return { prefix, isGuess: true }
  }
  return undefined
}

export function planClassroom(tree: Tree, rows: readonly ClassroomRow[], folder: string): Plan {
  const { tops: all, nobodys } = byTop(tree)
  const tops = all.filter(({ isFolder, items }) => isFolder || items.length === 0)
  const byRepository = new Map<string, ClassroomRow[]>()
  for (const row of rows) byRepository.set(row.repository, [...(byRepository.get(row.repository) ?? []), row])
  const common = commonPrefix(
    tops.map(({ name }) => name),
    folder,
  )
  const handings: Handing[] = []
  let guessed = 0
  for (const { name, items, refused } of tops) {
    const members = byRepository.get(name)
    byRepository.delete(name)
    const username = common !== undefined && name.startsWith(common.prefix) ? name.slice(common.prefix.length) : name
    if (members === undefined && common?.isGuess === true) guessed++
    const stranger = { learner: { id: username, ids: { github_username: username } }, atMs: undefined }
    for (const { learner, atMs } of members ?? [stranger])
      for (const handing of byAttempt(items, refused))
        handings.push({ learner, ...handing, ...(atMs === undefined ? {} : { atMs }) })
  }
  // Whose repository is not there has handed in nothing, and is in the class all the same.
  for (const { learner } of [...byRepository.values()].flat())
    handings.push({ learner, attempt: 1, items: [], refused: [] })
  return { handings, nobodys, remarks: [...guessedRemarks(guessed, common?.prefix), ...unclearRemarks(rows)] }
}

function guessedRemarks(count: number, prefix = ''): string[] {
  if (count === 0) return []
  return [
    `Usernames are what follows "${prefix}" in the names of ${count} folders. If they all lack the same beginning, put the classroom's CSV beside the folders.`,
  ]
}

function unclearRemarks(rows: readonly ClassroomRow[]): string[] {
  const unclear = rows.flatMap(({ unclearTime }) => unclearTime ?? [])
  const [first] = unclear
  if (first === undefined) return []
  return [
    `The classroom's CSV has ${unclear.length === 1 ? 'a time' : `${unclear.length} times`} without a zone ("${printable(first, 40)}"), and no such time is believed: commits say when. Add the zone, like 2026-03-02 10:00:00 UTC.`,
  ]
}
