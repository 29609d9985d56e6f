// At the start one function is made for each version of each type: the step from there, followed by the function of the next
// version. To upcast is one look-up by type and version, and one call.

export type Json = null | boolean | number | string | Json[] | Data
export interface Data {
  [key: string]: Json
}

export interface StoredEvent {
  readonly type: string
  readonly version: number
  readonly data: Data
}

export interface Step {
  readonly type: string
  readonly from: number
  readonly up: (data: Data) => Data
}

export interface UpcastersOptions {
  readonly current: Readonly<Record<string, number>>
  readonly steps: readonly Step[]
}

type Way = (data: Data) => Data
const arrived: Way = (data) => data

export class Upcasters {
  readonly #ways: Map<string, readonly Way[]>

  constructor({ current, steps }: UpcastersOptions) {
    const steep = new Map<string, Step[]>()
    for (const [type, version] of Object.entries(current)) {
      if (!Number.isSafeInteger(version) || version < 1)
        throw new RangeError(`the current version of ${type} is ${version}`)
      steep.set(type, [])
    }
    for (const step of steps) {
      const own = steep.get(step.type)
      if (own === undefined) throw new RangeError(`${step.type} (from ${step.from}) is no type`)
      own.push(step)
    }
    this.#ways = new Map(
      [...steep].map(([type, own]) => [
        type,
        waysOf(
          type,
          own.sort((a, b) => a.from - b.from),
          current[type]!,
        ),
      ]),
    )
  }

  upcast<E extends StoredEvent>(event: E): E {
    const ways = this.#ways.get(event.type)
    if (ways === undefined) throw new RangeError(`${event.type} is no type`)
    if (event.version === ways.length) return event
    const way = ways[event.version - 1]
    if (way === undefined) throw new RangeError(`${event.type} has no version ${event.version}`)
    return { ...event, data: way(JSON.parse(JSON.stringify(event.data))), version: ways.length }
  }
}

/** From each version, the way to the last one. @param own sorted by the versions that they start from */
function waysOf(type: string, own: readonly Step[], current: number): Way[] {
  for (const [i, { from }] of own.entries())
    if (from !== i + 1) throw new RangeError(`${type}: expected a step from ${i + 1}, found one from ${from}`)
  if (own.length !== current - 1) {
    const wrong = Math.min(own.length + 1, current)
    throw new RangeError(`${type}: the step from ${wrong} is ${own.length < current ? 'missing' : 'one too many'}`)
  }
  const ways: Way[] = [arrived]
  for (const { from, up } of own.toReversed()) {
    const rest = ways[0]!
    ways.unshift((data) => rest(sound(up(data), type, from)))
  }
  return ways
}

function sound(data: Data, type: string, from: number): Data {
  if (Object(data) !== data || Array.isArray(data))
    throw new TypeError(`${type}: nothing comes of the step from ${from}`)
  return data
}
