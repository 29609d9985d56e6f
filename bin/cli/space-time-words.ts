// The same run in words, one event a sentence: for whoever hears a screen rather than sees it, and beside the picture of
// the page.

import { printable } from './printable.ts'
import type { Diagram, Message, Row } from './space-time-layout.ts'

export const timeOf = ({ unit }: Pick<Diagram, 'unit'>, at: number): string =>
  unit === 'ms' ? `${figure(at)} ms` : `step ${figure(at)}`

/** A time as short as it is exact enough. */
export const figure = (at: number): string => (Number.isInteger(at) ? String(at) : at.toFixed(2).replace(/\.?0+$/, ''))

export const fields = (changed: Row['changed']): string =>
  changed.map(([field, value]) => `${printable(field)}=${printable(value)}`).join(' ')

/** What happened, without when. */
export function sentence(diagram: Diagram, index: number): string {
  const row = diagram.rows[index] as Row
  const name = (lane: number) => printable(diagram.lifelines[lane] ?? 'the network')
  const who = name(row.lane)
  const label = printable(row.label)
  const quoted = label === '' ? '' : ` ${label}`
  const message = row.message === undefined ? undefined : (diagram.messages[row.message] as Message)
  const now = row.changed.length === 0 ? '' : `; now ${fields(row.changed)}`
  const text = printable(message?.label ?? '')
  const what = text === '' ? 'a message' : `"${text}"`
  switch (row.what) {
    case 'send':
      return `${who} sends ${message === undefined ? label : `${what} to ${name(message.to)}`}${now}`
    case 'receive':
      if (message === undefined) return `${who} receives${quoted}${now}`
      return `${who} receives ${what} from ${name(message.from)}${message.late ? `, sent at ${timeOf(diagram, message.sentAt)}` : ''}${now}`
    case 'lost':
      if (message === undefined) return `a message of ${who} is lost${now}`
      return `${what} from ${name(message.from)} to ${name(message.to)} is lost${message.late ? `, sent at ${timeOf(diagram, message.sentAt)}` : ''}${now}`
    case 'boot':
      return `${who} starts${quoted}${now}`
    case 'restart':
      return `${who} restarts${quoted}${now}`
    case 'crash':
      return `${who} crashes${label === '' ? '' : ` (${label})`}${now}`
    case 'pause':
      return `${who} is paused${label === '' ? '' : ` (${label})`}${now}`
    case 'resume':
      return `${who} goes on${quoted}${now}`
    case 'timer':
      return `timer${quoted} of ${who}${now}`
    case 'request':
      return `${who} is asked${quoted}${now}`
    case 'reply':
      return `${who} answers${quoted}${now}`
    case 'partition':
      return `the network is cut: ${groupsText(diagram, index)}${quoted}`
    case 'heal':
      return `the network is whole again${quoted}`
    case 'note':
      return `${row.lane < 0 ? '' : `${who}: `}${label}${now}`
  }
}

export function groupsText(diagram: Diagram, row: number): string {
  const groups = diagram.partitions.find(({ fromRow }) => fromRow === row)?.groups ?? []
  const names = groups.map((group) => group.map((lane) => printable(diagram.lifelines[lane] ?? '')).join(' '))
  return names.length === 0 ? 'in parts' : names.join(' | ')
}

/** What is not shown, in a sentence; none where all is. */
export function leftOutText({ leftOut: { beside, before } }: Pick<Diagram, 'leftOut'>): string | undefined {
  const say = (count: number, what: string) =>
    `${count.toLocaleString('en-US')} ${count === 1 ? 'event' : 'events'} ${what}`
  const parts = [
    ...(before === 0 ? [] : [say(before, 'before these')]),
    ...(beside === 0 ? [] : [say(beside, 'that did not lead to it')]),
  ]
  return parts.length === 0 ? undefined : `Left out: ${parts.join(' and ')}.`
}

/** One line for each event, none of them cut. */
export function plainLines(diagram: Diagram): string[] {
  const { rows, broken } = diagram
  const lines = rows.flatMap(({ at }, row) => [
    `${timeOf(diagram, at)}: ${sentence(diagram, row)}.`,
    ...(broken?.row === row ? [`Broken after this: ${printable(broken.what)}.`] : []),
  ])
  const leftOut = leftOutText(diagram)
  return [...(leftOut === undefined ? [] : [leftOut]), ...lines]
}
