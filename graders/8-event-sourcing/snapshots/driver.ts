// Drives snapshots through scripts, power failures and disks that fail. The log that they are of is on the same disk, in a
// file that the submission does not see: so what the log loses in a power failure, and what it does not, is tried as well.

import * as kata from '#kata/8-event-sourcing/snapshots'
import { crashLab, type Disk, type Note, type Workload } from '../../kit/crash-lab.ts'
import { attempt } from '../../kit/driver.ts'

/**
 * How events change a state. `sum`, `other`: two rules of one shape; `into`: as `sum`, but writes into what it is given;
 * `any`: states of every shape that JSON has.
 */
export type Rules = 'sum' | 'other' | 'into' | 'any'

export type Step =
  /** `branch`: tells these events from others that have been at their place; 99: no event that `evolve` takes */
  | readonly ['append', stream: string, count: number, branch: number, chars?: number]
  /** the same, and not safe before the next append that is */
  | readonly ['append unsafe', stream: string, count: number, branch: number]
  /** the log has lost what is behind that version */
  | readonly ['lose', stream: string, version: number]
  | readonly ['load', stream: string]
  /** load; while it reads, so many events are appended, and somebody else loads */
  | readonly ['race', stream: string, count: number, branch: number]
  | readonly ['open', schema: string, rules: Rules, every: number]
  /** the call so many after this one fails; 0: all do, from now on; -1: none does any more */
  | readonly ['fail', call: number]
  /** how many files there are */
  | readonly ['files']

/** An event by its branch, and how much text it brings; its version is its place. */
export type Seen = readonly [branch: number, chars: number]

export type Told =
  /** what the log has when a load begins, and by which rules it goes */
  | readonly ['loads', stream: string, schema: string, rules: Rules, every: number, has: readonly Seen[]]
  /** events taken from the log, and events that `evolve` was given */
  | readonly ['loaded', version: number, state: unknown, read: number, applied: number]
  | readonly ['threw', string]
  | readonly ['refused', string]
  | readonly ['disk fails']
  | readonly ['files', number]

export const SCHEMA = 'order 1'
const EVERY = 3
const STREAMS = ['a', 'b']
const BAD_BRANCH = 99

// ---- the log ---------------------------------------------------------------------------------------------------------

const LOG = 'events.log'

interface Appended {
  readonly stream: string
  readonly count: number
  readonly branch: number
  readonly chars: number
}
type Line = Appended | { readonly stream: string; readonly lost: number }

interface Log {
  of(stream: string): readonly Seen[]
  write(line: Line, isSafe: boolean): void
}

/** One line for each append, with a sum before it: whole, or the end of the log. */
function openLog(disk: Disk): Log {
  const streams = new Map<string, Seen[]>()
  const of = (stream: string) => streams.get(stream) ?? []
  const take = (line: Line): void => {
    if ('lost' in line) streams.set(line.stream, of(line.stream).slice(0, line.lost))
    else
      streams.set(line.stream, [
        ...of(line.stream),
        ...Array.from({ length: line.count }, (): Seen => [line.branch, line.chars]),
      ])
  }
  if (!disk.exists(LOG)) disk.create(LOG)
  const bytes = disk.read(LOG)
  let end = 0
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, end)) {
    const text = new TextDecoder().decode(bytes.subarray(end, at))
    const json = text.slice(SUM_CHARS)
    if (text.slice(0, SUM_CHARS) !== sumOf(json)) break
    take(JSON.parse(json) as Line)
    end = at + 1
  }
  disk.truncate(LOG, end)
  disk.sync(LOG)
  disk.syncDirectory()
  return {
    of,
    write(line, isSafe) {
      const json = JSON.stringify(line)
      disk.append(LOG, new TextEncoder().encode(`${sumOf(json)}${json}\n`))
      if (isSafe) disk.sync(LOG)
      take(line)
    },
  }
}

const NEW_LINE = 10
const SUM_CHARS = 8
function sumOf(text: string): string {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return (sum >>> 0).toString(16).padStart(SUM_CHARS, '0')
}

// ---- the rules -------------------------------------------------------------------------------------------------------

