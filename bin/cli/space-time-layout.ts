// Where everything of a simulated run stands in its picture: lifelines side by side, one row for each event, messages from
// row to row. Pure, and the same for the terminal and for the page: they differ only in what they draw with.

import type { Trace, TraceEvent } from '../judge/report.ts'
import { causalCone, onlyEvents } from '../judge/trace/causal-cone.ts'

export interface Diagram {
  readonly unit: Trace['unit']
  /** names of the lifelines that are drawn, from left to right */
  readonly lifelines: readonly string[]
  readonly rows: readonly Row[]
  readonly messages: readonly Message[]
  /** when a node was down or slept */
  readonly outages: readonly Outage[]
  readonly partitions: readonly Partition[]
  readonly broken: { readonly row: number; readonly what: string } | undefined
  readonly leftOut: LeftOut
}

export interface Row {
  readonly at: number
  /** -1 for the network as a whole */
  readonly lane: number
  readonly what: TraceEvent['what']
  readonly label: string
  readonly changed: readonly (readonly [field: string, value: string])[]
  /** index of the message that is sent, comes or is lost here */
  readonly message: number | undefined
}

export interface Message {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly sentAt: number
  readonly sentRow: number
  readonly fate: 'received' | 'lost' | 'under-way'
  /** the row of that; the row that it was sent in where it is still under way */
  readonly endRow: number
  /** something else happened to the two between: it overtook or was overtaken, or came to another than it was sent to */
  readonly late: boolean
}

export interface Outage {
  readonly lane: number
  readonly kind: 'down' | 'paused'
  readonly fromRow: number
  /** the row in which it was over, or one past the last */
  readonly toRow: number
}

export interface Partition {
  readonly fromRow: number
  readonly toRow: number
  readonly groups: readonly (readonly number[])[]
}

export interface LeftOut {
  /** events that did not lead to the violation */
  readonly beside: number
  /** events that led to it, and are too many */
  readonly before: number
}

/** @param most rows to draw, unless all are wanted: of more, what led to the violation; of that, the end */
export function layOut(trace: Trace, most = Number.POSITIVE_INFINITY): Diagram {
  const { trace: folded, leftOut } = fold(trace, most)
  const { lanes, lifelines } = lanesOf(folded)
  const laneOf = (node: number) => (node < 0 ? -1 : (lanes.get(node) ?? -1))
  const { events, unit } = folded
  const messages: Message[] = []
  const messageOf = new Map<number, number>()
  for (const [row, event] of events.entries()) {
    if (event.what !== 'send' || event.to === undefined) continue
    messageOf.set(row, messages.length)
    messages.push({
      from: laneOf(event.node),
      to: laneOf(event.to),
      label: event.label ?? '',
      sentAt: event.at,
      sentRow: row,
      fate: 'under-way',
      endRow: row,
      late: false,
    })
  }
  for (const [row, { what, cause, node }] of events.entries()) {
    if ((what !== 'receive' && what !== 'lost') || cause === undefined) continue
    const index = messageOf.get(cause)
    const message = index === undefined ? undefined : messages[index]
    if (index === undefined || message === undefined) continue
    const fate = what === 'lost' ? 'lost' : 'received'
    const to = what === 'lost' ? message.to : laneOf(node)
    const ended = { ...message, to, fate, endRow: row, late: isLate(folded, cause, row) } as const
    // A message that comes twice is two arrows from one place.
    if (message.fate === 'under-way') messages[index] = ended
    else messages.push(ended)
    messageOf.set(row, message.fate === 'under-way' ? index : messages.length - 1)
  }
  const rows = events.map(({ at, node, what, label = '', changed = {} }, row): Row => {
    return { at, lane: laneOf(node), what, label, changed: Object.entries(changed), message: messageOf.get(row) }
  })
  return {
    unit,
    lifelines,
    rows,
    messages,
    outages: outagesOf(rows),
    partitions: partitionsOf(folded, laneOf),
    broken: folded.broken === undefined ? undefined : { row: folded.broken.event, what: folded.broken.what },
    leftOut,
  }
}

