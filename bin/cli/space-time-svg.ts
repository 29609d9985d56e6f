// A simulated run as a picture of lines: the same layout as on the terminal, with room for messages to run aslant, from
// the row in which they were sent to the row in which they came. Every part says by attributes in which row it begins and
// ends, so that a script may step through it; without one it is a whole picture. It has no ids: many may stand on a page.

import { createMarkdown } from './markdown-tokens.ts'
import { printable } from './printable.ts'
import type { Diagram, Message, Row } from './space-time-layout.ts'
import { fields, figure, groupsText, sentence } from './space-time-words.ts'

const { escapeHtml } = createMarkdown().utils
const text = (raw: string): string => escapeHtml(printable(raw))

const LEFT = 76
const TOP = 44
const ROW = 30
const BOTTOM = 34
/** of the last lifeline, for what stands beside it */
const RIGHT = 110
/** a character of the small type, about */
const CHARACTER = 7.1

export const rowY = (row: number): number => TOP + ROW * row + ROW / 2

interface Plan {
  readonly diagram: Diagram
  readonly spacing: number
  readonly width: number
  readonly height: number
  readonly x: (lane: number) => number
}

function planFor(diagram: Diagram): Plan {
  const count = Math.max(1, diagram.lifelines.length)
  const spacing = count <= 3 ? 260 : count <= 5 ? 200 : 132
  return {
    diagram,
    spacing,
    width: LEFT + spacing * count + RIGHT,
    height: TOP + ROW * diagram.rows.length + BOTTOM,
    x: (lane) => LEFT + spacing * lane + 24,
  }
}

