// Drives chains of steps that are described as data: what a step does to the data, and whether it is careful about it.

import { type Data, type Json, type Step, Upcasters } from '#kata/8-event-sourcing/upcasting'
import { type Attempt, attempt } from '../../kit/driver.ts'

export type { Data, Json }

export interface StepMade {
  type: string
  from: number
  does: Doing
}
/**
 * A step writes the version that it starts from at the end of `data.trail`, and that is all.
 * `copies`: into new objects; `writes`: into what it is given, and returns that; `replaces`: it gives what it is given a new
 * list; `writes inside`: and writes into the first of `data.lines`; the others bring no object, or nothing at all.
 */
export type Doing =
  | 'copies'
  | 'writes'
  | 'replaces'
  | 'writes inside'
  | 'returns nothing'
  | 'returns null'
  | 'returns a list'
  | 'throws'

export interface Chains {
  current: [type: string, version: number][]
  steps: StepMade[]
}

export interface Stored {
  type: string
  version: number
  data: Data
  [more: string]: Json
}

/** What became of one event. */
export interface Read {
  answer: Attempt<Stored>
  /** whether the answer is the very object that was given */
  same: boolean
  /** versions from which steps ran, in order */
  ran: number[]
  /** the event as it was given, afterwards */
  stored: Stored
}

/** Makes the chains and reads events one after another; null if they could not be made. */
export function read({ chains, events }: { chains: Chains; events: Stored[] }): { made: Attempt<null>; reads: Read[] } {
  const ran: number[] = []
  const made = attempt(() => upcastersOf(chains, ran))
  if (!('returned' in made)) return { made, reads: [] }
  const reads = events.map((event): Read => {
    ran.length = 0
    let same = false
    const answer = attempt(() => {
      const upcast = made.returned.upcast(event)
      same = upcast === event
      return structuredClone(upcast)
    })
    return { answer, same, ran: [...ran], stored: event }
  })
  return { made: { returned: null }, reads }
}

/** One event, frozen to its depths, as a store may give it. */
export function readFrozen({ chains, event }: { chains: Chains; event: Stored }): Attempt<Stored> {
  const upcasters = upcastersOf(chains, [])
  return attempt(() => structuredClone(upcasters.upcast(frozen(event))))
}

/** Reads one event, and again; in between, the first answer is written over: at its surface or inside. */
export function readTwice({ chains, event, inside }: { chains: Chains; event: Stored; inside: boolean }): {
  first: Stored
  second: Stored
  stored: Stored
} {
  const upcasters = upcastersOf(chains, [])
  const answer = upcasters.upcast(event)
  const first = structuredClone(answer)
  const inner = answer.data['inner']
  if (!inside) answer.data['trail'] = 'written over'
  else if (isData(inner)) inner['deep'] = 'written over'
  const second = structuredClone(upcasters.upcast(event))
  return { first, second, stored: event }
}

const isData = (value: Json | undefined): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function upcastersOf({ current, steps }: Chains, ran: number[]): Upcasters {
  return new Upcasters({ current: Object.fromEntries(current), steps: steps.map((step) => stepOf(step, ran)) })
}

function stepOf({ type, from, does }: StepMade, ran: number[]): Step {
  const up = (data: Data): Data => {
    ran.push(from)
    const trail = data['trail'] as Json[]
    switch (does) {
      case 'copies':
        return { ...data, trail: [...trail, from] }
      case 'writes':
        trail.push(from)
        return data
      case 'replaces':
        data['trail'] = [...trail, from]
        return data
      case 'writes inside': {
        data['trail'] = [...trail, from]
        const [line] = data['lines'] as Data[]
        line!['quantity'] = from
        return data
      }
      case 'returns nothing':
        return undefined as unknown as Data
      case 'returns null':
        return null as unknown as Data
      case 'returns a list':
        return trail as unknown as Data
      case 'throws':
        throw new Error(`this step fails from version ${from}`)
    }
  }
  return Object.freeze({ type, from, up: Object.freeze(up) })
}

function frozen<T extends Json | Stored>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
