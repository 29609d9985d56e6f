// What Canvas makes of "Download Submissions": one flat folder, and each file's name carries the learner's squashed
// name, LATE where it was, two numbers, and the name that the learner gave it, with -1, -2 … for each later attempt.

import type { Kata } from '../../course/kata.ts'
import { printable } from '../../course/printable.ts'
import { isArchiveName } from './archive.ts'
import type { Handing, Plan } from './handing.ts'
import type { Tree } from './tree.ts'

const NAME =
  /^(?<learner>[^_/]+)(?:_(?<late>LATE))?_(?:question_\d+_)?(?<user>\d+|[A-Za-z0-9]{5})_(?<submission>\d+)_(?<file>[^/]+)$/

export const isCanvasName = (path: string): boolean => NAME.test(path)

export function planCanvas({ entries, refused }: Tree, katas: readonly Kata[]): Plan {
  const handings: Handing[] = []
  const nobodys: { path: string; why: string }[] = []
  let late = 0
  const markOf = (parts: Parts) => (parts['late'] === undefined ? {} : { markedLateBy: 'Canvas' as const })
  for (const entry of entries) {
    const parts = NAME.exec(entry.path)?.groups
    if (parts === undefined) {
      if (entry.path.endsWith('.ts') || isArchiveName(entry.path))
        nobodys.push({
          path: entry.path,
          why: 'is not named as Canvas names what it exports, so nobody can tell whose it is',
        })
      continue
    }
    if (parts['late'] !== undefined) late++
    const { file, attempt } = original(parts['file'] ?? '', katas)
    handings.push({
      learner: learnerOf(parts),
      attempt,
      items: [{ entry, path: file, ...markOf(parts) }],
      refused: [],
    })
  }
  for (const each of refused) {
    const parts = NAME.exec(each.path)?.groups
    if (parts === undefined) nobodys.push({ path: each.path, why: 'is not named as Canvas names what it exports' })
    else
      handings.push({
        learner: learnerOf(parts),
        attempt: 1,
        items: [],
        refused: [{ ...each, origin: each.path, path: original(parts['file'] ?? '', katas).file }],
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

type Parts = Readonly<Record<string, string | undefined>>

const learnerOf = (parts: Parts) => {
  const user = parts['user'] ?? ''
  return { id: user, name: printable(parts['learner'] ?? ''), ids: { ID: user } }
}

/** The name before Canvas counted: `token-bucket-2.ts` is the third `token-bucket.ts`, unless a kata is called so. */
function original(file: string, katas: readonly Kata[]): { file: string; attempt: number } {
  if (katas.some(({ slug }) => file === `${slug}.ts`)) return { file, attempt: 1 }
  const counted = /^(?<stem>.+)-(?<count>\d{1,3})(?<ending>\.tar\.gz|\.[a-z0-9]+)$/i.exec(file)?.groups
  if (counted === undefined) return { file, attempt: 1 }
  const name = `${counted['stem']}${counted['ending']}`
  if (!katas.some(({ slug }) => name === `${slug}.ts`) && !isArchiveName(name)) return { file, attempt: 1 }
  return { file: name, attempt: Number(counted['count']) + 1 }
}
