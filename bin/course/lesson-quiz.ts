// `## Quiz`: questions with GFM task items as options; the ticked one is right.

import { type Block, dedent, type Line, markdown, splitAtHeadings } from './lesson-lines.ts'
import type { Problem } from './problem.ts'

export interface QuizOption {
  readonly text: string
  readonly right: boolean
  readonly explanation: string
}

export interface Quiz {
  readonly line: number
  readonly question: string
  /** prose and code between the question and its options, Markdown */
  readonly body: string
  readonly options: readonly QuizOption[]
}

const MIN_QUESTIONS = 4
const MIN_OPTIONS = 3
const MAX_OPTIONS = 5

// An option is one line; all that is indented below it is its explanation, so the two need no blank line between.
const OPTION = /^[-*] \[([ xX])\] +(\S.*)$/
const BULLET = /^[-*+] ?/
const BROKEN_BOX = /^\s*[-*+] ?\[.?\]/

export function parseQuiz(lines: readonly Line[], sectionLine: number) {
  const problems: Problem[] = []
  const quiz = splitAtHeadings(lines, 3).blocks.map((block) => parseQuestion(block, problems))
  if (quiz.length < MIN_QUESTIONS) {
    problems.push({
      line: sectionLine,
      message: `a quiz has at least ${MIN_QUESTIONS} questions, this one has ${quiz.length}`,
    })
  }
  return { quiz, problems }
}

function parseQuestion(block: Block, problems: Problem[]): Quiz {
  const fault = (message: string, line = block.line) => problems.push({ line, message })
  const body: Line[] = []
  const drafts: { readonly line: Line; readonly text: string; readonly right: boolean; readonly below: Line[] }[] = []
  for (const line of block.lines) {
    const [, box, text] = (line.code ? null : OPTION.exec(line.text)) ?? []
    const draft = drafts.at(-1)
    if (box !== undefined && text !== undefined) drafts.push({ line, text: text.trim(), right: box !== ' ', below: [] })
    else if (!line.code && BROKEN_BOX.test(line.text))
      fault('an option is written "- [ ] text" or "- [x] text"', line.number)
    else if (draft === undefined) body.push(line)
    else if (/^\s|^$/.test(line.text)) draft.below.push(line)
    else if (!line.code && BULLET.test(line.text)) fault('every option is a task item, "- [ ] text"', line.number)
    else fault('text below an option must be indented, as its explanation', line.number)
  }
  const options = drafts.map(({ line, text, right, below }) => {
    const explanation = markdown(dedent(below))
    if (explanation === '') fault('this option has no explanation', line.number)
    return { text, right, explanation }
  })
  if (options.length < MIN_OPTIONS || options.length > MAX_OPTIONS) {
    fault(`a question has ${MIN_OPTIONS} to ${MAX_OPTIONS} options, this one has ${options.length}`)
  }
  const right = options.filter((option) => option.right).length
  if (right !== 1) fault(`exactly one option is right, here ${right} are`)
  return { line: block.line, question: block.title, body: markdown(body), options }
}

export interface QuizFairness {
  /** how often the right answer stands at each position, first position first */
  readonly rightPositions: readonly number[]
  /** share of questions won by always picking the longest option; among equally long ones by a fair guess */
  readonly longestIsRight: number
}

/** Whether a learner could pass without knowing: over one lesson or the whole course. */
export function quizFairness(quizzes: readonly (readonly Quiz[])[]): QuizFairness {
  const rightPositions: number[] = []
  let won = 0
  let asked = 0
  for (const { options } of quizzes.flat()) {
    const at = options.findIndex((option) => option.right)
    if (at === -1) continue
    while (rightPositions.length <= at) rightPositions.push(0)
    rightPositions[at]!++
    asked++
    const longest = Math.max(...options.map((option) => option.text.length))
    if (options[at]?.text.length === longest) won += 1 / options.filter(({ text }) => text.length === longest).length
  }
  return { rightPositions, longestIsRight: asked === 0 ? 0 : won / asked }
}
