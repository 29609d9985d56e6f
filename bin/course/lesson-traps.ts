// `## Where it goes wrong`: each trap names the rejected submission that falls into it.

import { type Line, listItems } from './lesson-lines.ts'
import type { Problem } from './problem.ts'
import { isSlug } from './slug.ts'
import { isVerdict } from './verdict.ts'

export interface LessonTrap {
  readonly line: number
  /** `wrong-answer.forgets-idle-time`, the name of the submission without ending */
  readonly name: string
  /** the bullet, Markdown */
  readonly text: string
}

const BULLET = /^([-*]) +/
const CODE_SPAN = /`([^`]+)`/g
/** Verdicts that no wrong submission can earn: the stub is `todo`, and a fault of ours is nobody's trap. */
const NOT_REJECTED: ReadonlySet<string> = new Set(['todo', 'accepted', 'judge-error'])

/** Whether a name is that of a rejected submission: `<verdict>.<what-it-does>`. */
export function isRejectedName(name: string): boolean {
  const dot = name.indexOf('.')
  const verdict = name.slice(0, Math.max(dot, 0))
  return isVerdict(verdict) && !NOT_REJECTED.has(verdict) && isSlug(name.slice(dot + 1))
}

export function parseTraps(lines: readonly Line[], sectionLine: number) {
  const problems: Problem[] = []
  const names = new Set<string>()
  const traps = listItems(lines, BULLET).flatMap((item): LessonTrap[] => {
    const fault = (message: string) => problems.push({ line: item.line, message })
    const spans = [...item.prose.matchAll(CODE_SPAN)].map((match) => match[1] ?? '')
    const [name, ...more] = spans.filter(isRejectedName)
    if (name === undefined) {
      fault('a trap names its rejected submission in a code span, such as `wrong-answer.forgets-idle-time`')
      return []
    }
    if (more.length > 0) fault(`a trap names one rejected submission, this one names ${more.length + 1}`)
    if (names.has(name)) fault(`two traps name ${name}`)
    names.add(name)
    return [{ line: item.line, name, text: item.text }]
  })
  if (traps.length === 0) problems.push({ line: sectionLine, message: 'there is no trap in "Where it goes wrong"' })
  return { traps, problems }
}
