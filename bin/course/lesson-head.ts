// The part of a lesson that discovery reads at every start: front matter and title, nothing else.

import { type FrontMatter, parseFrontMatter } from './front-matter.ts'
import { printable } from './printable.ts'
import type { Problem } from './problem.ts'

export interface LessonHead {
  readonly front: FrontMatter | undefined
  readonly title: string | undefined
  readonly problems: readonly Problem[]
  /** index of the first line after the head */
  readonly lineCount: number
}

const MAX_TITLE = 100

export const splitLines = (text: string): string[] => text.split(/\r?\n/)

export function parseLessonHead(lines: readonly string[]): LessonHead {
  const { front, problems, lineCount } = parseFrontMatter(lines)
  // The title must come first: a `# comment` in some later code fence is then never taken for it.
  let at = lineCount
  while (lines[at]?.trim() === '') at++
  const title = lines[at]?.startsWith('# ') ? printable(lines[at]?.slice(2).trim() ?? '', MAX_TITLE) : ''
  if (title !== '') return { front, title, problems, lineCount: at + 1 }
  const message = 'the first line after the front matter must be the title, such as "# Token bucket"'
  return { front, title: undefined, problems: [...problems, { line: at + 1, message }], lineCount }
}
