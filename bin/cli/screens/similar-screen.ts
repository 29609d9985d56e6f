// Who has written the same as whom, most similar first, and what of a pair is the same, side by side.

import { shellPath } from '../../course/shell-path.ts'
import type { AlignedPair, Line } from '../../gradebook/similar/aligned.ts'
import type { Compared, ComparedFile, Pair } from '../../gradebook/similar/compare.ts'
import type { Place } from '../../gradebook/similar/fragments.ts'
import type { NotTaken } from '../../gradebook/submitted.ts'
import { columns } from '../columns.ts'
import { printable } from '../printable.ts'
import { notTakenText } from './gradebook-screen.ts'
import { count, cutTo, type Look, pad, paint, wrapText } from './look.ts'

/** Said wherever a similarity is shown. */
export const ADVISORY =
  'These are counts of what is the same, and no verdict: the same lines can come from the same book, teacher or tool. Read both files, and ask both learners.'

const MAX_PAIRS = 40
const MAX_NAMES = 8
const MAX_NOT_TAKEN = 20
const WIDEST_NAME = 20
const NARROW_NAME = 12
/** columns of a pair beside its names */
const FIGURES = 22
const TO_REFERENCE = 14

export interface SimilarClass {
  readonly min: number
  /** as it would be typed */
  readonly folder: string
  readonly notTaken: readonly NotTaken[]
}

export function similarScreen(all: readonly Compared[], { min, folder, notTaken }: SimilarClass, look: Look): string {
  const [first] = all.flatMap(({ pairs }) => pairs)
  const line = (label: string, command: string) => `${paint(look, 'dim', label.padEnd(8))}npx kata similar ${command}`
  return [
    ...all.flatMap((compared) => [...comparedLines(compared, min, look), '']),
    ...spaced(notTakenLines(notTaken, look)),
    ...wrapText(ADVISORY, look.width),
    '',
    ...(first === undefined
      ? []
      : [line('pair', `${folder} --pair ${[first.a, first.b].map((name) => shellPath(printable(name))).join(' ')}`)]),
    line('page', `${folder} --html similar.html`),
  ].join('\n')
}

const spaced = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [...lines, ''])

/** Who is in no pair because nothing of theirs could be read: silence would say that they wrote it themselves. */
export function notTakenLines(notTaken: readonly NotTaken[], look: Look): string[] {
  if (notTaken.length === 0) return []
  return [
    ...wrapText('Not taken, and so in no pair:', look.width),
    ...notTaken
      .slice(0, MAX_NOT_TAKEN)
      .flatMap((one) => wrapText(printable(notTakenText(one)), look.width - 2, '  ').map((line) => `  ${line}`)),
    ...(notTaken.length > MAX_NOT_TAKEN ? [`… and ${notTaken.length - MAX_NOT_TAKEN} more (all with --json)`] : []),
  ]
}

const share = (of: number): string => of.toFixed(2)

function comparedLines({ kata, files, pairs, common }: Compared, min: number, look: Look): string[] {
  const possible = (files.length * (files.length - 1)) / 2
  const head = `${kata} · ${count(files.length, 'file')} · ${pairs.length} of ${count(possible, 'pair')} at ${share(min)} or above`
  const known = new Map(files.map((file) => [file.learner, file]))
  const without = (why: ComparedFile['leftOut']) => files.filter(({ leftOut }) => leftOut === why)
  const [short, usual] = [without('too-short'), without('mostly-common')]
  const close = files.filter((file) => file.leftOut === undefined && file.reference >= min)
  const named = (some: readonly ComparedFile[], show: (one: ComparedFile) => string) =>
    `${some.slice(0, MAX_NAMES).map(show).join(', ')}${some.length > MAX_NAMES ? ` and ${some.length - MAX_NAMES} more` : ''}`
  return [
    ...headLines(kata, head, look),
    ...(pairs.length === 0 ? [] : ['', ...pairLines(pairs.slice(0, MAX_PAIRS), known, look)]),
    ...(pairs.length > MAX_PAIRS ? [`… and ${pairs.length - MAX_PAIRS} more (all with --json)`] : []),
    '',
    ...(close.length === 0
      ? []
      : wrapText(
          `Close to the reference solution: ${named(close, (one) => `${printable(one.learner)} ${share(one.reference)}`)}`,
          look.width,
          '  ',
        )),
    ...(short.length === 0
      ? []
      : wrapText(
          `Too little of their own to compare: ${named(short, (one) => printable(one.learner))}`,
          look.width,
          '  ',
        )),
    ...(usual.length === 0
      ? []
      : wrapText(
          `Mostly what more than half of the class has, and so in no pair; read one of them: ${named(usual, (one) => printable(one.learner))}`,
          look.width,
          '  ',
        )),
    ...(common === 0
      ? []
      : wrapText('What the stub gives and what more than half of the class has is left out.', look.width)),
  ]
}

