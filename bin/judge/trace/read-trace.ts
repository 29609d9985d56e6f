// A trace comes from a process that a submission runs in, and later from a file that anybody may have edited. Here it
// becomes a trace again: only what the contract names, of the shape that it names, and of a size that a report can carry.

import type { Trace, TraceEvent } from '../../../graders/kit/world/trace.ts'
import { causalCone, onlyEvents } from './causal-cone.ts'

/** Longer runs are cut to what led to the violation. */
export const MAX_EVENTS = 5_000
/** What is read at all. */
const MAX_READ = 500_000
const MAX_NODES = 64
const MAX_NAME = 24
const MAX_TEXT = 160
const MAX_FIELDS = 24

const UNITS = ['ms', 'step'] as const satisfies readonly Trace['unit'][]
export const WHATS = [
  'boot',
  'restart',
  'crash',
  'pause',
  'resume',
  'timer',
  'request',
  'reply',
  'send',
  'receive',
  'lost',
  'partition',
  'heal',
  'note',
] as const satisfies readonly TraceEvent['what'][]

/** @returns undefined where it is no trace */
export function readTrace(value: unknown): Trace | undefined {
  if (!isRecord(value)) return undefined
  const { nodes, unit, events, broken } = value
  if (!isList(nodes, MAX_NODES) || nodes.length === 0 || !nodes.every(isText)) return undefined
  if (!isOneOf(UNITS, unit) || !isList(events, MAX_READ)) return undefined
  const read: TraceEvent[] = []
  for (const event of events) {
    const one = readEvent(event, nodes.length, read.length)
    if (one === undefined) return undefined
    read.push(one)
  }
  const seen = readBroken(broken, read.length)
  if (broken !== undefined && seen === undefined) return undefined
  const names = nodes.map((name) => cut(name, MAX_NAME))
  return bounded({ nodes: names, unit, events: read, ...(seen === undefined ? {} : { broken: seen }) })
}

function readEvent(value: unknown, nodes: number, id: number): TraceEvent | undefined {
  if (!isRecord(value)) return undefined
  const { at, node, what, cause, to, label, changed, groups } = value
  const isNode = (one: unknown): one is number => isIndex(one, nodes)
  if (typeof at !== 'number' || !Number.isFinite(at) || at < 0) return undefined
  if (!(node === -1 || isNode(node)) || !isOneOf(WHATS, what)) return undefined
  // Nothing comes before its cause: whoever follows causes comes to an end.
  if (cause !== undefined && !isIndex(cause, id)) return undefined
  if (to !== undefined && !isNode(to)) return undefined
  if (label !== undefined && !isText(label)) return undefined
  const fields = changed === undefined ? [] : readFields(changed)
  const sides = groups === undefined ? [] : readGroups(groups, isNode)
  if (fields === undefined || sides === undefined) return undefined
  return {
    at,
    node,
    what,
    ...(cause === undefined ? {} : { cause }),
    ...(to === undefined ? {} : { to }),
    ...(label === undefined || label === '' ? {} : { label: cut(label, MAX_TEXT) }),
    ...(fields.length === 0 ? {} : { changed: Object.fromEntries(fields) }),
    ...(sides.length === 0 ? {} : { groups: sides }),
  }
}

function readFields(changed: unknown): [name: string, value: string][] | undefined {
  if (!isRecord(changed)) return undefined
  const fields = Object.entries(changed).slice(0, MAX_FIELDS)
  const read: [string, string][] = []
  for (const [name, value] of fields) {
    if (!isText(value)) return undefined
    read.push([cut(name, MAX_NAME), cut(value, MAX_TEXT)])
  }
  return read
}

function readGroups(groups: unknown, isNode: (one: unknown) => one is number): number[][] | undefined {
  if (!isList(groups, MAX_NODES)) return undefined
  const read: number[][] = []
  for (const group of groups) {
    if (!isList(group, MAX_NODES) || !group.every(isNode)) return undefined
    read.push([...group])
  }
  return read
}

function readBroken(broken: unknown, events: number): Trace['broken'] {
  if (!isRecord(broken)) return undefined
  const { event, what } = broken
  return isIndex(event, events) && isText(what) ? { event, what: cut(what, MAX_TEXT) } : undefined
}

/** What led to the violation, then the end of that; how much went on beside it is said first. */
function bounded(trace: Trace): Trace {
  const { events, broken } = trace
  if (events.length <= MAX_EVENTS) return trace
  const cone = causalCone(trace, broken?.event ?? events.length - 1)
  let room = MAX_EVENTS - 1
  const inside = cone.map(() => false)
  for (let i = cone.length - 1; i >= 0 && room > 0; i--)
    if (cone[i] === true) {
      inside[i] = true
      room--
    }
  const first = inside.indexOf(true)
  const kept = inside.filter((one) => one).length
  // In the place of an event before, so that all others may still point to each other.
  const note: TraceEvent = {
    at: events[first]?.at ?? 0,
    node: -1,
    what: 'note',
    label: `${(events.length - kept).toLocaleString('en-US')} events beside or before these are left out`,
  }
  const { events: rest, broken: seen, ...head } = onlyEvents(trace, inside)
  return {
    ...head,
    events: [note, ...rest.map((one) => (one.cause === undefined ? one : { ...one, cause: one.cause + 1 }))],
    ...(seen === undefined ? {} : { broken: { ...seen, event: seen.event + 1 } }),
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown, most: number): value is unknown[] => Array.isArray(value) && value.length <= most
const isText = (value: unknown): value is string => typeof value === 'string'
const isIndex = (value: unknown, below: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < below
const isOneOf = <T extends string>(all: readonly T[], value: unknown): value is T => all.includes(value as T)
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
