// Text with looks, kept apart from the bytes that a terminal wants: layout counts columns on plain text, and colour
// is put on last, so that a coloured screen and a plain one always hold the same words.

import { styleText } from 'node:util'
import { columns, graphemes } from './columns.ts'

export type Style = 'bold' | 'italic' | 'underline' | 'strikethrough' | 'dim' | 'cyan'

/** A stretch of text in one style. */
export interface Run {
  readonly text: string
  readonly styles: readonly Style[]
}

export type Line = readonly Run[]

const PLAIN: readonly Style[] = []

export function run(text: string, styles: readonly Style[] = PLAIN): Run {
  return { text, styles }
}

export function lineColumns(line: Line): number {
  return columns(line.map(({ text }) => text).join(''))
}

/** Every line on its own: no style is left open at its end, so pagers may start anywhere. */
export function paint(line: Line, colour: boolean): string {
  const ends = line.findLastIndex(({ text }) => text.trimEnd() !== '')
  return line
    .slice(0, ends + 1)
    .map(({ text, styles }, at) => {
      const shown = at === ends ? text.trimEnd() : text
      return colour && styles.length > 0 && shown !== ''
        ? styleText([...styles], shown, { validateStream: false })
        : shown
    })
    .join('')
}

/**
 * Breaks runs into lines at spaces (any amount of white space is one space; a newline stays a newline). A word is
 * broken only if it is wider than the line. No-break spaces hold words together and come out as ordinary spaces.
 */
export function wrap(runs: readonly Run[], width: number): Line[] {
  const lines: Run[][] = [[]]
  let used = 0
  for (const word of words(runs).flatMap((one) => (lineColumns(one.runs) > width ? loosened(one) : [one]))) {
    if (word.newline) used = start(lines)
    let needed = lineColumns(word.runs)
    if (used > 0 && used + 1 + needed > width) used = start(lines)
    if (used > 0) {
      extend(lines, run(' ', word.spaceStyles))
      needed += 1
    }
    if (used + needed <= width) {
      for (const part of word.runs) extend(lines, part)
      used += needed
    } else used = breakWord(word.runs, width, lines)
  }
  return lines
}

/** The widest word: a column narrower than this would break it. */
export function longestWord(runs: readonly Run[]): number {
  return words(runs).reduce((widest, word) => Math.max(widest, lineColumns(word.runs)), 0)
}

interface Word {
  readonly runs: Run[]
  readonly newline: boolean
  readonly spaceStyles: readonly Style[]
}

function words(runs: readonly Run[]): Word[] {
  const found: Word[] = []
  let gap: Pick<Word, 'newline' | 'spaceStyles'> | undefined = { newline: false, spaceStyles: PLAIN }
  for (const { text, styles } of runs) {
    for (const piece of text.split(/([ \t\n]+)/)) {
      if (piece === '') continue
      if (/[ \t\n]/.test(piece)) {
        const newline: boolean = piece.includes('\n') || gap?.newline === true
        gap = { newline, spaceStyles: styles }
      } else {
        const part = run(piece, styles)
        if (gap === undefined) found.at(-1)?.runs.push(part)
        else found.push({ runs: [part], newline: gap.newline && found.length > 0, spaceStyles: gap.spaceStyles })
        gap = undefined
      }
    }
  }
  return found
}

/** A word that no line can hold breaks first at its no-break spaces. */
function loosened({ runs, newline, spaceStyles }: Word): Word[] {
  const parts = words(runs.map(({ text, styles }) => run(text.replaceAll('\u00a0', ' '), styles)))
  return parts.map((part, at) => (at === 0 ? { ...part, newline, spaceStyles } : part))
}

/** Lays a word that is too wide over as many lines as it takes, starting on an empty one; returns what the last holds. */
function breakWord(word: readonly Run[], width: number, lines: Run[][]): number {
  let used = 0
  for (const { text, styles } of word) {
    for (const grapheme of graphemes(text)) {
      const needed = columns(grapheme)
      if (used > 0 && used + needed > width) used = start(lines)
      extend(lines, run(grapheme, styles))
      used += needed
    }
  }
  return used
}

function start(lines: Run[][]): 0 {
  lines.push([])
  return 0
}

function extend(lines: Run[][], { text, styles }: Run): void {
  const line = lines.at(-1) ?? []
  const last = line.at(-1)
  const shown = text.replaceAll('\u00a0', ' ')
  if (last?.styles === styles) line[line.length - 1] = run(last.text + shown, styles)
  else line.push(run(shown, styles))
}
