// What the learner did, one event a line, only ever appended to: every other state is derived from it (state.ts).
// The file may be torn by a crash, written by several processes at once, merged from another machine, or damaged by
// hand; none of these may lose what is still readable.

import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileLines } from './file-lines.ts'
import { KataError } from './kata-error.ts'

export const EVENT_TYPES = [
  'start',
  'check',
  'hint',
  'reveal',
  'quiz',
  'estimate',
  'review',
  'interview',
  'reset',
  'redo',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export interface ProgressEvent {
  /** unique over all machines of the learner: what a merge goes by */
  readonly id: string
  /** ISO time with zone */
  readonly at: string
  readonly type: EventType
  /** slug (a path such as `2-foundation/token-bucket` is understood too) */
  readonly kata?: string
  /** each type's own fields, and those of versions to come */
  readonly [field: string]: unknown
}

export interface Progress {
  /** by time, then by id; each id once */
  readonly events: readonly ProgressEvent[]
  /** lines that are no event, a torn last one not counted */
  readonly skipped: number
}

const MAX_LINE_BYTES = 64 * 1024
const MAX_FILE_BYTES = 256 * 1024 * 1024
const MAX_ID = 128
const NEWLINE = 0x0a
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/

/** A file that is absent holds no events. */
export function readProgress(file: string): Progress {
  const found = new Map<string, { readonly event: ProgressEvent; readonly atMs: number }>()
  let skipped = 0
  for (const line of recordLines(file)) {
    if (line.record === undefined) skipped++
    else if (isEvent(line.record) && !found.has(line.record.id)) {
      found.set(line.record.id, { event: line.record, atMs: Date.parse(line.record.at) })
    }
  }
  const sorted = [...found.values()].sort((a, b) => a.atMs - b.atMs || (a.event.id < b.event.id ? -1 : 1))
  return { events: sorted.map(({ event }) => event), skipped }
}

/** Adds one event; safe beside other processes that do the same. */
export function appendProgress(file: string, event: ProgressEvent): void {
  const line = Buffer.from(`${JSON.stringify(event)}\n`)
  if (line.length > MAX_LINE_BYTES)
    throw new RangeError(`a progress event of ${line.length} bytes could not be read again`)
  appendWhole(file, line)
}

/**
 * Adds the events of another file, of another machine say, that this one does not have: the very bytes of their lines,
 * so that fields of a version we do not know survive.
 *
 * By appending, not by writing a new file and renaming it: a rename loses what another process appends between our
 * reading and the rename. A crash in the midst leaves a part of the union, and merging again completes it.
 */
export function mergeProgress(file: string, other: string): { readonly added: number; readonly skipped: number } {
  const known = new Set<string>()
  for (const { record } of recordLines(file)) if (record !== undefined) known.add(record.id)
  const lines: Buffer[] = []
  let skipped = 0
  if (!existsSync(other))
    throw new KataError(`There is no progress file ${other}.`, 'Give the path of a progress.jsonl.')
  for (const { record, bytes } of recordLines(other)) {
    if (record === undefined) skipped++
    else if (!known.has(record.id)) {
      known.add(record.id)
      lines.push(Buffer.concat([bytes, Buffer.of(NEWLINE)]))
    }
  }
  if (lines.length > 0) appendWhole(file, Buffer.concat(lines))
  return { added: lines.length, skipped }
}

/** What every version's events have; the type may be one that only a later version knows. */
interface EventRecord {
  readonly id: string
  readonly at: string
  readonly type: string
  readonly [field: string]: unknown
}

interface RecordLine {
  readonly bytes: Buffer
  /** undefined for a line that is no event */
  readonly record: EventRecord | undefined
}

function* recordLines(file: string): Generator<RecordLine> {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isFile() || stat.size > MAX_FILE_BYTES) {
    throw new KataError(
      `${file} is no file, or has ${stat.size} bytes; no learner makes that many.`,
      'Move it away and look what wrote it.',
    )
  }
  const descriptor = openSync(file, 'r')
  try {
    for (const { bytes, ended } of fileLines(descriptor, MAX_LINE_BYTES)) {
      const record = bytes === undefined ? undefined : parseRecord(bytes)
      // Empty lines come from healing a torn one twice. An unended line that is whole lost only its newline.
      const silent = record === undefined && (!ended || bytes?.length === 0)
      if (!silent) yield { bytes: bytes ?? Buffer.alloc(0), record }
    }
  } finally {
    closeSync(descriptor)
  }
}

function parseRecord(bytes: Buffer): EventRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is EventRecord {
  if (typeof value !== 'object' || value === null) return false
  const { id, at, type, kata } = value as Readonly<Record<string, unknown>>
  const named = typeof id === 'string' && id.length > 0 && id.length <= MAX_ID
  const timed = typeof at === 'string' && TIME.test(at) && !Number.isNaN(Date.parse(at))
  return named && timed && typeof type === 'string' && (kata === undefined || typeof kata === 'string')
}

const isEvent = (record: EventRecord): record is ProgressEvent => EVENT_TYPES.some((type) => type === record.type)

/** One write in append mode, which the operating system does not mix with those of other processes. */
function appendWhole(file: string, lines: Buffer): void {
  mkdirSync(dirname(file), { recursive: true })
  const descriptor = openSync(file, 'a+')
  try {
    const { size } = fstatSync(descriptor)
    const last = Buffer.alloc(1, NEWLINE)
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1)
    // A torn line must not swallow ours.
    const whole = last[0] === NEWLINE ? lines : Buffer.concat([Buffer.of(NEWLINE), lines])
    const written = writeSync(descriptor, whole)
    if (written !== whole.length)
      throw new KataError(`${file} took only ${written} of ${whole.length} bytes.`, 'Is the disk full?')
  } finally {
    closeSync(descriptor)
  }
}
