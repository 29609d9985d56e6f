// A run told in a few lines: of a schedule each step, of minutes of chaos what was done to the cluster and what its nodes
// then showed. The diagram shows the rest.

import { nameOf } from './cluster.ts'
import type { History } from './history.ts'
import type { Trace, TraceEvent } from './trace.ts'

const STEPS = new Set<TraceEvent['what']>(['timer', 'receive', 'request', 'restart', 'crash'])

const VERBS: Partial<Record<TraceEvent['what'], string>> = { boot: 'boots', crash: 'crashes', restart: 'restarts' }

/** Of an untimed schedule, step by step. What is sent is told where it arrives, and where the last step sends it. */
export function storyOfSteps(trace: Trace): string[] {
  const { events, nodes } = trace
  const name = (node: number) => nodes[node] ?? '?'
  const last = lastStep(trace)
  // Boots go without saying, but for one that shows what is wrong.
  const steps = events.flatMap((event, i) => (STEPS.has(event.what) || i === last ? [i] : []))
  // A crash that is a step of its own stands on a line of its own.
  const isMidst = (i: number) =>
    events[i]?.what === 'crash' && events.some(({ at }, j) => j < i && at === events[i]?.at)
  return steps.map((i) => {
    const event = events[i] as TraceEvent
    const { what, label = '', changed = {}, cause } = event
    const now = Object.entries(changed).map(([field, value]) => `${field} ${value}`)
    const said =
      what === 'receive'
        ? `gets ${label} of ${name(events[cause ?? -1]?.node ?? -1)}`
        : what === 'timer'
          ? `${label} timer`
          : what === 'request'
            ? `is asked ${label}`
            : `${VERBS[what] ?? what}${isMidst(i) ? ' in the midst of it' : ''}${label === '' ? '' : `, ${label}`}`
    const sends = i === last ? sentIn(events, i, name) : ''
    const answers = answeredIn(events, i)
    return `${name(event.node)}  ${said}${now.length === 0 ? '' : ` → ${now.join(', ')}`}${answers}${sends}`
  })
}

/** What clients are told in this step: it is drawn after its step, and before the next. */
function answeredIn(events: readonly TraceEvent[], step: number): string {
  let told = ''
  for (let i = step + 1; i < events.length && !STEPS.has((events[i] as TraceEvent).what); i++) {
    const { what, cause = -1, label = '' } = events[i] as TraceEvent
    if (what === 'reply') told += `; answers ${events[cause]?.label ?? 'a request'}: ${label}`
  }
  return told
}

function sentIn(events: readonly TraceEvent[], step: number, name: (node: number) => string): string {
  const byLabel = new Map<string, string[]>()
  for (const { what, cause, label = '', to = -1 } of events)
    if (what === 'send' && cause === step) byLabel.set(label, [...(byLabel.get(label) ?? []), name(to)])
  return [...byLabel].map(([label, to]) => `; sends ${label} to ${to.join(' ')}`).join('')
}

/** The event of the last step: where the run was seen to break. */
export function lastStep({ events }: Trace): number {
  const at = events.findLastIndex(({ what }) => STEPS.has(what))
  return at >= 0 ? at : events.findLastIndex(({ what }) => what === 'boot')
}

const MAX_LINES = 8

/**
 * Of a timed run: faults, crashes and restarts, and what `tellView` says of a view; only the last of them where there are
 * many. @param untilMs what comes later is not told
 */
export function storyOfRun<V>(
  { entries, counts, end }: History<V>,
  tellView: (view: V, node: string) => string | undefined,
  untilMs = Number.POSITIVE_INFINITY,
): string[] {
  const lines: { at: number; text: string }[] = []
  const shown = new Map<number, string | undefined>()
  for (const entry of entries) {
    const [, at, what, node] = entry
    if (at > untilMs) break
    if (what === 'fault') lines.push({ at, text: entry[4] })
    else if (what === 'crash') lines.push({ at, text: `${nameOf(node)} crashes` })
    else if (what === 'boot') {
      shown.delete(node)
      if (entry[4] > 1) lines.push({ at, text: `${nameOf(node)} restarts` })
    } else if (what === 'view') {
      const text = tellView(entry[4], nameOf(node))
      if (text !== undefined && text !== shown.get(node)) lines.push({ at, text })
      shown.set(node, text)
    }
  }
  if (end === 'storm') lines.push({ at: lines.at(-1)?.at ?? 0, text: `a storm: ${counts.sent} messages, and no end` })
  const told = lines.length <= MAX_LINES ? lines : [...lines.slice(0, 2), ...lines.slice(2 - MAX_LINES + 1)]
  const width = String(told.at(-1)?.at ?? 0).length
  const text = told.map(({ at, text }) => `${String(at).padStart(width)} ms  ${text}`)
  if (told.length < lines.length) text.splice(2, 0, `… ${lines.length - told.length} more …`)
  return text
}
