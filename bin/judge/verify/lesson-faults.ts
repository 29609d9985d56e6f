// What a machine can prove of a lesson, beyond what its parser says.

import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { lessonFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { type Lesson, readLesson } from '../../course/lesson.ts'
import { quizFairness } from '../../course/lesson-quiz.ts'
import { compileSubmission } from '../compile.ts'
import type { Fault } from './proof.ts'
import type { GraderFile } from './rooms.ts'

const MIN_WORDS = 900
const MAX_WORDS = 1_800
/** Of the questions of one lesson, how many may have their right answer in one place, or as the longest. */
const MAX_IN_ONE_PLACE = 0.5
const MAX_LONGEST = 0.4
const MAX_FENCE_COLUMNS = 76

export async function lessonFaults(
  ws: Workspace,
  kata: Kata,
  rejected: readonly GraderFile[],
  katas: readonly Kata[],
): Promise<Fault[]> {
  const lesson = readLesson(ws, kata)
  const file = relative(ws.course, lessonFile(ws, kata))
  const faults: Fault[] = lesson.problems.map(({ line, message }) => ({ where: `${file}:${line}`, message }))
  const say = (message: string, line?: number) =>
    faults.push({ where: line === undefined ? file : `${file}:${line}`, message })
  if (lesson.words < MIN_WORDS || lesson.words > MAX_WORDS)
    say(`has ${lesson.words} words; a lesson has ${MIN_WORDS} to ${MAX_WORDS}`)

  const traps = new Set(lesson.traps.map(({ name }) => name))
  const names = new Set(rejected.map(({ name }) => name.replace(/^rejected\/|\.ts$/g, '')))
  for (const name of names) if (!traps.has(name)) say(`no trap of "Where it goes wrong" names ${name}`)
  for (const name of traps) if (!names.has(name)) say(`the trap ${name} has no rejected submission`)

  const fairness = quizFairness([lesson.quiz])
  const questions = lesson.quiz.length
  for (const [place, count] of fairness.rightPositions.entries())
    if (questions > 0 && count / questions > MAX_IN_ONE_PLACE)
      say(`${count} of ${questions} right answers stand in place ${place + 1}`)
  if (fairness.longestIsRight > MAX_LONGEST)
    say(`the right answer is the longest in ${Math.round(100 * fairness.longestIsRight)} % of the questions`)

  for (const slug of slugsMentioned(lesson, katas)) say(`mentions the kata ${slug}, which there is not`)
  for (const { line, text } of fenceLines(ws, kata))
    if ([...text].length > MAX_FENCE_COLUMNS)
      say(`this line of a picture or code has ${[...text].length} columns, more than ${MAX_FENCE_COLUMNS}`, line)
  return [...faults, ...(await fenceFaults(ws, kata, file))]
}

/** `kata lesson SLUG` and the like must lead somewhere. */
function slugsMentioned(lesson: Lesson, katas: readonly Kata[]): string[] {
  const known = new Set(katas.map(({ slug }) => slug))
  const commands = /kata (?:check|watch|lesson|hint|solution|diff|reset|redo) ([a-z0-9-]+)/g
  return lesson.sections.flatMap(({ text }) =>
    [...text.matchAll(commands)].map(([, slug = '']) => slug).filter((slug) => !known.has(slug)),
  )
}

interface Fence {
  readonly line: number
  readonly language: string
  readonly text: string
}

function fences(ws: Workspace, kata: Kata): Fence[] {
  const found: Fence[] = []
  let open: { line: number; language: string; lines: string[] } | undefined
  for (const [i, text] of readFileSync(lessonFile(ws, kata), 'utf8').split(/\r?\n/).entries()) {
    const mark = /^```(\w*)/.exec(text)
    if (mark === null) open?.lines.push(text)
    else if (open === undefined) open = { line: i + 2, language: mark[1] ?? '', lines: [] }
    else {
      found.push({ line: open.line, language: open.language, text: open.lines.join('\n') })
      open = undefined
    }
  }
  return found
}

const fenceLines = (ws: Workspace, kata: Kata): { line: number; text: string }[] =>
  fences(ws, kata).flatMap((fence) => fence.text.split('\n').map((text, i) => ({ line: fence.line + i, text })))

/** Every fence in `ts` compiles on its own: held against an empty stub, by the same compiler and flags as submissions. */
async function fenceFaults(ws: Workspace, kata: Kata, file: string): Promise<Fault[]> {
  const code = fences(ws, kata).filter(({ language }) => language === 'ts')
  const compiled = await compileSubmission({
    course: ws.course,
    katas: code.map(({ line, text }) => ({
      id: String(line),
      path: kata.path,
      pristineStub: `${import.meta.dirname}/empty-stub.ts`,
      source: `${text}\nexport {}\n`,
    })),
  })
  return compiled.flatMap(({ id, problems }) =>
    problems.map((problem) => ({ where: `${file}:${Number(id) + problem.line - 1}`, message: problem.message })),
  )
}
