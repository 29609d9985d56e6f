// The map of false sharing: one row for each word of a cache line, with who reads and who writes it; what collides is
// marked. A word has the name of the index that it is touched by, where there is one beyond doubt; the code that touches it
// stands below, in full, for half a name is none.

import type { CacheLineMap, CacheLineRow } from '../../judge/budgets/spent.ts'
import { columns } from '../columns.ts'
import { printable } from '../printable.ts'
import { figure, foldCode, type Look, pad, paint, wrapText } from './look.ts'

const LABEL = 12
const INDENT = '  '
/** Lines of the cache, and words of each: the first of these that fits its room. */
const EXTENTS = [
  [1, 8],
  [1, 6],
  [1, 4],
  [1, 3],
  [1, 2],
] as const
type Word = CacheLineRow['words'][number]

/** @param room in lines: where it is too little for everything, what is left out is counted */
export function cacheLineLines(map: CacheLineMap, look: Look, room = Number.POSITIVE_INFINITY): string[] {
  let lines = drawn(map, look, map.rows.length, Number.POSITIVE_INFINITY)
  for (const [rows, words] of EXTENTS) {
    if (lines.length <= room) break
    lines = drawn(map, look, rows, words)
  }
  return lines
}

function drawn(map: CacheLineMap, look: Look, mostRows: number, mostWords: number): string[] {
  const { rows, moreRows = 0 } = map
  const colliding = rows.filter(({ falseMisses }) => falseMisses > 0)
  const shown = (colliding.length === 0 ? rows : colliding).slice(0, mostRows)
  const left = Math.max(0, colliding.length - shown.length) + moreRows
  return [
    ...shown.flatMap((row) => rowLines(row, map, look, mostWords)),
    ...(left === 0 ? [] : wrapText(`… ${left} more cache line${left === 1 ? '' : 's'}`, look.width, INDENT).map(inset)),
  ]
}

const inset = (line: string) => `${INDENT}${line.trimStart()}`

function rowLines(row: CacheLineRow, map: CacheLineMap, look: Look, mostWords: number): string[] {
  const { startsAt, words, moreWords = 0, falseMisses } = row
  const shown = mostTold(words, mostWords)
  const left = words.length - shown.length + moreWords
  const title = `one cache line: bytes ${startsAt} to ${startsAt + map.lineBytes - 1}, ${figure(falseMisses)} false misses an operation`
  return [
    ...wrapText(title, look.width - INDENT.length).map((line) => INDENT + line),
    // Without names before without a table: the code below has them, too.
    ...(tableLines(shown, map.threads, look, true) ??
      tableLines(shown, map.threads, look, false) ??
      listLines(shown, map.threads, look)),
    ...(left === 0 ? [] : [`${INDENT}… ${left} more word${left === 1 ? '' : 's'}`]),
    ...codeLines(shown, look),
  ]
}

const touches = ({ reads, writes }: Word): number => [...reads, ...writes].reduce((sum, count) => sum + count, 0)

/** Those that explain most, where they lie. */
function mostTold(words: readonly Word[], most: number): readonly Word[] {
  const ranked = [...words].sort((a, b) => Number(b.hot) - Number(a.hot) || touches(b) - touches(a)).slice(0, most)
  return words.filter((word) => ranked.includes(word))
}

const labelOf = ({ byteOffset, hot }: Word): string => `${byteOffset}${hot ? ' hot' : ''}`

/** Code of a stranger. */
const nameOf = ({ name }: Word): string | undefined => (name === undefined ? undefined : printable(name))

function cellOf({ reads, writes }: Word, thread: number): string {
  const [read = 0, written = 0] = [reads[thread], writes[thread]]
  return [
    ...(written > 0 ? [`w ${written.toLocaleString('en-US')}`] : []),
    ...(read > 0 ? [`r ${read.toLocaleString('en-US')}`] : []),
  ].join(' ')
}

/** @returns undefined where it has more columns than there are */
function tableLines(
  words: readonly Word[],
  threads: readonly string[],
  look: Look,
  withNames: boolean,
): string[] | undefined {
  const isNamed = withNames && words.some(({ name }) => name !== undefined)
  const head = ['byte', ...(isNamed ? ['field'] : []), ...threads, 'on line']
  const rows = words.map((word) => [
    labelOf(word),
    ...(isNamed ? [nameOf(word) ?? ''] : []),
    ...threads.map((_, i) => cellOf(word, i) || '·'),
    word.places[0] === undefined ? '' : String(word.places[0].line),
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((cells) => columns(cells[i] ?? ''))))
  widths[0] = Math.max(LABEL - 2 * INDENT.length, widths[0] ?? 0)
  const text = (cells: readonly string[]) =>
    `${INDENT}${cells.map((cell, i) => pad(cell, widths[i] ?? 0)).join(INDENT)}`
  const lines = [head, ...rows].map((cells) => text(cells).trimEnd())
  if (lines.some((line) => columns(line) > look.width)) return undefined
  return [paint(look, 'dim', lines[0] ?? ''), ...lines.slice(1)]
}

/** The same for many threads or few columns: of each word, who touches it. */
const listLines = (words: readonly Word[], threads: readonly string[], look: Look): string[] =>
  words.flatMap((word) => {
    const who = threads.flatMap((name, i) => (cellOf(word, i) === '' ? [] : [`${name} ${cellOf(word, i)}`]))
    const [place] = word.places
    const name = nameOf(word)
    const text = `${name === undefined ? '' : `${name}: `}${who.join(', ')}${place === undefined ? '' : `; on line ${place.line}`}`
    return entry(labelOf(word), (room) => wrapText(text, room), look)
  })

/** Each line of the file once, in the order in which the map speaks of them. */
function codeLines(words: readonly Word[], look: Look): string[] {
  const code = new Map(
    words.flatMap(({ places: [place] }) => (place?.code === undefined ? [] : [[place.line, place.code]])),
  )
  return [...code].flatMap(([line, text]) =>
    entry(`line ${line}`, (room) => foldCode(printable(text), room, INDENT), look),
  )
}

/** What belongs to a label, beside it. */
function entry(label: string, linesIn: (room: number) => readonly string[], look: Look): string[] {
  const width = Math.max(LABEL - INDENT.length, columns(label) + 1)
  return linesIn(look.width - INDENT.length - width).map(
    (line, i) => `${INDENT}${paint(look, 'dim', pad(i === 0 ? label : '', width))}${line}`,
  )
}
