// Drives projections through scripts, and through power failures. The events are accounts' ups and downs, so that a row tells
// which events are in it and how often. Whoever reads the feed is looked at while it waits, as other clients would.

import * as kata from '#kata/8-event-sourcing/projections'
import { crashLab, type Disk, type Note } from '../../kit/crash-lab.ts'
import { attempt } from '../../kit/driver.ts'

/** What has happened to accounts. */
export type Happened =
  | readonly ['in', account: string, cents: number, chars?: number]
  | readonly ['move', from: string, to: string, cents: number]
  | readonly ['close', account: string]
  /** the row is null from then on */
  | readonly ['blank', account: string]
  /** changes nothing */
  | readonly ['note']

/** How the feed gives what it has. */
export interface Manner {
  /** so many older ones before what is asked for, or told */
  readonly again?: number
  readonly twice?: boolean
  /** the first so many of what there is to tell are not told, unless that is all */
  readonly untold?: number
  /** what is appended while somebody subscribes, before there is anybody to tell */
  readonly meanwhile?: readonly Happened[]
  /** what is appended, and told, during the first read, the second and so on: after what it answers was found */
  readonly late?: readonly (readonly Happened[])[]
  /** nobody looks while it reads: of long lives there would be too much to tell */
  readonly isUnseen?: boolean
}

export type Step =
  /**
   * known: versions with which it is opened, if it is not open yet with these; events: all that there are then; batch: null
   * where none is told
   */
  | readonly ['follow', known: readonly number[], events: readonly Happened[], batch: number | null, manner?: Manner]
  /** opens it with these versions, and does not follow */
  | readonly ['open', known: readonly number[]]
  /** while it is followed: now there are these */
  | readonly ['append', events: readonly Happened[]]
  | readonly ['stop']

/** Key, version, cents, how many ups and downs, characters of text; nothing behind the key: null. */
export type Row = readonly [string, number, number, number, number] | readonly [string] | readonly [string, 'damaged']
export type Standing = readonly [version: number, position: number, stopped: string | null]
export interface Shown {
  readonly status: readonly Standing[]
  readonly rows: readonly Row[]
}

export type Told =
  | readonly ['knows', readonly number[]]
  /** openProjection or follow threw, by name and message */
  | readonly ['refused', string]
  /** a read behind that position, and what was to be seen meanwhile */
  | readonly ['reads', number, Shown]
  | readonly ['shows', Shown]
  | readonly ['sync fails']

const ACCOUNTS = ['a', 'b', 'c', '']
/** A name that objects have from birth: asked for where something has happened to it. */
const NAME_OF_ALL = 'constructor'
/** Versions from 100 on: 301 is version 1, whose `apply` throws at event 3. */
const brokenAt = (version: number): number => Math.floor(version / 100)
const textOf = (chars: number): string => 'aé✓'.repeat(chars).slice(0, chars)

interface Account {
  readonly v: number
  readonly cents: number
  readonly count: number
  readonly text: string
}

function definitionOf(version: number): kata.Definition {
  return {
    version,
    apply({ position, data }, get) {
      if (position === brokenAt(version)) throw new Error('no such account')
      const changed = (account: string, cents: number, chars?: number): kata.Change => {
        const row = get(account) as unknown as Account | null | undefined
        const text = chars === undefined ? (row?.text ?? '') : textOf(chars)
        return [
          account,
          { v: version, cents: (row?.cents ?? 0) + cents * (version % 100), count: (row?.count ?? 0) + 1, text },
        ]
      }
      const happened = data as unknown as Happened
      switch (happened[0]) {
        case 'in':
          return [changed(happened[1], happened[2], happened[3])]
        case 'move':
          return [changed(happened[1], -happened[3]), changed(happened[2], happened[3])]
        case 'close':
          return [[happened[1], undefined]]
        case 'blank':
          return [[happened[1], null]]
        case 'note':
          return []
      }
    },
  }
}

function shownBy(projection: kata.Projection, events: readonly kata.StoredEvent[] = []): Shown {
  const isNamed = events.some(({ data }) => (data as readonly unknown[]).includes(NAME_OF_ALL))
  const rows = [...ACCOUNTS, ...(isNamed ? [NAME_OF_ALL] : [])].flatMap((key): Row[] => {
    const row = projection.get(key)
    if (row === undefined) return []
    if (row === null) return [[key]]
    const { v, cents, count, text } = Object(row) as Account
    const isRight = typeof text === 'string' && text === textOf(text.length)
    return [isRight ? [key, v, cents, count, text.length] : [key, 'damaged']]
  })
  return {
    status: projection.status().map(({ version, position, stopped }) => [version, position, stopped ?? null]),
    rows,
  }
}

