// breaks: A key that was asked for is not kept
// spends: bytes an entry
// because: keeps answers to save the search, and forgets them whenever the ring changes: right, and as large as all keys that were ever asked for.

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
  readonly #answers = new Map<string, string>()
  #stale = false
  #ids: string[] = []
  #positions = new Uint32Array(0)
  #owners = new Uint32Array(0)
  #starts = new Uint32Array(0)
  #shift = 0

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
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const at = this.#firstAtOrAfter(this.#positionOf(key))
    const id = this.#ids[this.#owners[at === this.#positions.length ? 0 : at]!]!
    this.#answers.set(key, id)
    return id
  }

  get nodes(): readonly string[] {
    return [...this.#pointsOf.keys()].sort()
  }

  get size(): number {
    return this.#pointsOf.size
  }

  #layOut(): void {
    this.#answers.clear()
    this.#ids = [...this.#pointsOf.keys()].sort()
    const pointsOf = this.#ids.map((id) => this.#pointsOf.get(id)!)
    const count = pointsOf.reduce((sum, points) => sum + points.length, 0)

    this.#positions = new Uint32Array(count)
    let filled = 0
    for (const points of pointsOf) {
      this.#positions.set(points, filled)
      filled += points.length
    }
    this.#positions.sort() // by value: typed arrays do not sort as text

    // As many pages as points, rounded up to a power of two. Count the points of each page, then add up.
    this.#shift = Math.clz32(count)
    this.#starts = new Uint32Array(2 ** (32 - this.#shift) + 1)
    for (const position of this.#positions) this.#starts[(position >>> this.#shift) + 1]!++
    for (let page = 1; page < this.#starts.length; page++) this.#starts[page]! += this.#starts[page - 1]!

    // Each node writes its name where its points have come to lie; the smallest id is last, and so has the last word.
    this.#owners = new Uint32Array(count)
    for (let owner = pointsOf.length - 1; owner >= 0; owner--)
      for (const position of pointsOf[owner]!) this.#owners[this.#firstAtOrAfter(position)] = owner
    this.#stale = false
  }

  /** Index of the first point at or after a position; one past the last if there is none. */
  #firstAtOrAfter(position: number): number {
    const positions = this.#positions
    const page = position >>> this.#shift
    let low = this.#starts[page]!
    let high = this.#starts[page + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      if (positions[middle]! < position) low = middle + 1
      else high = middle
    }
    return low
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
