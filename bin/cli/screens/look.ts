// How a screen may look: its width, and whether it may have colour. Screens are pure functions from data and look to text.

import { styleText } from 'node:util'
import { columns } from '../columns.ts'

export interface Look {
  /** columns; never more than what reads well */
  readonly width: number
  readonly colour: boolean
}

const MAX_WIDTH = 100

export function lookOf(stdout: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv): Look {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  const forbidden = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return {
    width: Math.max(40, Math.min(stdout.columns ?? 80, MAX_WIDTH)),
    colour: !forbidden && (forced || stdout.isTTY === true),
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
  if (columns(text) <= width) return text
  let cut = text
  while (columns(cut) > width - 1) cut = cut.slice(0, -1)
  return `${cut}…`
}

/** Breaks plain text into lines of at most that many columns, each after the first with an indent. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? (lines.length === 0 ? word : indent + word) : `${line} ${word}`
    if (line !== '' && columns(longer) > width) {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  if (line !== '') lines.push(line)
  return lines
}