/** All that has happened, and whoever listens. */
class Happenings implements kata.Feed {
  events: kata.StoredEvent[] = []
  manner: Manner = {}
  reads = 0
  /** called at each read, before it answers */
  onRead: (after: number) => void = () => {}
  readonly #listeners = new Set<(events: readonly kata.StoredEvent[]) => void>()

  append(happened: readonly Happened[]): void {
    const from = this.events.length
    const data = happened as readonly unknown[] as readonly kata.Json[]
    data.forEach((one, i) => {
      this.events.push(Object.freeze({ position: from + i + 1, type: String((one as Happened)[0]), data: one }))
    })
    const told = this.#given(Math.min(from + (this.manner.untold ?? 0), this.events.length - 1), this.events.length)
    if (happened.length > 0) for (const listener of [...this.#listeners]) listener(told)
  }

  read(after: number, limit: number): readonly kata.StoredEvent[] {
    this.onRead(after)
    const given = this.#given(after, Math.min(this.events.length, after + limit))
    this.append(this.manner.late?.[this.reads++] ?? [])
    return given
  }

  subscribe(listener: (events: readonly kata.StoredEvent[]) => void): () => void {
    this.append(this.manner.meanwhile ?? [])
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #given(after: number, upTo: number): readonly kata.StoredEvent[] {
    const { again = 0, twice = false } = this.manner
    const given = this.events.slice(Math.max(0, after - again), upTo)
    return twice ? given.flatMap((event) => [event, event]) : given
  }
}

interface Opened {
  readonly kata: typeof kata
  readonly disk: Disk
  known: readonly number[]
  projection: kata.Projection
  feed: Happenings
  stop: () => void
  isFollowed: boolean
}

/** For who only looks. */
const ALL = [1, 2]

function opened(kata: Opened['kata'], disk: Disk, known: readonly number[], note: Note): kata.Projection {
  note(['knows', known] satisfies Told)
  const projection = kata.openProjection(disk, known.map(definitionOf))
  note(['shows', shownBy(projection)] satisfies Told)
  return projection
}

function open(kata: Opened['kata'], disk: Disk, note: Note, steps: readonly Step[]): Opened {
  const [first] = steps
  const known = first?.[0] === 'follow' ? first[1] : ALL
  return {
    kata,
    disk,
    known,
    projection: opened(kata, disk, known, note),
    feed: new Happenings(),
    stop: () => {},
    isFollowed: false,
  }
}

/** Opens it anew if it is open with others. @returns false where that was refused */
function openWith(it: Opened, known: readonly number[], note: Note, refused: (tried: Refused) => void): boolean {
  it.stop()
  if (known.join() === it.known.join()) return true
  const tried = attempt(() => opened(it.kata, it.disk, known, note))
  if ('threw' in tried) {
    refused(tried)
    return false
  }
  it.known = known
  it.projection = tried.returned
  // Whoever still listens to the old one has not ended it.
  it.feed = new Happenings()
  return true
}
interface Refused {
  readonly threw: string
  readonly message: string
}

function act(it: Opened, step: Step, note: Note): void {
  const refused = ({ threw, message }: Refused) => note(['refused', `${threw}: ${message}`] satisfies Told)
  switch (step[0]) {
    case 'follow': {
      const [, known, events, batch, manner = {}] = step
      it.isFollowed = true
      if (!openWith(it, known, note, refused)) break
      const { feed } = it
      feed.manner = {}
      feed.append(events.slice(feed.events.length))
      feed.manner = manner
      feed.reads = 0
      let seen = { key: '', after: 0 }
      feed.onRead = (after) => {
        if (manner.isUnseen === true) return
        const shown = shownBy(it.projection, feed.events)
        const key = JSON.stringify(shown)
        // Reads are counted where something happens during them. Elsewhere, of those that show the same the first will do.
        if (manner.late === undefined && key === seen.key && after >= seen.after) return
        seen = { key, after }
        note(['reads', after, shown] satisfies Told)
      }
      const tried = attempt(() => (batch === null ? it.projection.follow(feed) : it.projection.follow(feed, batch)))
      if ('threw' in tried) refused(tried)
      else it.stop = tried.returned
      break
    }
    case 'open':
      // What it shows then has been told.
      openWith(it, step[1], note, refused)
      return
    case 'append':
      if (it.isFollowed) {
        const tried = attempt(() => it.feed.append(step[1].slice(it.feed.events.length)))
        if ('threw' in tried) refused(tried)
      }
      break
    case 'stop':
      it.stop()
      break
  }
  note(['shows', shownBy(it.projection, it.feed.events)] satisfies Told)
}

const lab = crashLab<Step, typeof kata, Opened, Told>(kata, { open, act, syncFailed: ['sync fails'] satisfies Told })

export const { everyCrash, retell } = lab
