// Drives event stores through scripts, and through power failures. An event names itself by its data, so that whatever is
// found can be told, however it got there.

import * as kata from '#kata/8-event-sourcing/event-store'
import { crashLab, type Disk, type Note } from '../../kit/crash-lab.ts'
import { attempt } from '../../kit/driver.ts'

/** -1 as what is expected: the version that the stream is at. */
export type Append = readonly ['append', stream: string, expected: number, ids: readonly number[], chars: number]
export type Step =
  | Append
  | readonly ['version', stream: string]
  | readonly ['read', stream: string, after: number]
  /** -1 as a limit: none is given */
  | readonly ['all', after: number, limit: number]
  /** when told of the event `on`: does that; by a name that there is: the same listener once more */
  | readonly ['subscribe', name: string, after: number, on?: number, does?: Append | readonly ['stop', string]]
  /** the first of that name that has not been stopped */
  | readonly ['stop', name: string]

/** Position, stream, version, id; and whether type and data are those of that id. */
export type Seen = readonly [number, string, number, number, boolean]

export type Told =
  | readonly ['found', Seen]
  | readonly ['opened']
  | readonly ['tries', string, readonly number[]]
  | readonly ['appended', number, number, boolean]
  | readonly ['conflict', number]
  /** append threw, by name and message */
  | readonly ['refused', string]
  | readonly ['version', number]
  | readonly ['read', readonly Seen[]]
  | readonly ['told', string, Seen]
  | readonly ['sync fails']

const typeOf = (id: number): string => ['Placed', 'Paid', 'Schön'][id % 3] as string
/** As long as may be, and with characters of more than one byte. */
const dataOf = (id: number, chars: number): kata.Json => ({
  id,
  text: 'aé✓'.repeat(chars).slice(0, chars),
  more: [null, id / 4],
})

export const eventOf = (id: number, chars: number): kata.NewEvent => ({
  id: `e${id}`,
  type: typeOf(id),
  data: dataOf(id, chars),
})

function seen({ id, type, data, stream, version, position }: kata.StoredEvent): Seen {
  const number = Number(String(id).slice(1))
  const { text } = Object(data) as { text?: unknown }
  const right = JSON.stringify(dataOf(number, typeof text === 'string' ? text.length : 0))
  return [position, stream, version, number, type === typeOf(number) && JSON.stringify(data) === right]
}

interface Opened {
  readonly store: kata.EventStore
  readonly subscribers: Map<string, Subscriber>
}
interface Subscriber {
  readonly listener: (event: kata.StoredEvent) => void
  readonly stops: (() => void)[]
}

/** A list that was read is the reader's: it is emptied, and nobody may notice. */
function taken(list: kata.StoredEvent[]): Seen[] {
  const all = list.map(seen)
  if (!Object.isFrozen(list)) list.length = 0
  return all
}

function open({ openStore }: typeof kata, disk: Disk, note: Note): Opened {
  const store = openStore(disk)
  for (const event of store.readAll()) note(['found', seen(event)] satisfies Told)
  note(['opened'] satisfies Told)
  return { store, subscribers: new Map() }
}

function act({ store, subscribers }: Opened, step: Step, note: Note): void {
  const say = (told: Told) => note(told)
  switch (step[0]) {
    case 'append': {
      const [, stream, expected, ids, chars] = step
      const events = ids.map((id) => eventOf(id, chars))
      say(['tries', stream, ids])
      const tried = attempt(() => store.append(stream, expected === -1 ? store.version(stream) : expected, events))
      if ('threw' in tried) say(['refused', `${tried.threw}: ${tried.message}`])
      else if ('conflict' in tried.returned) say(['conflict', tried.returned.conflict])
      else say(['appended', tried.returned.version, tried.returned.position, tried.returned.again])
      break
    }
    case 'version':
      say(['version', store.version(step[1])])
      break
    case 'read':
      say(['read', taken(store.read(step[1], step[2]))])
      break
    case 'all': {
      const [, after, limit] = step
      say(['read', taken(limit === -1 ? store.readAll(after) : store.readAll(after, limit))])
      break
    }
    case 'subscribe': {
      const [, name, after, on, does] = step
      const listener = (event: kata.StoredEvent) => {
        const told = seen(event)
        say(['told', name, told])
        if (does !== undefined && told[3] === on) act({ store, subscribers }, does, note)
      }
      const subscriber = subscribers.get(name) ?? { listener, stops: [] }
      subscribers.set(name, subscriber)
      subscriber.stops.push(store.subscribe(after, subscriber.listener))
      break
    }
    case 'stop':
      subscribers.get(step[1])?.stops.shift()?.()
      break
  }
}

const lab = crashLab<Step, typeof kata, Opened, Told>(kata, { open, act, syncFailed: ['sync fails'] satisfies Told })

export const { everyCrash, retell } = lab
