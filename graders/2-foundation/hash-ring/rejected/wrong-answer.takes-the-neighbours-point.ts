// breaks: Two points on one position are both kept
// because: settles a collision well and forgets the loser: when the winner leaves, the point is gone, though the other node is still there.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

const MAX_VIRTUAL_NODES = 10_000
const MAX_WEIGHT = 1_000

export class HashRing {
  readonly #hash: (text: string) => number
  readonly #virtualNodes: number
  readonly #weights = new Map<string, number>()
  readonly #ring = new Map<number, string>()
  #positions: number[] = []

  constructor({ hash = mixedFnv1a, virtualNodes = 160 }: HashRingOptions = {}) {
    checkWhole('virtualNodes', virtualNodes, MAX_VIRTUAL_NODES)
    this.#hash = hash
    this.#virtualNodes = virtualNodes
  }

  addNode(id: string, weight = 1): void {
    if (id === '') throw new RangeError('id must not be empty')
    checkWhole('weight', weight, MAX_WEIGHT)
    if (this.#weights.has(id)) throw new Error(`node "${id}" is in the ring already`)
    const positions = this.#positionsOf(id, weight)
    this.#weights.set(id, weight)
    for (const position of positions) if (!(this.#ring.get(position)! < id)) this.#ring.set(position, id)
    this.#positions = [...this.#ring.keys()].sort((a, b) => a - b)
  }

  removeNode(id: string): void {
    const weight = this.#weights.get(id)
    if (weight === undefined) throw new Error(`node "${id}" is not in the ring`)
    this.#weights.delete(id)
    for (const position of this.#positionsOf(id, weight))
      if (this.#ring.get(position) === id) this.#ring.delete(position)
    this.#positions = [...this.#ring.keys()].sort((a, b) => a - b)
  }

  nodeFor(key: string): string | undefined {
    if (this.#positions.length === 0) return undefined
    const position = this.#positionOf(key)
    let low = 0
    let high = this.#positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#positions[middle]! < position) low = middle + 1
      else high = middle
    }
    return this.#ring.get(this.#positions[low === this.#positions.length ? 0 : low]!)
  }

  get nodes(): readonly string[] {
    return [...this.#weights.keys()].sort()
  }

  get size(): number {
    return this.#weights.size
  }

  #positionsOf(id: string, weight: number): number[] {
    return Array.from({ length: this.#virtualNodes * weight }, (_, replica) => this.#positionOf(`${id}#${replica}`))
  }

  #positionOf(text: string): number {
    const position = this.#hash(text)
    if (position >>> 0 !== position)
      throw new RangeError(`hash must give a whole number from 0 to 2 ** 32 - 1, not ${position} for "${text}"`)
    return position
  }
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
