// `## Hints`: a ladder of four rungs for each stage; a stage says which promises it helps with, so that the rung can
// follow the promise that is broken.

import { type Block, type Line, markdown, splitAtHeadings } from './lesson-lines.ts'
import type { LessonPromise } from './lesson-promises.ts'
import type { Problem } from './problem.ts'

export interface HintRung {
  /** the learner's question: `Where do the tokens of an idle hour come from?` */
  readonly title: string
  readonly text: string
}

export interface HintStage {
  readonly line: number
  readonly title: string
  /** numbers of promises */
  readonly promises: readonly number[]
  /** four in a lesson without problems */
  readonly rungs: readonly HintRung[]
}

/** Orient, name the invariant, pseudocode, nearly complete. */
export const RUNGS = 4

const PROMISES = /^promises? (\d{1,3}(?:, ?\d{1,3})*)\)$/

export function parseHints(lines: readonly Line[], promises: readonly LessonPromise[], sectionLine: number) {
  const problems: Problem[] = []
  const stages = splitAtHeadings(lines, 3).blocks.map((block) => parseStage(block, problems))
  const helped = stages.flatMap((stage) => stage.promises.map((number) => ({ number, line: stage.line })))
  for (const { number, line } of helped) {
    if (!promises.some((promise) => promise.number === number)) {
      problems.push({ line, message: `there is no promise ${number} in "What must hold"` })
    }
  }
  for (const { number } of promises) {
    const [first, ...more] = helped.filter((each) => each.number === number)
    if (first === undefined)
      problems.push({ line: sectionLine, message: `promise ${number} is in no stage of the hints` })
    for (const { line } of more) problems.push({ line, message: `promise ${number} is in more than one stage` })
  }
  return { stages, problems }
}

function parseStage(block: Block, problems: Problem[]): HintStage {
  const fault = (message: string, line = block.line) => problems.push({ line, message })
  const open = block.title.lastIndexOf(' (')
  const list = open === -1 ? undefined : PROMISES.exec(block.title.slice(open + 2))?.[1]
  if (list === undefined) fault('a stage ends with its promises, such as "### Spending tokens (promises 1, 2, 4)"')
  const { before, blocks } = splitAtHeadings(block.lines, 4)
  if (markdown(before) !== '') fault('text before the first rung would never be shown')
  if (blocks.length !== RUNGS) fault(`a stage has ${RUNGS} rungs (#### questions), this one has ${blocks.length}`)
  const rungs = blocks.map((rung) => {
    if (!rung.title.endsWith('?')) fault("a rung is titled as the learner's question, with a question mark", rung.line)
    const text = markdown(rung.lines)
    if (text === '') fault('this rung is empty', rung.line)
    return { title: rung.title, text }
  })
  return {
    line: block.line,
    title: list === undefined ? block.title : block.title.slice(0, open).trim(),
    promises: list === undefined ? [] : list.split(',').map(Number),
    rungs,
  }
}