/** Between the two, something happened to its receiver, or to its sender beside what that sent. */
function isLate({ events }: Trace, sent: number, row: number): boolean {
  const [from, to] = [events[sent], events[row]]
  for (let i = sent + 1; i < row; i++) {
    const event = events[i] as TraceEvent
    if (event.node === to?.node && event.node !== from?.node) return true
    if (event.node === from?.node && event.what !== 'send') return true
  }
  return false
}

function fold(whole: Trace, most: number): { trace: Trace; leftOut: LeftOut } {
  // What came after the violation explains nothing.
  const trace = { ...whole, events: whole.events.slice(0, (whole.broken?.event ?? whole.events.length) + 1) }
  const { events, broken } = trace
  if (events.length <= most) return { trace, leftOut: { beside: 0, before: 0 } }
  const of = broken?.event ?? events.length - 1
  const cone = causalCone(trace, of)
  // A message that led nowhere matters only where it was lost on the way.
  const used = events.map(() => false)
  for (const [i, { what, cause }] of events.entries())
    if (cone[i] === true && cause !== undefined && (what === 'receive' || what === 'lost')) used[cause] = true
  const shown = events.map(
    ({ what, changed }, i) => cone[i] === true && (what !== 'send' || used[i] === true || changed !== undefined),
  )
  const led = shown.filter((one) => one).length
  let before = Math.max(0, led - most)
  const cut = before
  for (let i = 0; i < shown.length && before > 0; i++)
    if (shown[i] === true) {
      shown[i] = false
      before--
    }
  return { trace: onlyEvents(trace, shown), leftOut: { beside: events.length - led, before: cut } }
}

/** Nodes that nothing happens to have no lifeline, where there are too many for the screen otherwise. */
const MANY = 7

function lanesOf({ nodes, events }: Trace): { lanes: ReadonlyMap<number, number>; lifelines: readonly string[] } {
  const involved = new Set(events.flatMap(({ node, to, what }) => (what === 'send' ? [node, to ?? node] : [node])))
  const drawn = [...nodes.keys()].filter((node) => nodes.length <= MANY || involved.has(node))
  return {
    lanes: new Map(drawn.map((node, lane) => [node, lane])),
    lifelines: drawn.map((node) => nodes[node] ?? ''),
  }
}

function outagesOf(rows: readonly Row[]): Outage[] {
  const open = new Map<string, { lane: number; kind: Outage['kind']; fromRow: number }>()
  const outages: Outage[] = []
  const end = (lane: number, kind: Outage['kind'], toRow: number) => {
    const one = open.get(`${kind} ${lane}`)
    if (one === undefined) return
    outages.push({ ...one, toRow })
    open.delete(`${kind} ${lane}`)
  }
  const begin = (lane: number, kind: Outage['kind'], fromRow: number) => {
    if (!open.has(`${kind} ${lane}`)) open.set(`${kind} ${lane}`, { lane, kind, fromRow })
  }
  for (const [row, { lane, what }] of rows.entries()) {
    if (what === 'crash') {
      end(lane, 'paused', row)
      begin(lane, 'down', row)
    } else if (what === 'restart' || what === 'boot') end(lane, 'down', row)
    else if (what === 'pause') begin(lane, 'paused', row)
    else if (what === 'resume') end(lane, 'paused', row)
  }
  for (const { lane, kind } of [...open.values()]) end(lane, kind, rows.length)
  return outages
}

function partitionsOf({ events }: Trace, laneOf: (node: number) => number): Partition[] {
  const partitions: Partition[] = []
  let open: { fromRow: number; groups: number[][] } | undefined
  const end = (toRow: number) => {
    if (open !== undefined) partitions.push({ ...open, toRow })
    open = undefined
  }
  for (const [row, { what, groups = [] }] of events.entries()) {
    if (what !== 'partition' && what !== 'heal') continue
    end(row)
    if (what === 'heal') continue
    const drawn = groups
      .map((group) => group.map(laneOf).filter((lane) => lane >= 0))
      .filter(({ length }) => length > 0)
    open = { fromRow: row, groups: drawn }
  }
  end(events.length)
  return partitions
}
