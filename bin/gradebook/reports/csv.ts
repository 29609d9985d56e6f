// Comma-separated values (RFC 4180) that no spreadsheet takes for formulas. What a learner has named themselves or their
// file is opened by an instructor with a program that would run `=HYPERLINK(…)`, so text that could begin a formula is
// preceded by an apostrophe, also where a program that splits at other separators would see a cell begin.

import { printable } from '../../course/printable.ts'

/** A number is ours and is written as it is; a text may be anybody's. */
export type Cell = string | number | { readonly exact: string }

const CELL_BEGINS = /((?:^|[;,|])[\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/

/** Lines end with CR LF, also the last one. */
export const csv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')

function field(cell: Cell): string {
  const text = typeof cell === 'object' ? cell.exact : typeof cell === 'number' ? String(cell) : harmless(cell)
  return /[",;|\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One line without commands to a screen, and without anything that a spreadsheet would compute. */
export function harmless(text: string): string {
  const line = printable(
    text.replace(/\s*[\r\n]+\s*/g, ' ').replaceAll('\t', ' '),
    Number.POSITIVE_INFINITY,
  ).toWellFormed()
  // An id or a telephone number is no formula, and another system must find it again as it was.
  return NUMBER.test(line) ? line : line.replace(CELL_BEGINS, "$1'")
}
