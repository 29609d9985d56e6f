// The three facts at the top of a lesson. Not YAML: a closed grammar of three keys, so that a typing error is a
// problem with a line and never a silently different course.

import { LEVELS, type Level } from './kata.ts'
import { printable } from './printable.ts'
import type { Problem } from './problem.ts'
import { isSlug } from './slug.ts'

export interface FrontMatter {
  readonly level: Level
  readonly minutes: number
  readonly after: readonly string[]
}

export interface ParsedFrontMatter {
  /** undefined when there is any problem */
  readonly front: FrontMatter | undefined
  readonly problems: readonly Problem[]
  /** how many lines it takes, both fences included */
  readonly lineCount: number
}

const FENCE = '---'
const MAX_LINES = 20
const MAX_MINUTES = 600

const readers = {
  level: (value: string): Level | undefined => LEVELS.find((level) => level === value),
  minutes: (value: string): number | undefined => {
    const minutes = /^[1-9]\d{0,2}$/.test(value) ? Number(value) : 0
    return minutes >= 1 && minutes <= MAX_MINUTES ? minutes : undefined
  },
  after: (value: string): readonly string[] | undefined => {
    if (!value.startsWith('[') || !value.endsWith(']')) return undefined
    const inside = value.slice(1, -1).trim()
    const slugs = inside === '' ? [] : inside.split(',').map((slug) => slug.trim())
    return slugs.every(isSlug) && new Set(slugs).size === slugs.length ? slugs : undefined
  },
}

const expected: Readonly<Record<keyof typeof readers, string>> = {
  level: LEVELS.join(', '),
  minutes: `a whole number from 1 to ${MAX_MINUTES}`,
  after: 'a list of different slugs such as [fixed-window, token-bucket], or []',
}

const isKey = (key: string): key is keyof typeof readers => Object.hasOwn(readers, key)

/** @param lines the lesson's first lines, more than the front matter may be given */
export function parseFrontMatter(lines: readonly string[]): ParsedFrontMatter {
  const end = lines.slice(0, MAX_LINES).indexOf(FENCE, 1)
  if (lines[0] !== FENCE) return failed(`the first line must be ${FENCE}, which opens the front matter`, 0)
  if (end === -1) return failed(`the front matter is not closed by a line ${FENCE}`, 1)

  const problems: Problem[] = []
  const found = new Map<string, { readonly line: number; readonly value: string }>()
  for (let at = 1; at < end; at++) {
    const text = lines[at] ?? ''
    const line = at + 1
    const colon = text.indexOf(': ')
    const key = text.slice(0, Math.max(colon, 0))
    if (colon === -1) problems.push({ line, message: `expected "key: value", got "${printable(text, 60)}"` })
    else if (!isKey(key)) problems.push({ line, message: `unknown key "${printable(key, 60)}"; ${knownKeys}` })
    else if (found.has(key)) problems.push({ line, message: `"${key}" is given twice` })
    else found.set(key, { line, value: text.slice(colon + 2).trim() })
  }

  const read = <K extends keyof typeof readers>(key: K): ReturnType<(typeof readers)[K]> => {
    const given = found.get(key)
    const value = given === undefined ? undefined : readers[key](given.value)
    if (given === undefined) problems.push({ line: end + 1, message: `"${key}" is missing` })
    else if (value === undefined) {
      problems.push({
        line: given.line,
        message: `"${key}" must be ${expected[key]}, got "${printable(given.value, 60)}"`,
      })
    }
    return value as ReturnType<(typeof readers)[K]>
  }
  const level = read('level')
  const minutes = read('minutes')
  const after = read('after')
  const whole = problems.length === 0 && level !== undefined && minutes !== undefined && after !== undefined
  return { front: whole ? { level, minutes, after } : undefined, problems, lineCount: end + 1 }
}

const knownKeys = `the keys are ${Object.keys(readers).join(', ')}`

const failed = (message: string, lineCount: number): ParsedFrontMatter => ({
  front: undefined,
  problems: [{ line: 1, message }],
  lineCount,
})
