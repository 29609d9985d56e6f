// A simulated run as a space-time diagram of characters: lifelines run down, a message is an arrow in the row in which it
// comes or is lost, and beside each event stands what it changed. At most 80 columns, whatever the run holds.

import { columns, graphemes } from './columns.ts'
import { printable } from './printable.ts'
import { cutTo, type Look, paint, wrapText } from './screens/look.ts'
import type { Diagram, Message, Row } from './space-time-layout.ts'
import { fields, figure, groupsText } from './space-time-words.ts'

const MAX_LIFELINES = 7
/** Lifelines that are closer cannot be told apart. */
const MIN_SPACING = 8
const MAX_WIDTH = 80
const MAX_SPACING = 26

interface Marks {
  readonly line: string
  readonly down: string
  readonly paused: string
  readonly dash: string
  readonly lostDash: string
  readonly cross: string
  readonly left: string
  readonly right: string
  readonly fromLeft: string
  readonly fromRight: string
  readonly band: string
  readonly cut: string
  readonly lost: string
  readonly broken: string
  readonly of: Readonly<Record<Row['what'], string>>
}

const UNICODE: Marks = {
  line: '│',
  down: '╎',
  paused: '┊',
  dash: '─',
  lostDash: '╌',
  cross: '┼',
  left: '◀',
  right: '▶',
  fromLeft: '├',
  fromRight: '┤',
  band: '▌',
  cut: '═',
  lost: '✗',
  broken: '✗',
  of: {
    boot: '○',
    restart: '↻',
    crash: '✖',
    pause: '‖',
    resume: '▸',
    timer: '●',
    request: '●',
    reply: '●',
    send: '●',
    receive: '●',
    lost: '●',
    partition: '═',
    heal: '═',
    note: '●',
  },
}

const ASCII: Marks = {
  line: '|',
  down: ':',
  paused: '.',
  dash: '-',
  lostDash: '.',
  cross: '+',
  left: '<',
  right: '>',
  fromLeft: '|',
  fromRight: '|',
  band: '#',
  cut: '=',
  lost: 'x',
  broken: 'x',
  of: {
    boot: 'o',
    restart: 'R',
    crash: 'X',
    pause: 'P',
    resume: 'r',
    timer: '*',
    request: '*',
    reply: '*',
    send: '*',
    receive: '*',
    lost: '*',
    partition: '=',
    heal: '=',
    note: '*',
  },
}

type Style = 'dim' | 'red' | 'bold' | 'yellow'
interface Cell {
  text: string
  style: Style | undefined
}

/** A fixed number of columns that can be written on anywhere. */
type Line = Cell[]

const blank = (width: number): Line => Array.from({ length: width }, () => ({ text: ' ', style: undefined }))

function write(line: Line, column: number, text: string, style?: Style): void {
  let at = column
  for (const grapheme of graphemes(text)) {
    const wide = columns(grapheme)
    if (at < 0 || at + wide > line.length) return
    line[at] = { text: grapheme, style }
    // The second column of a wide character holds nothing.
    for (let i = 1; i < wide; i++) line[at + i] = { text: '', style }
    at += wide
  }
}

/** Stretches of one style are painted together. */
function painted(line: Line, look: Look): string {
  const last = line.findLastIndex(({ text }) => text !== ' ')
  const runs: { text: string; style: Style | undefined }[] = []
  for (const { text, style } of line.slice(0, last + 1)) {
    const run = runs.at(-1)
    if (run !== undefined && run.style === style) run.text += text
    else runs.push({ text, style })
  }
  return runs.map(({ text, style }) => (style === undefined ? text : paint(look, style, text))).join('')
}

interface Paper {
  readonly diagram: Diagram
  readonly marks: Marks
  readonly width: number
  readonly timeWidth: number
  readonly column: (lane: number) => number
}

export interface TextOptions {
  /** lines at most: of more, the last */
  readonly most?: number
}

/** Whether there is room for so many lifelines. Else the run is told in words. */
export function isDrawable(diagram: Diagram, look: Look): boolean {
  const { column } = paperFor(diagram, look)
  return diagram.lifelines.length <= MAX_LIFELINES && column(1) - column(0) >= MIN_SPACING
}

