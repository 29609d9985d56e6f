// breaks: A key belongs to the first point at or after it, around the ring
// breaks: Weight multiplies a node's points
// breaks: A new node takes its share, and no other node gains a key
// breaks: A removed node's keys move, and no others
// breaks: The same nodes make the same ring, in whatever order they came
// breaks: Two points on one position are both kept
// because: hash modulo N: perfectly even, and a change of N moves nearly every key.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

const MAX_VIRTUAL_NODES = 10_000
const MAX_WEIGHT = 1_000

export class HashRing {
  readonly #hash: (text: string) => number
  readonly #virtualNodes: number
  readonly #pointsOf = new Map<string, Uint32Array>()
  #stale = false
  #ids: string[] = []

  constructor({ hash = mixedFnv1a, virtualNodes = 160 }: HashRingOptions = {}) {
    checkWhole('virtualNodes', virtualNodes, MAX_VIRTUAL_NODES)
    this.#hash = hash
    this.#virtualNodes = virtualNodes
  }

  addNode(id: string, weight = 1): void {
    if (id === '') throw new RangeError('id must not be empty')
    checkWhole('weight', weight, MAX_WEIGHT)
    if (this.#pointsOf.has(id)) throw new Error(`node "${id}" is in the ring already`)
    const points = new Uint32Array(this.#virtualNodes * weight)
    for (let replica = 0; replica < points.length; replica++) points[replica] = this.#positionOf(`${id}#${replica}`)
    this.#pointsOf.set(id, points)
    this.#stale = true
  }

  removeNode(id: string): void {
    if (!this.#pointsOf.delete(id)) throw new Error(`node "${id}" is not in the ring`)
    this.#stale = true
  }

  nodeFor(key: string): string | undefined {
    if (this.#stale) this.#layOut()
    if (this.#ids.length === 0) return undefined
    return this.#ids[this.#positionOf(key) % this.#ids.length]
  }

  get nodes(): readonly string[] {
    return [...this.#pointsOf.keys()].sort()
  }

  get size(): number {
    return this.#pointsOf.size
  }

  #layOut(): void {
    this.#ids = [...this.#pointsOf.keys()].sort()
    this.#stale = false
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
