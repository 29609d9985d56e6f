// Position and rank of the node in one number of 53 bits: one native sort puts the points in order and settles every tie.
// The hash multiplies by 31, as Java does, and is then stirred.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

const RANKS = 2 ** 21

function positionIn(hash: (text: string) => number, text: string): number {
  const position = hash(text)
  if (position !== Math.floor(position) || !(position >= 0 && position < 2 ** 32))
    throw new RangeError(`bad hash: ${position}`)
  return position
}

function counted(name: string, value: number, limit: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= limit) return value
  throw new RangeError(`${name} is out of range: ${value}`)
}

export class HashRing {
  #hash: (text: string) => number
  #perWeight: number
  #weights = new Map<string, { positions: number[] }>()
  #ring: { ids: string[]; points: Float64Array } | undefined

  constructor(options?: HashRingOptions) {
    this.#hash = options?.hash ?? stirred
    this.#perWeight = counted('virtualNodes', options?.virtualNodes ?? 160, 10_000)
  }

  addNode(id: string, weight = 1): void {
    if (this.#weights.has(id)) throw new Error(`duplicate node ${id}`)
    if (!id) throw new RangeError('id: empty')
    const positions: number[] = []
    const count = this.#perWeight * counted('weight', weight, 1_000)
    while (positions.length < count) positions.push(positionIn(this.#hash, `${id}#${positions.length}`))
    this.#weights.set(id, { positions })
    this.#ring = undefined
  }

  removeNode(id: string): void {
    if (!this.#weights.has(id)) throw new Error(`unknown node ${id}`)
    this.#weights.delete(id)
    this.#ring = undefined
  }

  nodeFor(key: string): string | undefined {
    this.#ring ??= this.#build()
    const { ids, points } = this.#ring
    if (ids.length === 0) return undefined
    // The least number that a point at this position could be.
    const wanted = positionIn(this.#hash, key) * RANKS
    let before = -1
    let found = points.length
    while (found - before > 1) {
      const middle = (before + found) >> 1
      if ((points[middle] as number) < wanted) before = middle
      else found = middle
    }
    return ids[(points[found % points.length] as number) % RANKS]
  }

  #build() {
    const ids = this.nodes.slice()
    const points = Float64Array.from(
      ids.flatMap((id, rank) => this.#weights.get(id)!.positions.map((at) => at * RANKS + rank)),
    )
    return { ids, points: points.sort() }
  }

  get nodes(): readonly string[] {
    return [...this.#weights.keys()].sort((a, b) => (a < b ? -1 : 1))
  }

  get size(): number {
    return this.#weights.size
  }
}

function stirred(text: string): number {
  let h = 7
  for (const letter of text) h = (Math.imul(h, 31) + letter.codePointAt(0)!) | 0
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}
