// What a submission costs, as text: one line for a budget that is kept, and for one that is not what was spent, how it
// grows and where. Numbers always stand beside bars: bars are for the eye, numbers for everybody.

import { HOW_IT_WAS_RACED, rateText, ratioText, speedMeans } from '../../judge/budgets/speed.ts'
import type { Place, Series, Speed, Spent } from '../../judge/budgets/spent.ts'
import { printable } from '../printable.ts'
import { cacheLineLines } from './cache-line-lines.ts'
import { cutTo, figure, type Look, paint, sideBySide, wrapText } from './look.ts'

const LABEL = 12
const BAR = '█'
const HALF_BAR = '▌'
const MAX_BAR = 40
/** Shorter ones show nothing. */
const MIN_BAR = 4

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

/**
 * Everything that is known of one budget.
 * @param room in lines: a map that is larger tells less, and how much less
 */
export function spentLines(spent: Spent, file: string, look: Look, room = Number.POSITIVE_INFINITY): string[] {
  if (spent.speed !== undefined) return speedLines(spent.speed, look)
  const { limit, got, reference, series, trouble, often, cacheLines } = spent
  const figures = [
    ...labelled('budget', limit, look),
    ...labelled('yours', got, look),
    ...(reference === undefined ? [] : labelled('reference', reference, look)),
    ...(trouble === undefined ? [] : labelled('why', trouble, look, 3)),
    ...(often === undefined ? [] : labelled('often', often, look, 4)),
    ...(series === undefined ? [] : ['', ...plotLines(series, look)]),
  ]
  const places = placesLines(spent, file, look)
  const left = room - figures.length - places.length - 1
  return [...figures, ...(cacheLines === undefined ? [] : ['', ...cacheLineLines(cacheLines, look, left)]), ...places]
}

function placesLines(spent: Spent, file: string, look: Look): string[] {
  const { spendsMost, growsMost, allocations = [], allocationsAreGuessed } = spent
  const allocates = allocationsAreGuessed ? 'perhaps' : 'allocates'
  return [
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

/** Two bars on one scale, and what they say: bars are for the eye. */
function speedLines(speed: Speed, look: Look): string[] {
  const rows = [
    ['yours', speed.yours],
    ['reference', speed.reference],
  ] as const
  const texts = rows.map(([, rate]) => rateText(rate))
  const room = look.width - LABEL - 1 - Math.max(...texts.map((text) => text.length))
  const scale = Math.min(MAX_BAR, room) / Math.max(speed.yours, speed.reference)
  const drawn = (rate: number) => (room < MIN_BAR ? '' : `${bar(rate * scale)} `)
  return [
    ...rows.map(([label, rate], i) => `  ${paint(look, 'dim', label.padEnd(LABEL - 2))}${drawn(rate)}${texts[i]}`),
    '',
    ...wrapText(`${ratioText(speed)}. ${speedMeans(speed)}`, look.width - 2).map((line) => `  ${line}`),
    ...wrapText(HOW_IT_WAS_RACED, look.width - 2).map((line) => `  ${line}`),
  ]
}

/** @param cells how long it is; never nothing */
function bar(cells: number): string {
  const halves = Math.max(1, Math.round(2 * cells))
  return BAR.repeat(halves >> 1) + (halves % 2 === 1 ? HALF_BAR : '')
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
      return `${' '.repeat(LABEL)}${(ns[i] as string).padStart(nWidth)}  ${bar(value * scale)} ${values[i]}${paint(look, 'dim', beside[i] as string)}`
    }),
  ]
}
