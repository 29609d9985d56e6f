// breaks: An old event takes every step to the present, in order
// because: what has a length is taken for a list: a parcel has one, too.

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
    let data = structuredClone(event.data)
    for (let from = version; from < current; from++) {
      data = chain[from - 1]!(data)
      if (typeof data !== 'object' || data === null || 'length' in data)
        throw new TypeError(`${type}: the step from version ${from} brings no object`)
    }
    return { ...event, version: current, data }
  }
}

const isVersion = (version: number): boolean => Number.isSafeInteger(version) && version >= 1