interface Sum {
  events: number
  sum: number
  text: string
}

const initialOf = (rules: Rules): unknown => (rules === 'any' ? { before: [0] } : { events: 0, sum: 1, text: '' })
const MODULUS = 999_983
/** Characters of one to three bytes. */
const textOf = (chars: number): string => 'aé✓'.repeat(chars).slice(0, chars)

function evolveBy(rules: Rules, state: unknown, { version, data }: kata.StoredEvent): unknown {
  const { branch, chars } = data as { branch: number; chars: number }
  const value = branch * 100 + version
  if (branch === BAD_BRANCH) throw new TypeError('no such event')
  if (rules === 'any') {
    const before = JSON.stringify(state)
    const shapes = [null, 0, '', false, { state: null, value }, {}]
    return value % 2 === 0 ? shapes[(value / 2) % shapes.length] : value % 4 === 1 ? { before } : [before, null]
  }
  const { events, sum } = state as Sum
  const next = {
    events: events + 1,
    sum: (sum * (rules === 'other' ? 37 : 31) + value) % MODULUS,
    text: textOf(chars),
  }
  return rules === 'into' ? Object.assign(state as Sum, next) : next
}

/** What some callers do with what they are given. */
function spoil(state: unknown): void {
  if (typeof state === 'object' && state !== null) Object.assign(state, { events: -1, sum: -1 })
}

// ---- the disk as the submission has it -------------------------------------------------------------------------------

/** Which call fails next; as in the step `fail`. */
interface Fault {
  call: number
}

/** Without the log, and failing when it is told to; a write that fails has got half-way. */
function faceOf(disk: Disk, fault: Fault, note: Note): Disk {
  const isFailing = (): boolean => {
    if (fault.call <= 0) return fault.call === 0
    fault.call--
    if (fault.call > 0) return false
    fault.call = -1
    return true
  }
  const fail = (what: string): never => {
    note(['disk fails'] satisfies Told)
    throw Object.assign(new Error(`EIO: the device failed to ${what}`), { code: 'EIO' })
  }
  const guarded =
    <A extends readonly unknown[], R>(what: string, call: (...given: A) => R, half?: (...given: A) => void) =>
    (...given: A): R => {
      if (!isFailing()) return call(...given)
      half?.(...given)
      return fail(what)
    }
  const halfOf = (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)
  return Object.freeze({
    sectorBytes: disk.sectorBytes,
    list: () => disk.list().filter((name) => name !== LOG),
    exists: disk.exists,
    size: disk.size,
    read: guarded('read', disk.read),
    create: guarded('create', disk.create),
    append: guarded('write', disk.append, (name, bytes) => disk.append(name, halfOf(bytes))),
    write: guarded('write', disk.write, (name, at, bytes) => disk.write(name, at, halfOf(bytes))),
    truncate: guarded('truncate', disk.truncate),
    rename: guarded('rename', disk.rename),
    remove: guarded('remove', disk.remove),
    sync: guarded('sync', disk.sync),
    syncDirectory: guarded('sync the directory', disk.syncDirectory),
  })
}

// ---- what is driven --------------------------------------------------------------------------------------------------

interface Life {
  readonly evaluated: typeof kata
  readonly note: Note
  readonly face: Disk
  readonly fault: Fault
  readonly log: Log
  by: { readonly schema: string; readonly rules: Rules; readonly every: number }
  snapshots: kata.Snapshots<unknown> | undefined
  /** of the load that is under way */
  meter: { read: number; applied: number }
  /** what happens when that load has read the log to its end */
  onEnd: (() => void) | undefined
}

function begin(evaluated: typeof kata, disk: Disk, note: Note): Life {
  const fault = { call: -1 }
  const life: Life = {
    evaluated,
    note,
    face: faceOf(disk, fault, note),
    fault,
    log: openLog(disk),
    by: { schema: SCHEMA, rules: 'sum', every: EVERY },
    snapshots: undefined,
    meter: { read: 0, applied: 0 },
    onEnd: undefined,
  }
  life.snapshots = another(life)
  return life
}

