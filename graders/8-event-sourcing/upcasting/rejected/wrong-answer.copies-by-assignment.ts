// breaks: An old event takes every step to the present, in order
// because: fields are copied by assignment: to __proto__ that sets no field, and where it is forbidden, it throws.

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

export class Upcasters {
  readonly #chains = new Map<string, (Step['up'] | undefined)[]>()

  constructor({ current, steps }: UpcastersOptions) {
    for (const [type, version] of Object.entries(current)) {
      if (!isVersion(version)) throw new RangeError(`${type}: ${version} is no version`)
      this.#chains.set(
        type,
        Array.from({ length: version - 1 }, () => undefined),
      )
    }
    for (const { type, from, up } of steps) {
      const chain = this.#chains.get(type)
      if (chain === undefined) throw new RangeError(`${type}: a step from version ${from} of a type that there is not`)
      if (!isVersion(from) || from > chain.length) throw new RangeError(`${type}: no step may start at version ${from}`)
      if (chain[from - 1] !== undefined) throw new RangeError(`${type}: two steps from version ${from}`)
      chain[from - 1] = up
    }
    for (const [type, chain] of this.#chains) {
      const gap = chain.indexOf(undefined)
      if (gap >= 0) throw new RangeError(`${type}: no step from version ${gap + 1}`)
    }
  }

  upcast<E extends StoredEvent>(event: E): E {
    const { type, version } = event
    const chain = this.#chains.get(type)
    if (chain === undefined) throw new RangeError(`${type}: there is no such type`)
    const current = chain.length + 1
    if (version === current) return event
    if (!isVersion(version) || version > current)
      throw new RangeError(`${type}: version ${version}, where ${current} is the latest`)
    let data = copyOf(event.data) as Data
    for (let from = version; from < current; from++) {
      data = chain[from - 1]!(data)
      if (typeof data !== 'object' || data === null || Array.isArray(data))
        throw new TypeError(`${type}: the step from version ${from} brings no object`)
    }
    return { ...event, version: current, data }
  }
}

function copyOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyOf)
  if (typeof value !== 'object' || value === null) return value
  const copy: Data = {}
  for (const key of Object.keys(value)) copy[key] = copyOf(value[key]!)
  return copy
}

const isVersion = (version: number): boolean => Number.isSafeInteger(version) && version >= 1