/** The picture, without what was broken. */
export function diagramLines(
  diagram: Diagram,
  look: Look,
  { most = Number.POSITIVE_INFINITY }: TextOptions = {},
): string[] {
  const paper = paperFor(diagram, look)
  const first = diagram.rows.findIndex(({ what }) => what !== 'boot')
  const rows = [...diagram.rows.keys()].filter((row) => row >= first && isShown(diagram, row))
  const times = timesShown(diagram, rows)
  const blocks = rows.map((row) => rowLines(paper, row, times.get(row) ?? ''))
  const head = headLine(paper)
  const total = blocks.reduce((sum, { length }) => sum + length, 1)
  let skipped = 0
  if (total > most) {
    // A line for the names and one for how many there were before.
    let room = most - 2
    let from = blocks.length
    while (from > 0 && (blocks[from - 1] as Line[]).length <= room) room -= (blocks[--from] as Line[]).length
    skipped = from
  }
  const shown = blocks.slice(skipped).flat()
  const before = skipped === 0 ? [] : [beforeLine(paper, skipped)]
  return [head, ...before, ...shown].map((line) => painted(line, look))
}

function paperFor(diagram: Diagram, look: Look): Paper {
  const width = Math.min(look.width, MAX_WIDTH)
  const marks = look.ascii === true ? ASCII : UNICODE
  const timeWidth = Math.max(2, ...diagram.rows.map(({ at }) => figure(at).length)) + 2
  const count = Math.max(1, diagram.lifelines.length)
  const spacing = Math.min(MAX_SPACING, Math.floor((width - timeWidth - 2) / count))
  // Of few lifelines the last has room beside it for what it changes.
  return { diagram, marks, width, timeWidth, column: (lane) => timeWidth + 1 + lane * spacing }
}

/** A message that is drawn where it comes needs no row where it was sent, unless something changed there. */
function isShown({ rows, messages }: Diagram, row: number): boolean {
  const { what, message, changed } = rows[row] as Row
  if (what !== 'send' || message === undefined) return true
  return changed.length > 0 || (messages[message] as Message).fate === 'under-way'
}

/** A time is written once. */
function timesShown({ rows }: Diagram, shown: readonly number[]): ReadonlyMap<number, string> {
  let last: number | undefined
  return new Map(
    shown.map((row) => {
      const { at } = rows[row] as Row
      const text = at === last ? '' : figure(at)
      last = at
      return [row, text]
    }),
  )
}

function headLine({ diagram, width, timeWidth, column }: Paper): Line {
  const line = blank(width)
  write(line, 0, (diagram.unit === 'ms' ? 'ms' : 'step').padStart(timeWidth - 1), 'dim')
  const spacing = column(1) - column(0)
  for (const [lane, name] of diagram.lifelines.entries())
    write(line, column(lane), cutTo(printable(name), spacing - 1), 'bold')
  return line
}

function beforeLine(paper: Paper, count: number): Line {
  const line = lifelines(paper, 0, '')
  write(line, paper.column(0) + 2, ` … ${count} before these `, 'dim')
  return line
}

/** A line on which nothing happens yet. */
function lifelines({ diagram, marks, width, timeWidth, column }: Paper, row: number, time: string): Line {
  const line = blank(width)
  write(line, timeWidth - 1 - time.length, time, 'dim')
  const isCut = diagram.partitions.some(({ fromRow, toRow }) => row >= fromRow && row < toRow)
  if (isCut) write(line, timeWidth - 1, marks.band, 'yellow')
  for (const lane of diagram.lifelines.keys()) {
    const out = diagram.outages.find((one) => one.lane === lane && row > one.fromRow && row < one.toRow)
    const mark = out === undefined ? marks.line : out.kind === 'down' ? marks.down : marks.paused
    write(line, column(lane), mark, 'dim')
  }
  return line
}

function rowLines(paper: Paper, index: number, time: string): Line[] {
  const { diagram, marks, column } = paper
  const row = diagram.rows[index] as Row
  const line = lifelines(paper, index, time)
  if (row.lane < 0) return [networkLine(paper, index, line)]
  const message = row.message === undefined ? undefined : (diagram.messages[row.message] as Message)
  const isBroken = diagram.broken?.row === index
  const words = [...wordsOf(row), ...(row.changed.length === 0 ? [] : [fields(row.changed)])]
  let side: 'left' | 'right' | undefined
  if (message !== undefined && message.from !== message.to && row.what !== 'send') {
    if (!arrow(paper, line, message)) words.unshift(messageText(message))
    side = message.from < message.to === (row.what === 'receive') ? 'left' : 'right'
  } else if (message !== undefined) {
    const to = message.from === message.to ? 'itself' : printable(diagram.lifelines[message.to] ?? '')
    words.unshift(
      `sends ${printable(message.label)} to ${to}${message.fate === 'under-way' ? ', still under way' : ''}`,
    )
  }
  const grave = row.what === 'crash' || isBroken
  write(
    line,
    column(row.lane),
    isBroken && row.what !== 'crash' ? marks.broken : marks.of[row.what],
    grave ? 'red' : 'bold',
  )
  return [line, ...beside(paper, index, line, words.join('  '), side)]
}

