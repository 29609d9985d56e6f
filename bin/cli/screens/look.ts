// How a screen may look: its width, and whether it may have colour. Screens are pure functions from data and look to text.

import { styleText } from 'node:util'
import { columns, graphemes } from '../columns.ts'

export interface Look {
  /** columns; never more than what reads well */
  readonly width: number
  readonly colour: boolean
  /** pictures are drawn with what every terminal has */
  readonly ascii?: true
}

const MIN_WIDTH = 40
const MAX_WIDTH = 100
const DEFAULT_WIDTH = 80

/** COLUMNS is what a caller says whose output is no terminal; a terminal knows better itself. */
export function lookOf(stdout: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv): Look {
  const { COLUMNS = '', FORCE_COLOR, NO_COLOR = '', TERM } = env
  // The Linux console has no font for pictures; a locale that is not UTF-8 says that nothing has.
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((one) => one !== undefined && one !== '')
  const ascii = TERM === 'dumb' || TERM === 'linux' || (locale !== undefined && !/utf-?8/i.test(locale))
  const told = /^\d{1,4}$/.test(COLUMNS) ? Number(COLUMNS) : DEFAULT_WIDTH
  return {
    width: Math.max(MIN_WIDTH, Math.min(stdout.columns ?? told, MAX_WIDTH)),
    colour:
      NO_COLOR === '' && TERM !== 'dumb' && (FORCE_COLOR === undefined ? stdout.isTTY === true : FORCE_COLOR !== '0'),
    ...(ascii ? { ascii } : {}),
  }
}

type Paint = Parameters<typeof styleText>[0]

export function paint(look: Look, style: Paint, text: string): string {
  return look.colour ? styleText(style, text, { validateStream: false }) : text
}

/** Fills up to a number of columns, as seen. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)))
}

/** Cuts to a number of columns; the cut is marked. */
export function cutTo(text: string, width: number): string {
  return columns(text) <= width ? text : `${headOf(text, width - 1)}…`
}

/** As much of the start of a text as so many columns hold. */
function headOf(text: string, width: number): string {
  let head = ''
  let used = 0
  for (const grapheme of graphemes(text)) {
    used += columns(grapheme)
    if (used > width) break
    head += grapheme
  }
  return head
}

/**
 * Breaks plain text into lines of at most that many columns, each after the first with an indent. A word that no line
 * can hold is broken: what comes from a submission has words as long as it likes.
 */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  const room = () => width - (lines.length === 0 ? 0 : indent.length)
  const end = () => {
    lines.push(lines.length === 0 ? line : indent + line)
    line = ''
  }
  for (const word of text.split(/[ \t\n]+/).filter((one) => one !== '')) {
    if (line !== '' && columns(line) + 1 + columns(word) > room()) end()
    let rest = line === '' ? word : ` ${word}`
    while (columns(rest) > room()) {
      line = headOf(rest, Math.max(1, room()))
      rest = rest.slice(line.length)
      end()
    }
    line += rest
  }
  if (line !== '') end()
  return lines
}

/** The same for a line of code, whose runs of spaces say something. */
export function foldCode(text: string, width: number, indent: string): string[] {
  const held = text.replace(/^ +| {2,}/g, (spaces) => '\u00a0'.repeat(spaces.length))
  return wrapText(held, width, indent).map((line) => line.replaceAll('\u00a0', ' '))
}

/** A number with its noun. */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Three digits of what is small, all of what is large. */
export const figure = (value: number): string =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en-US')

const GAP = 3
const NARROWEST_RIGHT = 24

/** Two columns, the right one wrapped; below each other where too little room is left for that. */
export function sideBySide(
  rows: readonly (readonly [left: string, right: string])[],
  { width }: Look,
  paintLeft: (left: string) => string = (left) => left,
): string[] {
  const left = Math.max(...rows.map(([text]) => columns(text))) + GAP
  const room = width - left
  return rows.flatMap(([text, right]) => {
    if (room < NARROWEST_RIGHT) return [paintLeft(text), ...wrapText(right, width - 6).map((line) => `      ${line}`)]
    const [first = '', ...more] = wrapText(right, room)
    return [
      `${paintLeft(text)}${' '.repeat(left - columns(text))}${first}`,
      ...more.map((line) => ' '.repeat(left) + line),
    ]
  })
}
