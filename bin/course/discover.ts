// Which katas there are. No registry: a lesson in a volume's folder is a kata. This runs at every start of the
// program, so it reads folder names and the first 2 KiB of each lesson, and nothing else.

import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Kata } from './kata.ts'
import { KataError } from './kata-error.ts'
import { parseLessonHead, splitLines } from './lesson-head.ts'
import { nearest } from './nearest.ts'
import { courseOrder } from './order.ts'
import { printable } from './printable.ts'
import { problemText } from './problem.ts'
import { isSlug } from './slug.ts'

const VOLUME = /^(\d{1,3})-[a-z0-9-]+$/
const LESSON = '.md'
const HEAD_BYTES = 2048

/** Every kata of the course, in course order. */
export function discoverKatas(course: string): Kata[] {
  const lessons = join(course, 'lessons')
  const katas = new Map<string, Kata>()
  const buffer = Buffer.alloc(HEAD_BYTES)
  for (const folder of folderEntries(lessons, course)) {
    const volume = VOLUME.exec(folder.name)?.[1]
    if (volume === undefined || !folder.isDirectory()) continue
    for (const name of readdirSync(join(lessons, folder.name))) {
      // Dot files are what editors and file managers leave beside a lesson.
      if (!name.endsWith(LESSON) || name.startsWith('.')) continue
      const kata = readKata(join(lessons, folder.name, name), folder.name, name.slice(0, -LESSON.length), buffer)
      const twin = katas.get(kata.slug)
      if (twin !== undefined) {
        throw new KataError(
          `Two katas have the slug ${kata.slug}: ${twin.path} and ${kata.path}.`,
          'Rename one of them.',
        )
      }
      katas.set(kata.slug, { ...kata, volume: Number(volume) })
    }
  }
  return courseOrder([...katas.values()])
}

function folderEntries(lessons: string, course: string) {
  try {
    return readdirSync(lessons, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new KataError(`There are no lessons in ${course}.`, 'Install the course again.')
  }
}

function readKata(file: string, folder: string, slug: string, buffer: Buffer): Omit<Kata, 'volume'> {
  if (!isSlug(slug)) {
    throw new KataError(`${printable(file)}: a lesson's name must be like token-bucket.md.`, 'Rename it.')
  }
  const { front, title, problems } = parseLessonHead(headLines(file, buffer))
  const [first] = problems
  if (first !== undefined) throw new KataError(problemText(file, first))
  if (front === undefined || title === undefined) throw new Error(`${file}: no head and no problem`)
  return { slug, path: `${folder}/${slug}`, title, ...front }
}

/** Whole lines only: the last one of a full buffer may be cut, even within a character. */
function headLines(file: string, buffer: Buffer): string[] {
  const descriptor = openSync(file, 'r')
  try {
    const length = readSync(descriptor, buffer, 0, HEAD_BYTES, 0)
    const lines = splitLines(buffer.toString('utf8', 0, length))
    return length === HEAD_BYTES ? lines.slice(0, -1) : lines
  } finally {
    closeSync(descriptor)
  }
}

/** The kata that a person means by a slug, by `2-foundation/token-bucket`, or by any file that belongs to it. */
export function findKata(katas: readonly Kata[], name: string): Kata {
  const asPath = name.replaceAll('\\', '/').replace(/(?:\.test)?\.ts$|\.md$/, '')
  const found =
    katas.find((kata) => kata.slug === asPath.replace(/^\.\//, '')) ??
    katas.find((kata) => `/${asPath}/`.includes(`/${kata.path}/`))
  if (found !== undefined) return found
  const typed = asPath.slice(asPath.lastIndexOf('/') + 1)
  const slugs = katas.map((kata) => kata.slug)
  const meant = nearest(typed, slugs)
  const guess = meant.length === 0 ? '' : ` Did you mean ${meant.join(' or ')}?`
  throw new KataError(`No kata "${printable(name, 60)}".${guess}`, 'See: npx kata list')
}
