// What `gh classroom clone student-repos` leaves: a folder `<assignment>-submissions` of repositories that are called
// `<assignment>-<username>`; the classroom's CSV, where it is there, says who each username is and when they pushed.

import type { Learner } from '../submitted.ts'
import { byAttempt, byTop, type Handing, type Plan } from './handing.ts'
import type { Table } from './roster.ts'
import type { Tree } from './tree.ts'

export interface ClassroomRow {
  readonly repository: string
  readonly learner: Learner
  readonly atMs?: number
}

/** The rows of a grades CSV of GitHub Classroom; undefined where it is another file. */
export function classroomRows({ header, rows }: Table): ClassroomRow[] | undefined {
  const at = (title: string) => header.indexOf(title)
  if (at('student_repository_name') < 0 || at('github_username') < 0) return undefined
  return rows.flatMap(({ cells }) => {
    const cell = (title: string) => (at(title) < 0 ? '' : (cells[at(title)] ?? ''))
    const username = cell('github_username')
    const repository = cell('student_repository_name')
    if (username === '' || repository === '') return []
    const identifier = cell('roster_identifier')
    const atMs = Date.parse(cell('submission_timestamp'))
    return [
      {
        repository,
        learner: { id: identifier === '' ? username : identifier, ids: { github_username: username } },
        ...(Number.isNaN(atMs) ? {} : { atMs }),
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
  const byRepository = new Map(rows.map((row) => [row.repository, row]))
  const common = commonPrefix(
    tops.map(({ name }) => name),
    folder,
  )
  const handings: Handing[] = []
  let guessed = 0
  for (const { name, items, refused } of tops) {
    const row = byRepository.get(name)
    const username = common !== undefined && name.startsWith(common.prefix) ? name.slice(common.prefix.length) : name
    if (row === undefined && common?.isGuess === true) guessed++
    const learner = row?.learner ?? { id: username, ids: { github_username: username } }
    for (const handing of byAttempt(items, refused))
      handings.push({ learner, ...handing, ...(row?.atMs === undefined ? {} : { atMs: row.atMs }) })
  }
  return {
    handings,
    nobodys,
    remarks:
      guessed === 0
        ? []
        : [
            `Usernames are what follows "${common?.prefix ?? ''}" in the names of ${guessed} folders. If they all lack the same beginning, put the classroom's CSV beside the folders.`,
          ],
  }
}
