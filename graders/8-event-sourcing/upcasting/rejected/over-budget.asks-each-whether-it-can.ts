// breaks: An event finds its steps at once, however many there are
// spends: O(n) steps a call
// because: all steps are asked one after another whether they can do something with the event, as the guide has it.

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
  readonly #options: UpcastersOptions

  constructor(options: UpcastersOptions) {
    this.#options = options
    const seen = new Set<string>()
    const names = new Map(Object.entries(options.current))
    for (const [type, version] of names) if (!isVersion(version)) throw new RangeError(`${type}: ${version}`)
    for (const { type, from } of options.steps) {
      const current = names.get(type)
      if (current === undefined || !isVersion(from) || from >= current || seen.has(`${from} ${type}`))
        throw new RangeError(`${type}: a step from version ${from}`)
      seen.add(`${from} ${type}`)
    }
    for (const [type, version] of names)
      for (let from = 1; from < version; from++)
        if (!seen.has(`${from} ${type}`)) throw new RangeError(`${type}: no step from version ${from}`)
  }

  upcast<E extends StoredEvent>(event: E): E {
    const { type, version } = event
    const { current: currents, steps } = this.#options
    if (!Object.hasOwn(currents, type)) throw new RangeError(`${type}: there is no such type`)
    const current = currents[type]!
    if (version === current) return event
    if (!isVersion(version) || version > current) throw new RangeError(`${type}: version ${version}`)
    let data = structuredClone(event.data)
    for (let from = version; from < current; from++) {
      const step = steps.find((one) => one.type === type && one.from === from)!
      data = step.up(data)
      checkData(data, type, from)
    }
    return { ...event, version: current, data }
  }
}

const isVersion = (version: number): boolean => Number.isSafeInteger(version) && version >= 1

function checkData(data: Data, type: string, from: number): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new TypeError(`${type}: the step from version ${from} brings no object`)
}
