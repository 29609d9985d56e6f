// The whole event is cloned, and the data taken out of the clone: a few steps more for its type, its id and its position, and
// as many for every event.

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

interface Chain {
  readonly current: number
  readonly ups: Step['up'][]
}

export class Upcasters {
  readonly #chains = new Map<string, Chain>()

  constructor({ current, steps }: UpcastersOptions) {
    for (const [type, version] of Object.entries(current)) {
      if (!Number.isInteger(version) || version < 1) throw new RangeError(`${type}: ${version} is no version`)
      this.#chains.set(type, { current: version, ups: [] })
    }
    for (const { type, from, up } of steps) {
      const chain = this.#chains.get(type)
      if (!chain || !Number.isInteger(from) || from < 1 || from >= chain.current) {
        throw new RangeError(`a step of ${type} from version ${from} leads nowhere`)
      }
      if (chain.ups[from - 1]) throw new RangeError(`there are two steps of ${type} from version ${from}`)
      chain.ups[from - 1] = up
    }
    for (const [type, { current, ups }] of this.#chains) {
      for (let from = 1; from < current; from++) {
        if (!ups[from - 1]) throw new RangeError(`there is no step of ${type} from version ${from}`)
      }
    }
  }

  upcast<E extends StoredEvent>(event: E): E {
    const { type, version } = event
    const chain = this.#chains.get(type)
    if (!chain) throw new RangeError(`unknown type: ${type}`)
    const { current, ups } = chain
    if (version === current) return event
    if (!Number.isInteger(version) || version < 1 || version > current) {
      throw new RangeError(`${type} has no version ${version}, but 1 to ${current}`)
    }
    let { data } = structuredClone(event)
    for (let from = version; from < current; from++) {
      data = ups[from - 1]!(data)
      if (typeof data !== 'object' || data === null || Array.isArray(data)) {
        throw new TypeError(`the step of ${type} from version ${from} brings no object`)
      }
    }
    return { ...event, version: current, data }
  }
}
