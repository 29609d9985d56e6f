// A whole lesson as data. Faults of content are collected, not thrown: an author wants all of them in one go, and a
// learner should still read a lesson whose quiz has a slip.

import { lessonFile } from './files.ts'
import type { FrontMatter } from './front-matter.ts'
import type { Kata, Workspace } from './kata.ts'
import { KataError } from './kata-error.ts'
import { parseLessonHead, splitLines } from './lesson-head.ts'
import { type HintStage, parseHints } from './lesson-hints.ts'
import { type Line, markdown, scanLines, splitAtHeadings } from './lesson-lines.ts'
import { type LessonPromise, parsePromises } from './lesson-promises.ts'
import { parseQuiz, type Quiz } from './lesson-quiz.ts'
import { type LessonTrap, parseTraps } from './lesson-traps.ts'
import { printable } from './printable.ts'
import type { Problem } from './problem.ts'
import { readText } from './read-text.ts'

/** The sections of a lesson, in the order in which a learner needs them. */
export const SECTIONS = [
  'The scar',
  'The idea',
  'What must hold',
  'What it may cost',
  'Where it goes wrong',
  'In production',
  'Interview',
  'Hints',
  'Quiz',
  'Sources',
] as const
export type SectionTitle = (typeof SECTIONS)[number]

export interface LessonSection {
  readonly title: string
  readonly line: number
  /** Markdown below the heading */
  readonly text: string
}

export interface Lesson {
  readonly file: string
  readonly front: FrontMatter | undefined
  readonly title: string
  /** first paragraph of The scar, on one line */
  readonly opening: string
  readonly sections: readonly LessonSection[]
  readonly promises: readonly LessonPromise[]
  readonly traps: readonly LessonTrap[]
  readonly hints: readonly HintStage[]
  readonly quiz: readonly Quiz[]
  /** words of prose, without code fences and front matter */
  readonly words: number
  readonly problems: readonly Problem[]
}

const MAX_BYTES = 256 * 1024

export function readLesson(ws: Workspace, kata: Kata): Lesson {
  const file = lessonFile(ws, kata)
  const text = readText(file, MAX_BYTES)
  if (text === undefined) throw new KataError(`The lesson ${file} is missing.`, 'Install the course again.')
  return parseLesson(text, file)
}

/** @param file only named, never read */
export function parseLesson(text: string, file: string): Lesson {
  const clean = withoutControls(splitLines(text))
  const head = parseLessonHead(clean.texts)
  const scanned = scanLines(clean.texts)
  const body = scanned.lines.slice(head.lineCount)
  const { blocks } = splitAtHeadings(body, 2)

  // A section that is missing is one problem; what it should have held is not a dozen more.
  const section = (title: SectionTitle) => blocks.find((block) => block.title === title)
  const hold = section('What must hold')
  const promises = hold === undefined ? { promises: [], problems: [] } : parsePromises(hold.lines, hold.line)
  const wrong = section('Where it goes wrong')
  const traps = wrong === undefined ? { traps: [], problems: [] } : parseTraps(wrong.lines, wrong.line)
  const ladder = section('Hints')
  const hints =
    ladder === undefined ? { stages: [], problems: [] } : parseHints(ladder.lines, promises.promises, ladder.line)
  const asked = section('Quiz')
  const quiz = asked === undefined ? { quiz: [], problems: [] } : parseQuiz(asked.lines, asked.line)

  const sections = { problems: sectionProblems(blocks, clean.texts.length) }
  const parts = [clean, head, scanned, sections, promises, traps, hints, quiz]
  return {
    file,
    front: head.front,
    title: head.title ?? '',
    opening: firstParagraph(section('The scar')?.lines ?? []),
    sections: blocks.map((block) => ({ title: block.title, line: block.line, text: markdown(block.lines) })),
    promises: promises.promises,
    traps: traps.traps,
    hints: hints.stages,
    quiz: quiz.quiz,
    words: countWords(body),
    problems: parts.flatMap((part) => part.problems).sort((a, b) => a.line - b.line),
  }
}

/** Control characters would let a lesson rewrite the screen: they are a fault, and nothing parsed holds them. */
function withoutControls(raw: readonly string[]): { readonly texts: string[]; readonly problems: Problem[] } {
  const problems: Problem[] = []
  const texts = raw.map((text, at) => {
    const shown = text
      .split('\t')
      .map((part) => printable(part, part.length))
      .join('\t')
    if (shown !== text) problems.push({ line: at + 1, message: 'this line holds a control character' })
    return shown
  })
  return { texts, problems }
}

function sectionProblems(
  blocks: readonly { readonly title: string; readonly line: number }[],
  lastLine: number,
): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  let last = -1
  for (const { title, line } of blocks) {
    const place = (SECTIONS as readonly string[]).indexOf(title)
    if (place === -1)
      problems.push({ line, message: `unknown section "${title}"; the sections are ${SECTIONS.join(', ')}` })
    else if (seen.has(title)) problems.push({ line, message: `the section "${title}" is there twice` })
    else if (place < last)
      problems.push({ line, message: `the section "${title}" must come before "${SECTIONS[last]}"` })
    seen.add(title)
    last = Math.max(last, place)
  }
  for (const title of SECTIONS) {
    if (!seen.has(title)) problems.push({ line: lastLine, message: `the section "${title}" is missing` })
  }
  return problems
}

function firstParagraph(lines: readonly Line[]): string {
  const start = lines.findIndex((line) => line.text.trim() !== '')
  const rest = lines.slice(Math.max(start, 0))
  const end = rest.findIndex((line) => line.text.trim() === '' || line.code)
  return rest
    .slice(0, end === -1 ? undefined : end)
    .map((line) => line.text.trim())
    .join(' ')
}

const countWords = (lines: readonly Line[]): number =>
  lines
    .filter((line) => !line.code)
    .flatMap((line) => line.text.split(/\s+/))
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length