export function diagramSvg(diagram: Diagram): string {
  const plan = planFor(diagram)
  const { width, height } = plan
  const label = `Space-time diagram: ${diagram.lifelines.map(printable).join(', ')}; ${diagram.rows.length} events, listed in words below.`
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(label)}">
${bands(plan)}
<line class="now-line" x1="0" x2="${width}" y1="${rowY(0)}" y2="${rowY(0)}" visibility="hidden"/>
${diagram.lifelines.map((_, lane) => lifeline(plan, lane)).join('\n')}
${diagram.messages.map((message) => arrow(plan, message)).join('\n')}
${diagram.rows.map((row, i) => mark(plan, row, i)).join('\n')}
</svg>`
}

/** What the style of pictures has arrows end in: once on each page, however many pictures it has. */
export const arrowTips = (): string =>
  `<svg class="arrow-tips" width="0" height="0" aria-hidden="true"><defs>${marker('arrow', 'tip')}${marker('arrow-flight', 'tip-flight')}</defs></svg>`

const marker = (id: string, name: string): string =>
  `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="${name}" d="M0 0.8 L10 5 L0 9.2 z"/></marker>`

/** While the network is cut, each side has a shade of its own. */
function bands({ diagram, spacing, width, x }: Plan): string {
  return diagram.partitions
    .map(({ fromRow, toRow, groups }) => {
      const [top, bottom] = [rowY(fromRow), rowY(toRow) - (toRow === diagram.rows.length ? ROW / 2 : 0)]
      const sides = groups.flatMap((lanes, side) =>
        lanes.map(
          (lane) =>
            `<rect class="side-${side % 4}" x="${x(lane) - 20}" y="${top}" width="${spacing - 8}" height="${bottom - top}"/>`,
        ),
      )
      return `<g class="band" data-row="${fromRow}" data-end="${toRow}"><rect class="cut" x="0" y="${top}" width="${width}" height="${bottom - top}"/>${sides.join('')}</g>`
    })
    .join('\n')
}

function lifeline({ diagram, height, x, spacing }: Plan, lane: number): string {
  const outages = diagram.outages.filter((one) => one.lane === lane).sort((a, b) => a.fromRow - b.fromRow)
  const at = x(lane)
  const pieces: string[] = []
  let from = TOP - 8
  const bottom = height - BOTTOM + 6
  for (const { kind, fromRow, toRow } of outages) {
    const end = toRow >= diagram.rows.length ? bottom : rowY(toRow)
    pieces.push(line('life', at, from, rowY(fromRow)), line(kind, at, rowY(fromRow), end))
    from = end
  }
  pieces.push(line('life', at, from, bottom))
  const name = escapeHtml(cut(printable(diagram.lifelines[lane] ?? ''), spacing - 16, 8))
  return `<g>${pieces.join('')}<text class="name" x="${at}" y="${TOP - 18}" text-anchor="middle">${name}</text><text class="name" x="${at}" y="${height - 8}" text-anchor="middle">${name}</text></g>`
}

const line = (name: string, x: number, from: number, to: number): string =>
  to <= from ? '' : `<line class="${name}" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`

function arrow({ diagram, x }: Plan, message: Message): string {
  const { from, to, fate, sentRow, endRow, late, sentAt } = message
  const [x1, y1] = [x(from), rowY(sentRow)]
  const gone = fate !== 'received'
  // What never came ends on the way.
  const share = fate === 'lost' ? 0.62 : fate === 'under-way' ? 0.4 : 1
  const side = to < from ? -1 : 1
  const x2 = from === to ? x1 : x1 + (x(to) - x1) * share - (gone ? 0 : side * 7)
  const y2 = rowY(endRow) + (fate === 'under-way' ? ROW * 0.6 : 0)
  const words = `${printable(message.label)}${late ? ` (sent ${figure(sentAt)})` : ''}`
  const path =
    from === to
      ? `M${x1} ${y1} C${x1 + 46} ${y1} ${x1 + 46} ${y2} ${x1 + 8} ${y2}`
      : `M${x1} ${y1} L${x2.toFixed(1)} ${y2.toFixed(1)}`
  // Off the middle: there a message that passes a lifeline would have its label on it.
  const place = gone ? 0.55 : 0.42
  const slope = Math.abs((y2 - y1) / (x2 - x1 || 1))
  // Above a flat line, clear of its slope; a steep one runs behind it.
  const above = slope > 0.6 ? -4 : 5 + slope * 0.4 * CHARACTER * Math.min(words.length, 24)
  const [lx, ly] = from === to ? [x1 + 40, (y1 + y2) / 2] : [x1 + (x2 - x1) * place, y1 + (y2 - y1) * place - above]
  const end = fate === 'received' ? endRow : fate === 'lost' ? endRow : diagram.rows.length
  const cross =
    fate === 'lost'
      ? `<text class="cross" x="${x2.toFixed(1)}" y="${(y2 + 5).toFixed(1)}" text-anchor="middle">✗</text>`
      : ''
  return `<g class="message ${fate}${late ? ' late' : ''}" data-row="${sentRow}" data-end="${end}"><path d="${path}"/>${cross}<text class="label" x="${lx.toFixed(1)}" y="${ly.toFixed(1)}" text-anchor="middle">${escapeHtml(cut(words, 190, CHARACTER))}</text><title>${text(`${diagram.lifelines[from]} → ${diagram.lifelines[to]}: ${words}`)}</title></g>`
}

function mark({ diagram, spacing, width, x }: Plan, row: Row, index: number): string {
  const y = rowY(index)
  const isBroken = diagram.broken?.row === index
  const time =
    diagram.rows[index - 1]?.at === row.at && index > 0
      ? ''
      : `<text class="time" x="${LEFT - 30}" y="${y + 4}" text-anchor="end">${figure(row.at)}</text>`
  const title = `<title>${escapeHtml(sentence(diagram, index))}</title>`
  const open = `<g class="event ${row.what}${isBroken ? ' broken' : ''}" data-row="${index}" data-end="${index}">`
  if (row.lane < 0) {
    const words =
      row.what === 'partition'
        ? `partition: ${groupsText(diagram, index)} ${row.label}`
        : row.what === 'heal'
          ? `healed ${row.label}`
          : row.label
    return `${open}${time}<text class="network" x="${width - 8}" y="${y + 4}" text-anchor="end">${text(words)}</text>${title}</g>`
  }
  const at = x(row.lane)
  const room = (row.lane === diagram.lifelines.length - 1 ? width - at : spacing) - 20
  const [words, changed] = [wordsOf(row), fields(row.changed)]
  // Beside an arrow there is room only below it, and two lines share the row.
  const below = row.message !== undefined ? 15 : words === '' ? 4 : 12
  const beside = [
    ...(words === '' ? [] : [['words', changed === '' ? 4 : -1, words] as const]),
    ...(changed === '' ? [] : [['changed', below, changed] as const]),
  ]
    .map(([name, down, said]) => {
      return `<text class="${name}" x="${at + 12}" y="${y + down}">${escapeHtml(cut(said, room, CHARACTER))}</text>`
    })
    .join('')
  return `${open}${time}${glyph(row.what, at, y)}${isBroken ? `<circle class="ring" cx="${at}" cy="${y}" r="11"/>` : ''}${beside}${title}</g>`
}

function glyph(what: Row['what'], x: number, y: number): string {
  const sign = { crash: '✖', restart: '↻', pause: '‖', resume: '▸' }[what as string]
  if (sign !== undefined)
    return `<circle class="seat" cx="${x}" cy="${y}" r="8"/><text class="sign" x="${x}" y="${y + 5}" text-anchor="middle">${sign}</text>`
  return `<circle class="dot" cx="${x}" cy="${y}" r="${what === 'send' || what === 'lost' ? 2.5 : 4.5}"/>`
}

function wordsOf({ what, label }: Row): string {
  const said = printable(label)
  if (what === 'send' || what === 'receive' || what === 'lost') return ''
  return what === 'note' ? said : `${what} ${said}`.trim()
}

/** By the room that there is, about: type differs from machine to machine. */
function cut(words: string, room: number, character: number): string {
  const most = Math.max(4, Math.floor(room / character))
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`
}
