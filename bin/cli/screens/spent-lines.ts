// What a submission costs, as text: one line for a budget that is kept, and for one that is not what was spent, how it
// grows and where. Numbers always stand beside bars: bars are for the eye, numbers for everybody.

import type { CacheLineMap, Place, Series, Spent } from '../../judge/budgets/spent.ts'
import { columns } from '../columns.ts'
import { printable } from '../printable.ts'
import { cutTo, type Look, paint, sideBySide, wrapText } from './look.ts'

const LABEL = 12
const BAR = '█'
const HALF_BAR = '▌'
const MAX_BAR = 40
const MAX_WORDS = 8

/** Two columns: what was spent, and the sentence that it is about. */
export function spentTable(spent: readonly Spent[], look: Look): string[] {
  const mark = ({ kept }: Spent) => (kept ? '✓' : '✗')
  return sideBySide(
    spent.map((one) => [`${mark(one)} ${printable(shortOf(one))}`, one.budget] as const),
    look,
    (left) => paint(look, left.startsWith('✓') ? 'green' : 'red', left),
  )
}

/** Without the words that say what was measured, where a figure stands for itself. */
const shortOf = ({ got }: Spent): string => got.split(' · ')[0] ?? got

export function labelled(label: string, value: string, look: Look, maxLines = 2): string[] {
  const lines = wrapText(printable(value), look.width - LABEL)
  const shown = lines.slice(0, maxLines)
  if (lines.length > maxLines) shown.push(cutTo(`${shown.pop()} …`, look.width - LABEL))
  return shown.map((line, i) => `  ${paint(look, 'dim', (i === 0 ? label : '').padEnd(LABEL - 2))}${line}`)
}

/** Everything that is known of one budget. */
export function spentLines(spent: Spent, file: string, look: Look): string[] {
  const { kind, limit, got, reference, series, trouble, cacheLines } = spent
  const { spendsMost, growsMost, allocations = [], allocationsAreGuessed } = spent
  const allocates = allocationsAreGuessed ? 'perhaps' : 'allocates'
  return [
    ...(kind === 'throughput' ? [] : labelled('budget', limit, look)),
    ...labelled('yours', got, look),
    ...(reference === undefined ? [] : labelled('reference', reference, look)),
    ...(trouble === undefined ? [] : labelled('why', trouble, look, 3)),
    ...(series === undefined ? [] : ['', ...plotLines(series, look)]),
    ...(cacheLines === undefined ? [] : ['', ...cacheLineLines(cacheLines, look)]),
    ...(growsMost === undefined && spendsMost === undefined && allocations.length === 0 ? [] : ['']),
    ...(growsMost === undefined ? [] : placeLines('grows', growsMost, growsMost.growth, file, look)),
    ...(spendsMost === undefined || spendsMost.line === growsMost?.line
      ? []
      : placeLines('most', spendsMost, `${Math.round(100 * spendsMost.share)} %`, file, look)),
    ...allocations
      .slice(0, 2)
      .flatMap((one) => placeLines(allocates, one, `${Math.round(100 * one.share)} %`, file, look)),
  ]
}

/** The place on a line of its own, never broken: editors and terminals make a link of it. */
function placeLines(label: string, { line, code }: Place, how: string, file: string, look: Look): string[] {
  const place = `  ${paint(look, 'dim', label.padEnd(LABEL - 2))}${printable(file)}:${line} (${how})`
  if (code === undefined) return [place]
  return [place, `${' '.repeat(LABEL)}${cutTo(printable(code), look.width - LABEL)}`]
}

/** A bar for each size, all on one scale; the reference's beside the number. */
export function plotLines({ unit, points, reference }: Series, look: Look): string[] {
  const most = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE)
  const ns = points.map(({ n }) => n.toLocaleString('en-US'))
  const values = points.map(({ value }) => figure(value))
  const nWidth = Math.max(1, ...ns.map((text) => text.length))
  const valueWidth = Math.max(...values.map((text) => text.length))
  const beside = points.map((_, i) =>
    reference?.[i] === undefined ? '' : `   reference ${figure(reference[i].value)}`,
  )
  const room = look.width - LABEL - nWidth - 2 - valueWidth - 1 - Math.max(...beside.map((text) => text.length))
  const scale = Math.max(8, Math.min(MAX_BAR, room)) / most
  return [
    `  ${paint(look, 'dim', 'n'.padStart(LABEL - 2 + nWidth))}  ${paint(look, 'dim', unit)}`,
    ...points.map(({ value }, i) => {
      const halves = Math.max(1, Math.round(2 * value * scale))
      const bar = BAR.repeat(halves >> 1) + (halves % 2 === 1 ? HALF_BAR : '')
      return `${' '.repeat(LABEL)}${(ns[i] as string).padStart(nWidth)}  ${bar} ${(values[i] as string).padStart(bar === '' ? valueWidth : 0)}${paint(look, 'dim', beside[i] as string)}`
    }),
  ]
}

/** Three digits of what is small, all of what is large. */
export const figure = (value: number): string =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en-US')

/** One row for each word that is touched, with who reads and who writes it; what collides is marked. */
export function cacheLineLines({ lineBytes, threads, rows }: CacheLineMap, look: Look): string[] {
  const cell = (reads: number, writes: number) =>
    [
      ...(writes > 0 ? [`w ${writes.toLocaleString('en-US')}`] : []),
      ...(reads > 0 ? [`r ${reads.toLocaleString('en-US')}`] : []),
    ].join(' ') || '·'
  const worst = rows.filter(({ falseMisses }) => falseMisses > 0)
  return (worst.length === 0 ? rows.slice(0, 2) : worst.slice(0, 2)).flatMap(({ startsAt, words, falseMisses }) => {
    const shown = words.slice(0, MAX_WORDS)
    const cells = shown.map(({ reads, writes }) => threads.map((_, i) => cell(reads[i] ?? 0, writes[i] ?? 0)))
    const widths = threads.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)))
    const head = threads.map((name, i) => name.padEnd(widths[i] as number)).join('  ')
    const left = 10
    const title = `one cache line: bytes ${startsAt} to ${startsAt + lineBytes - 1}, ${figure(falseMisses)} false misses an operation`
    return [
      `  ${cutTo(title, look.width - 2)}`,
      `  ${paint(look, 'dim', `${'byte'.padEnd(left)}${head}`)}`,
      ...shown.map(({ byteOffset, hot, places }, i) => {
        const row = (cells[i] as string[]).map((text, t) => text.padEnd(widths[t] as number)).join('  ')
        const text = `  ${`${byteOffset}${hot ? ' hot' : ''}`.padEnd(left)}${row}`
        const [place] = places
        const room = look.width - columns(text) - 2
        const code = place === undefined ? '' : `${place.line}: ${printable(place.code ?? '')}`
        return room < 12 || code === '' ? cutTo(text, look.width) : `${text}  ${cutTo(code, room)}`
      }),
      ...(words.length > shown.length ? [`  … ${words.length - shown.length} more words`] : []),
    ]
  })
}