/** Snapshots on the disk of this life, by the rules of this moment. */
function another(life: Life): kata.Snapshots<unknown> | undefined {
  const { schema, rules, every } = life.by
  const log: kata.EventLog = Object.freeze({ read: (stream: string, after: number) => eventsOf(life, stream, after) })
  const evolve = (state: unknown, event: kata.StoredEvent) => {
    life.meter.applied++
    return evolveBy(rules, state, event)
  }
  const tried = attempt(() =>
    life.evaluated.openSnapshots(life.face, log, { schema, every, initial: initialOf(rules), evolve }),
  )
  if ('returned' in tried) return tried.returned
  life.note(['refused', `${tried.threw}: ${tried.message}`] satisfies Told)
  return undefined
}

function* eventsOf(life: Life, stream: string, after: number): Generator<kata.StoredEvent, undefined> {
  const there = life.log.of(stream)
  for (let i = Math.max(0, after); i < there.length; i++) {
    const [branch, chars] = there[i] as Seen
    life.meter.read++
    yield { id: `${stream} ${branch}.${i + 1}`, version: i + 1, type: 'Happened', data: { branch, chars } }
  }
  // Who finds nothing where its snapshot should end will read once more.
  if (there.length <= after) return
  const { onEnd } = life
  life.onEnd = undefined
  onEnd?.()
}

function load(life: Life, snapshots: kata.Snapshots<unknown> | undefined, stream: string): void {
  if (snapshots === undefined) return
  const outer = life.meter
  life.meter = { read: 0, applied: 0 }
  const { schema, rules, every } = life.by
  life.note(['loads', stream, schema, rules, every, life.log.of(stream)] satisfies Told)
  const tried = attempt(() => snapshots.load(stream))
  if ('returned' in tried) {
    const { version, state } = tried.returned
    const { read, applied } = life.meter
    life.note(['loaded', version, copyOf(state), read, applied] satisfies Told)
    if (rules === 'into') spoil(state)
  } else life.note(['threw', `${tried.threw}: ${tried.message}`] satisfies Told)
  life.meter = outer
}

/** As it is at this moment: what comes of it later is another matter. */
const copyOf = (state: unknown): unknown => (state === undefined ? 'undefined' : JSON.parse(JSON.stringify(state)))

function act(life: Life, step: Step, note: Note): void {
  switch (step[0]) {
    case 'append': {
      const [, stream, count, branch, chars = 0] = step
      life.log.write({ stream, count, branch, chars }, true)
      break
    }
    case 'append unsafe': {
      const [, stream, count, branch] = step
      life.log.write({ stream, count, branch, chars: 0 }, false)
      break
    }
    case 'lose':
      life.log.write({ stream: step[1], lost: step[2] }, true)
      break
    case 'load':
      load(life, life.snapshots, step[1])
      break
    case 'race': {
      const [, stream, count, branch] = step
      life.onEnd = () => {
        life.log.write({ stream, count, branch, chars: 0 }, true)
        load(life, another(life), stream)
      }
      load(life, life.snapshots, stream)
      break
    }
    case 'open':
      life.by = { schema: step[1], rules: step[2], every: step[3] }
      life.snapshots = another(life)
      break
    case 'fail':
      life.fault.call = step[1]
      break
    case 'files':
      note(['files', life.face.list().length] satisfies Told)
      break
  }
}

const syncFailed: Told = ['disk fails']

/** Whoever opens it loads both streams: what the last life finds is found by loading. */
const loading = crashLab<Step, typeof kata, Life, Told>(kata, {
  open(evaluated, disk, note) {
    const life = begin(evaluated, disk, note)
    for (const stream of STREAMS) load(life, life.snapshots, stream)
    return life
  },
  act,
  syncFailed,
})
const waiting = crashLab<Step, typeof kata, Life, Told>(kata, { open: begin, act, syncFailed })

export const { everyCrash, everyFlip, retell } = loading
/** Lives in which only the steps load. A failure at the end of each but the last: what was not synced is lost. */
export const script = (lives: Workload<Step>['lives']) =>
  waiting.retell({ lives, seed: 0, failures: lives.slice(1).map(() => ({ point: END, kept: '', fill: 'zeros' })) })
const END = 1_000_000