/** Painted when it is wrapped, for colour takes no room. @param text begins with the kata */
const headLines = (kata: string, text: string, look: Look): string[] =>
  wrapText(text, look.width, '  ').map((line, i) => (i === 0 ? line.replace(kata, paint(look, 'bold', kata)) : line))

function pairLines(pairs: readonly Pair[], known: ReadonlyMap<string, ComparedFile>, look: Look): string[] {
  // What is close to the reference is said below by name: on a narrow screen names need that room more.
  const hasReference = look.width >= FIGURES + TO_REFERENCE + 2 * NARROW_NAME
  const room = Math.floor((look.width - FIGURES - (hasReference ? TO_REFERENCE : 0)) / 2)
  const widest = Math.min(WIDEST_NAME, room)
  const names = pairs.map(({ a, b }) => [cutTo(printable(a), widest), cutTo(printable(b), widest)] as const)
  const width = (i: 0 | 1) => Math.max(1, ...names.map((pair) => columns(pair[i])))
  const row = (cells: readonly string[], a: string, b: string) =>
    `  ${cells[0]?.padEnd(6)}${pad(a, width(0))}  ${pad(b, width(1))}  ${cells.slice(1, hasReference ? 4 : 3).join('  ')}`.trimEnd()
  const referenceOf = (learner: string) => share(known.get(learner)?.reference ?? 0)
  return [
    paint(look, 'dim', row(['same', 'of A', 'of B', 'to reference'], 'A', 'B')),
    ...pairs.map(({ a, b, similarity, ofA, ofB }, i) => {
      const [nameA = '', nameB = ''] = names[i] ?? []
      return row([share(similarity), share(ofA), share(ofB), `${referenceOf(a)} ${referenceOf(b)}`], nameA, nameB)
    }),
  ]
}

const GUTTER = ' │ '

/** Fragments of one pair. Two columns of code: what is too long is cut, since alignment is what one looks for. */
export function pairScreen(kata: string, { pair, fragments }: AlignedPair, look: Look): string {
  const room = Math.floor((look.width - columns(GUTTER)) / 2)
  const both = (left: string, right: string) =>
    `${pad(cutTo(left, room), room)}${GUTTER}${cutTo(right, room)}`.trimEnd()
  const { a, b, similarity, ofA, ofB } = pair
  return [
    ...headLines(
      kata,
      `${kata} · ${share(similarity)} the same · ${share(ofA)} of A · ${share(ofB)} of B · ${count(fragments.length, 'fragment')}`,
      look,
    ),
    '',
    paint(look, 'bold', both(printable(a), printable(b))),
    ...fragments.flatMap(({ a: placeA, b: placeB, linesA, linesB }) => [
      paint(look, 'dim', both(linesText(placeA), linesText(placeB))),
      ...Array.from({ length: Math.max(linesA.length, linesB.length) }, (_, i) =>
        both(numbered(linesA[i]), numbered(linesB[i])),
      ),
      '',
    ]),
    ...(fragments.length === 0 ? ['Nothing of their own is the same.', ''] : []),
    ...wrapText(ADVISORY, look.width),
  ].join('\n')
}

const numbered = (line: Line | undefined): string =>
  line === undefined ? '' : `${String(line.at).padStart(4)} ${printable(line.text).replaceAll('\t', '  ')}`

export const linesText = ({ first, last }: Place): string =>
  first === last ? `line ${first}` : `lines ${first}–${last}`
