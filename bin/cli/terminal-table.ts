// A table as a terminal shows it: columns aligned, inner rules only, cells wrapped so that no word breaks. Where not
// even that fits, each row is told as a list of `header: value`, which narrow screens and screen readers like anyway.

import { type Line, lineColumns, longestWord, type Run, run, wrap } from './styled-text.ts'

export type Alignment = 'left' | 'center' | 'right'

export interface Table {
  readonly alignments: readonly Alignment[]
  readonly header: readonly Line[]
  readonly rows: readonly (readonly Line[])[]
}

const BETWEEN = ' │ '

export function renderTable(table: Table, width: number): Line[] {
  const all = [table.header, ...table.rows]
  const natural = table.header.map((_, at) => widest(all.map((row) => longestLine(row[at] ?? []))))
  const floors = table.header.map((_, at) => widest(all.map((row) => longestWord(row[at] ?? []))))
  const room = width - BETWEEN.length * (natural.length - 1)
  const widths = fitWidths(floors, natural, room)
  if (widths === undefined) return told(table, width)

  const rows = all.map((row) => drawRow(row, widths, table.alignments))
  const tall = rows.slice(1).some((row) => row.length > 1)
  const rule: Line = [run(widths.map((columns) => '─'.repeat(columns)).join('─┼─'), ['dim'])]
  const blank: Line = [run(widths.map((columns) => ' '.repeat(columns)).join(BETWEEN), ['dim'])]
  const [header = [], ...body] = rows
  return [...header, rule, ...body.flatMap((row, at) => (tall && at > 0 ? [blank, ...row] : row))]
}

/**
 * Widths between the longest word and the longest line of each column: the wide columns give way first, all to one
 * limit, and what remains goes to the leftmost of them. `undefined` if words would have to break.
 */
function fitWidths(floors: readonly number[], natural: readonly number[], room: number): number[] | undefined {
  const limitedTo = (limit: number) => natural.map((columns, at) => Math.max(floors[at] ?? 1, Math.min(columns, limit)))
  const sum = (columns: readonly number[]) => columns.reduce((total, each) => total + each, 0)
  if (sum(natural) <= room) return [...natural]
  if (sum(floors) > room) return undefined
  let limit = 1
  while (sum(limitedTo(limit + 1)) <= room) limit += 1
  const widths = limitedTo(limit)
  let left = room - sum(widths)
  return widths.map((columns, at) => {
    const wants = left > 0 && columns === limit && (natural[at] ?? 0) > limit
    if (wants) left -= 1
    return wants ? columns + 1 : columns
  })
}

function drawRow(row: readonly Line[], widths: readonly number[], alignments: readonly Alignment[]): Line[] {
  const cells = widths.map((width, at) => wrap(row[at] ?? [], width))
  const height = widest(cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    cells.flatMap((lines, at) => {
      const cell = aligned(lines[line] ?? [], widths[at] ?? 0, alignments[at] ?? 'left')
      return at === 0 ? cell : [run(BETWEEN, ['dim']), ...cell]
    }),
  )
}

function aligned(line: Line, width: number, alignment: Alignment): Run[] {
  const spare = Math.max(0, width - lineColumns(line))
  const before = alignment === 'left' ? 0 : alignment === 'right' ? spare : Math.floor(spare / 2)
  return [run(' '.repeat(before)), ...line, run(' '.repeat(spare - before))]
}

/** Each row as lines of `header: value`, rows set apart by a blank line; the header is told even if there are no rows. */
function told({ header, rows }: Table, width: number): Line[] {
  const known = rows.length > 0 ? rows : [[]]
  return known.flatMap((row, at) => {
    const lines = header.flatMap((name, column) => {
      const [first = [], ...rest] = wrap([...name, run(': '), ...(row[column] ?? [])], width - 2)
      return [first, ...rest.map((line) => [run('  '), ...line])]
    })
    return at > 0 ? [[], ...lines] : lines
  })
}

function longestLine(cell: Line): number {
  return widest(wrap(cell, Number.POSITIVE_INFINITY).map(lineColumns), 0)
}

/** Not `Math.max(...)`, which overflows the stack on a table of a hundred thousand rows. */
function widest(columns: readonly number[], least = 1): number {
  return columns.reduce((most, each) => Math.max(most, each), least)
}
