// `## What must hold`: numbered promises. Their names are the names of the hidden tests, one to one.

import { type Line, listItems } from './lesson-lines.ts'
import type { Problem } from './problem.ts'

export interface LessonPromise {
  readonly number: number
  readonly line: number
  /** `A full bucket grants its capacity at once` */
  readonly name: string
  /** the explanation after the name, Markdown */
  readonly text: string
}

const ORDERED = /^(\d{1,3})\. +/

export function parsePromises(lines: readonly Line[], sectionLine: number) {
  const problems: Problem[] = []
  const names = new Set<string>()
  const promises = listItems(lines, ORDERED).flatMap((item, at): LessonPromise[] => {
    const fault = (message: string) => problems.push({ line: item.line, message })
    const number = Number(item.marker)
    if (number !== at + 1) fault(`promise ${number} stands where promise ${at + 1} belongs`)
    const end = item.text.startsWith('**') ? item.text.indexOf('**', 2) : -1
    const name = item.text.slice(2, Math.max(end, 2)).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
    if (name === '') {
      fault('a promise begins with its name in bold, such as "1. **A full bucket grants its capacity at once.**"')
      return []
    }
    if (names.has(name)) fault(`two promises have the name "${name}"`)
    names.add(name)
    return [{ number, line: item.line, name, text: item.text.slice(end + 2).trim() }]
  })
  if (promises.length === 0) problems.push({ line: sectionLine, message: 'there is no promise in "What must hold"' })
  return { promises, problems }
}
