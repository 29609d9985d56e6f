// breaks: The same nodes make the same ring, in whatever order they came
// because: sorts by position alone: at a tie the sort keeps the order of arrival, which differs from one client to the next.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

interface Point {
  readonly position: number
  readonly id: string
}

const MAX_VIRTUAL_NODES = 10_000
const MAX_WEIGHT = 1_000

export class HashRing {
  readonly #hash: (text: string) => number
  readonly #virtualNodes: number
  readonly #ids = new Set<string>()
  #points: Point[] = []

  constructor({ hash = mixedFnv1a, virtualNodes = 160 }: HashRingOptions = {}) {
    checkWhole('virtualNodes', virtualNodes, MAX_VIRTUAL_NODES)
    this.#hash = hash
    this.#virtualNodes = virtualNodes
  }

  addNode(id: string, weight = 1): void {
    if (id === '') throw new RangeError('id must not be empty')
    checkWhole('weight', weight, MAX_WEIGHT)
    if (this.#ids.has(id)) throw new Error(`node "${id}" is in the ring already`)
    const added: Point[] = []
    for (let replica = 0; replica < this.#virtualNodes * weight; replica++)
      added.push({ position: this.#positionOf(`${id}#${replica}`), id })
    this.#ids.add(id)
    this.#points = [...this.#points, ...added].sort(byPosition)
  }

  removeNode(id: string): void {
    if (!this.#ids.delete(id)) throw new Error(`node "${id}" is not in the ring`)
    this.#points = this.#points.filter((point) => point.id !== id)
  }

  nodeFor(key: string): string | undefined {
    if (this.#points.length === 0) return undefined
    const position = this.#positionOf(key)
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#points[middle]!.position < position) low = middle + 1
      else high = middle
    }
    return this.#points[low === this.#points.length ? 0 : low]!.id
  }

  get nodes(): readonly string[] {
    return [...this.#ids].sort()
  }

  get size(): number {
    return this.#ids.size
  }

  #positionOf(text: string): number {
    const position = this.#hash(text)
    if (position >>> 0 !== position)
      throw new RangeError(`hash must give a whole number from 0 to 2 ** 32 - 1, not ${position} for "${text}"`)
    return position
  }
}

function byPosition(a: Point, b: Point): number {
  return a.position - b.position
}

/** FNV-1a, then the finaliser of MurmurHash3: without it, texts that differ in their last letters lie close together. */
function mixedFnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