/** What stands beside the mark of an event, without what it changed. */
function wordsOf({ what, label }: Row): string[] {
  const text = printable(label)
  switch (what) {
    case 'send':
    case 'lost':
    case 'receive':
      return []
    case 'note':
      return [text]
    case 'crash':
    case 'restart':
    case 'boot':
    case 'pause':
    case 'resume':
    case 'timer':
    case 'request':
    case 'reply':
      return [text === '' ? what : `${what} ${text}`]
    case 'partition':
    case 'heal':
      return []
  }
}

const messageText = ({ label, late, sentAt }: Message): string =>
  `${printable(label)}${late ? `${label === '' ? '' : ' '}(sent ${figure(sentAt)})` : ''}`

/** @returns whether its label found room on it */
function arrow({ marks, column }: Paper, line: Line, message: Message): boolean {
  const isLost = message.fate === 'lost'
  const style = isLost ? 'dim' : undefined
  const toRight = message.from < message.to
  const [from, to] = [column(message.from), column(message.to)]
  const [low, high] = [Math.min(from, to) + 1, Math.max(from, to) - 1]
  for (let at = low; at <= high; at++) {
    const isLifeline = (line[at] as Cell).text !== ' '
    write(line, at, isLost ? marks.lostDash : isLifeline ? marks.cross : marks.dash, style)
  }
  write(line, from, toRight ? marks.fromLeft : marks.fromRight, style)
  if (isLost) write(line, toRight ? high : low, marks.lost, 'red')
  else write(line, toRight ? high : low, toRight ? marks.right : marks.left)
  const text = messageText(message)
  const room = high - low - 3
  if (text === '') return true
  if (columns(text) > room) return false
  const start = low + (toRight ? 1 : 2) + ((room - columns(text)) >> 1)
  write(line, start, ` ${text} `, style)
  return true
}

/** Words beside an event: on its own line where no arrow is, and below it what does not fit. */
function beside(paper: Paper, index: number, line: Line, text: string, taken: 'left' | 'right' | undefined): Line[] {
  if (text === '') return []
  const { diagram, width, column } = paper
  const { lane } = diagram.rows[index] as Row
  const start = column(lane) + 2
  const room = width - start
  if (taken !== 'right' && columns(text) < room) {
    write(line, start - 1, ` ${text} `)
    return []
  }
  const left = column(lane) - paper.timeWidth - 2
  const onLeft = room < 24 && left > room
  const lines = wrapText(text, onLeft ? left : room)
  const shown = lines.length > 3 ? [...lines.slice(0, 2), cutTo(`${lines[2]} …`, onLeft ? left : room)] : lines
  const more = taken === undefined && !onLeft ? shown.slice(1) : shown
  if (taken === undefined && !onLeft) write(line, start - 1, ` ${shown[0]} `)
  return more.map((words) => {
    const below = lifelines(paper, index + 0.5, '')
    write(below, onLeft ? column(lane) - columns(words) - 2 : start - 1, ` ${words} `)
    return below
  })
}

function networkLine({ diagram, marks, width, timeWidth }: Paper, index: number, line: Line): Line {
  const { what, label } = diagram.rows[index] as Row
  const text = printable(label)
  const said =
    what === 'partition'
      ? `partition: ${groupsText(diagram, index)}${text === '' ? '' : `  ${text}`}`
      : what === 'heal'
        ? `healed${text === '' ? '' : `  ${text}`}`
        : text
  const isBand = what === 'partition' || what === 'heal'
  for (let at = timeWidth; isBand && at < width; at++) write(line, at, marks.cut, 'yellow')
  write(line, timeWidth + 1, ` ${cutTo(said, width - timeWidth - 4)} `, isBand ? 'yellow' : 'dim')
  return line
}
