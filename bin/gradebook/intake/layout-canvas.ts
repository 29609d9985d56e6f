// What Canvas makes of "Download Submissions" (instructure/canvas-lms, lib/content_zipper.rb): one flat folder, and each
// file's name carries the learner's or the group's squashed name (underscores stay), LATE where it was, the number of the
// user and of the file, and the name that the learner gave it, with -1, -2 … for each later attempt and a UUID where
// Canvas has stopped to count. Who is anonymous has no name and a code for a number. What was typed, or was a link, has no
// number of a file. Files of a quiz (app/models/quizzes/quiz_submission_zipper.rb) have the user's number right after the name.

import type { Kata } from '../../course/kata.ts'
import { printable } from '../../course/printable.ts'
import type { Learner } from '../submitted.ts'
import { isArchiveName } from './archive.ts'
import type { Handing, Plan } from './handing.ts'
import { finder } from './roster.ts'
import type { Tree } from './tree.ts'

interface Parts {
  /** absent where it is anonymous */
  readonly learner?: string
  readonly user: string
  readonly isLate: boolean
  /** absent where no file was handed in */
  readonly file?: string
}

/** Who it is, up to the name of the file. A group may be called `group_3` and a file `2026_work.zip`: several may fit. */
const WITH_FILE =
  /(?:(?:^|_)(?=anon_(?<code>[A-Za-z0-9]{5})_\d+_(?<named>[^/]+)$)|_(?=(?<user>\d+)_\d+_(?<file>[^/]+)$))/g
const WITHOUT_FILE = /(?:(?:^|_)anon_(?<code>[A-Za-z0-9]{5})|_(?<user>\d+))_(?:text|link)\.html$/
const QUIZ = /^(?<learner>[^/]*?[^/\d])(?<user>\d+)_question_\d+_\d+_(?<file>[^/]+)$/
const HEAD = /^(?<learner>[^/]*?)(?:(?:^|_)(?<late>LATE))?(?:_question_\d+)?$/

export const isCanvasName = (path: string): boolean => partsOf(path) !== undefined

interface Evidence {
  /** of a file's name, that it may be a kata's */
  isWanted(file: string): boolean
  /** of a user's number, that the roster has it */
  isKnown(user: string): boolean
}

const NONE: Evidence = { isWanted: () => true, isKnown: () => false }

/** Of several readings that with a file that is wanted, of somebody who is known, is meant; else the first such. */
function partsOf(path: string, { isWanted, isKnown }: Evidence = NONE): Parts | undefined {
  const quiz = QUIZ.exec(path)?.groups
  if (quiz !== undefined)
    return { learner: quiz['learner'] ?? '', user: quiz['user'] ?? '', isLate: false, file: quiz['file'] ?? '' }
  const readings = [...path.matchAll(WITH_FILE)]
  const wanted = readings.filter(({ groups }) => isWanted(groups?.['file'] ?? groups?.['named'] ?? ''))
  const found = wanted.find(({ groups }) => isKnown(groups?.['user'] ?? '')) ?? wanted[0] ?? readings[0]
  const match = found ?? WITHOUT_FILE.exec(path) ?? undefined
  const head = match === undefined ? undefined : HEAD.exec(path.slice(0, match.index))?.groups
  if (match === undefined || head === undefined) return undefined
  const { code, user, file, named } = match.groups ?? {}
  const given = file ?? named
  return {
    ...(code !== undefined || head['learner'] === undefined ? {} : { learner: head['learner'] }),
    user: user ?? code ?? '',
    isLate: head['late'] !== undefined,
    ...(given === undefined ? {} : { file: given }),
  }
}

export function planCanvas({ entries, refused }: Tree, katas: readonly Kata[], roster: readonly Learner[]): Plan {
  const handings: Handing[] = []
  const nobodys: { path: string; why: string }[] = []
  let late = 0
  const find = finder(roster)
  const evidence: Evidence = {
    isWanted: (file) => isArchiveName(file) || katas.some(({ slug }) => original(file, katas).file === `${slug}.ts`),
    isKnown: (user) => user !== '' && find({ id: user, ids: { ID: user } })?.by === 'id',
  }
  for (const entry of entries) {
    const parts = partsOf(entry.path, evidence)
    if (parts === undefined) {
      if (entry.path.endsWith('.ts') || isArchiveName(entry.path))
        nobodys.push({
          path: entry.path,
          why: 'is not named as Canvas names what it exports, so nobody can tell whose it is',
        })
      continue
    }
    if (parts.isLate) late++
    if (parts.file === undefined) {
      handings.push({
        learner: learnerOf(parts),
        attempt: 1,
        items: [],
        refused: [{ path: '', refusal: 'no-file', origin: entry.path }],
      })
      continue
    }
    const { file, attempt } = original(parts.file, katas)
    handings.push({
      learner: learnerOf(parts),
      attempt,
      items: [{ entry, path: file, ...(parts.isLate ? { markedLateBy: 'Canvas' as const } : {}) }],
      refused: [],
    })
  }
  for (const each of refused) {
    const parts = partsOf(each.path, evidence)
    if (parts === undefined) nobodys.push({ path: each.path, why: 'is not named as Canvas names what it exports' })
    else
      handings.push({
        learner: learnerOf(parts),
        attempt: 1,
        items: [],
        refused: [{ ...each, origin: each.path, path: original(parts.file ?? '', katas).file }],
      })
  }
  const remarks =
    late === 0
      ? []
      : [
          `Canvas marks ${late === 1 ? 'one file' : `${late} files`} LATE and does not say when: ${late === 1 ? 'it is' : 'they are'} flagged, and nothing is taken off. Take times from Canvas itself.`,
        ]
  return { handings, nobodys, remarks }
}

/** The code of who is anonymous is no id: nothing in Canvas is found by it. */
const learnerOf = ({ learner, user }: Parts) => ({
  id: user,
  ...(learner === undefined ? {} : { name: printable(learner), ids: { ID: user } }),
})

const MAX_COUNTED = 999

/** The name before Canvas counted: `token-bucket-2.ts` is the third `token-bucket.ts`, unless a kata is called so. */
function original(file: string, katas: readonly Kata[]): { file: string; attempt: number } {
  if (katas.some(({ slug }) => file === `${slug}.ts`)) return { file, attempt: 1 }
  const counted =
    /^(?<stem>.+?)-(?:(?<count>\d{1,3})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?<ending>\.tar\.gz|\.[a-z0-9]+)$/i.exec(
      file,
    )?.groups
  if (counted === undefined) return { file, attempt: 1 }
  const name = `${counted['stem']}${counted['ending']}`
  if (!katas.some(({ slug }) => name === `${slug}.ts`) && !isArchiveName(name)) return { file, attempt: 1 }
  // After the eighth it counts no more: what has a UUID is later than all that have a number.
  return { file: name, attempt: (counted['count'] === undefined ? MAX_COUNTED : Number(counted['count'])) + 1 }
}
