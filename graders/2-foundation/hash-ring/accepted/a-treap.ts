// A treap: a search tree by position that chance keeps flat, each point with a priority scrambled from its position. A look-up
// goes one way down, a change turns as it goes, and nothing is ever laid out. Its dearest look-up is some steps dearer for one
// set of nodes than for another.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

/** A point of the ring, in a treap: ordered by position, and a heap by a scrambled position. */
interface Point {
  readonly position: number
  readonly priority: number
  ids: string[]
  left: Point | undefined
  right: Point | undefined
}

export class HashRing {
  readonly #hash: (text: string) => number
  readonly #virtualNodes: number
  readonly #pointsOf = new Map<string, readonly number[]>()
  #root: Point | undefined

  constructor({ hash = stirred, virtualNodes = 160 }: HashRingOptions = {}) {
    checkWhole('virtualNodes', virtualNodes, 10_000)
    this.#hash = hash
    this.#virtualNodes = virtualNodes
  }

  addNode(id: string, weight = 1): void {
    if (id === '') throw new RangeError('id must not be empty')
    checkWhole('weight', weight, 1_000)
    if (this.#pointsOf.has(id)) throw new Error(`node "${id}" is in the ring already`)
    const positions: number[] = []
    for (let replica = 0; replica < this.#virtualNodes * weight; replica++)
      positions.push(this.#positionOf(`${id}#${replica}`))
    const own = [...new Set(positions)]
    for (const position of own) this.#root = insert(this.#root, position, id)
    this.#pointsOf.set(id, own)
  }

  removeNode(id: string): void {
    const positions = this.#pointsOf.get(id)
    if (positions === undefined) throw new Error(`node "${id}" is not in the ring`)
    this.#pointsOf.delete(id)
    for (const position of positions) this.#root = remove(this.#root, position, id)
  }

  nodeFor(key: string): string | undefined {
    const position = this.#positionOf(key)
    let best: Point | undefined
    let at = this.#root
    while (at !== undefined)
      if (at.position < position) at = at.right
      else {
        best = at
        at = at.left
      }
    if (best === undefined) {
      best = this.#root
      while (best?.left !== undefined) best = best.left
    }
    return best?.ids[0]
  }

  get nodes(): readonly string[] {
    return [...this.#pointsOf.keys()].sort()
  }

  get size(): number {
    return this.#pointsOf.size
  }

  #positionOf(text: string): number {
    const position = this.#hash(text)
    if (position >>> 0 !== position)
      throw new RangeError(`hash must give a whole number from 0 to 2 ** 32 - 1, not ${position}`)
    return position
  }
}

function insert(at: Point | undefined, position: number, id: string): Point {
  if (at === undefined)
    return { position, priority: mix(position ^ 0x5bd1e995), ids: [id], left: undefined, right: undefined }
  if (position === at.position) {
    const place = at.ids.findIndex((other) => other > id)
    at.ids.splice(place < 0 ? at.ids.length : place, 0, id)
  } else if (position < at.position) {
    at.left = insert(at.left, position, id)
    if (at.left.priority > at.priority) return turnRight(at, at.left)
  } else {
    at.right = insert(at.right, position, id)
    if (at.right.priority > at.priority) return turnLeft(at, at.right)
  }
  return at
}

function remove(at: Point | undefined, position: number, id: string): Point | undefined {
  if (at === undefined) return undefined
  if (position < at.position) at.left = remove(at.left, position, id)
  else if (position > at.position) at.right = remove(at.right, position, id)
  else if (at.ids.length > 1) at.ids = at.ids.filter((other) => other !== id)
  else return joined(at.left, at.right)
  return at
}

function joined(left: Point | undefined, right: Point | undefined): Point | undefined {
  if (left === undefined) return right
  if (right === undefined) return left
  if (left.priority > right.priority) {
    left.right = joined(left.right, right)
    return left
  }
  right.left = joined(left, right.left)
  return right
}

function turnRight(at: Point, left: Point): Point {
  at.left = left.right
  left.right = at
  return left
}

function turnLeft(at: Point, right: Point): Point {
  at.right = right.left
  right.left = at
  return right
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function stirred(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}
