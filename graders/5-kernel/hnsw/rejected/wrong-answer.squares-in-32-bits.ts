// breaks: Distances are those of the metric, nearest first
// because: a map over a Float32Array is one, too: the square of 1e20 is infinite in it, and that of 1e-25 is 0.

export type Distance = (a: Float32Array, atA: number, b: Float32Array, atB: number) => number

export interface HnswOptions {
  dimensions: number
  capacity: number
  m: number
  efConstruction: number
  metric: 'l2' | 'cosine' | 'inner-product' | Distance
  random: () => number
}

export interface SearchOptions {
  ef?: number
  filter?: (id: number) => boolean
}

export interface Neighbour {
  id: number
  distance: number
}

const NOBODY = -1

export class Hnsw {
  readonly #dimensions: number
  readonly #capacity: number
  readonly #m: number
  readonly #efConstruction: number
  readonly #random: () => number
  readonly #distance: Distance
  readonly #isCosine: boolean

  readonly #vectors: Float32Array
  readonly #levels: Int8Array
  readonly #layers: Layer[]
  #size = 0
  #entry = NOBODY

  // What one walk needs, kept for the next: a search makes no garbage but its answer.
  readonly #query: Float32Array
  readonly #seen: Uint32Array
  #walk = 0
  readonly #open = new Heap()
  readonly #best = new Heap()
  readonly #near = new Heap()

  constructor(options: HnswOptions) {
    const { dimensions, capacity, m, efConstruction, metric, random } = options
    checkWhole('dimensions', dimensions, 1, 4_096)
    checkWhole('capacity', capacity, 1, 2 ** 24)
    checkWhole('m', m, 2, 64)
    checkWhole('efConstruction', efConstruction, 1)
    this.#distance = typeof metric === 'function' ? metric : kernel(metric, dimensions)
    this.#isCosine = metric === 'cosine'
    this.#dimensions = dimensions
    this.#capacity = capacity
    this.#m = m
    this.#efConstruction = efConstruction
    this.#random = random
    this.#vectors = new Float32Array(capacity * dimensions)
    this.#levels = new Int8Array(capacity).fill(NOBODY)
    this.#layers = [new Layer(m, capacity)]
    this.#query = new Float32Array(dimensions)
    this.#seen = new Uint32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  get entryPoint(): number | undefined {
    return this.#entry === NOBODY ? undefined : this.#entry
  }

  levelOf(id: number): number | undefined {
    const level = this.#levels[id] ?? NOBODY
    return level === NOBODY ? undefined : level
  }

  neighbours(id: number, layer: number): number[] {
    return layer <= (this.levelOf(id) ?? NOBODY) ? (this.#layers[layer]?.neighboursOf(id) ?? []) : []
  }

  add(id: number, vector: Float32Array): void {
    checkWhole('id', id, 0, this.#capacity - 1)
    if (this.#levels[id] !== NOBODY) throw new RangeError(`id must be free, and ${id} is in use`)
    this.#check('vector', vector)
    const level = Math.floor(-Math.log(1 - this.#random()) / Math.log(this.#m))
    const at = id * this.#dimensions
    this.#copy(vector, this.#vectors, at)
    const top = this.#entry === NOBODY ? NOBODY : this.#levels[this.#entry]!
    let nearest = this.#descend(this.#vectors, at, level)
    for (let i = Math.min(level, top); i >= 0; i--) {
      const layer = this.#layers[i]!
      this.#explore(this.#vectors, at, nearest, this.#efConstruction, layer)
      nearest = this.#near.id(0)
      layer.enter(id, nearest)
      for (const other of this.#diverse(this.#m)) this.#link(id, other, layer)
    }
    for (let i = top + 1; i <= level; i++) {
      this.#layers[i] ??= new Layer(this.#m)
      this.#layers[i]!.enter(id, id)
    }
    if (level > top) this.#entry = id
    this.#levels[id] = level
    this.#size++
  }

  delete(id: number): boolean {
    checkWhole('id', id, 0, this.#capacity - 1)
    const level = this.#levels[id]!
    if (level === NOBODY) return false
    let heir = NOBODY
    for (let i = level; i >= 0; i--) {
      const layer = this.#layers[i]!
      const left = layer.chosen(id)
      for (const other of left) layer.unlink(id, other)
      const behind = layer.leave(id)
      for (const other of left) this.#mend(other, left, layer)
      // On the highest layer where there is another, nobody else has a higher level.
      if (heir === NOBODY && behind !== id) heir = behind
    }
    if (this.#entry === id) this.#entry = heir
    this.#levels[id] = NOBODY
    this.#size--
    return true
  }

  search(query: Float32Array, k: number, { ef = 64, filter }: SearchOptions = {}): Neighbour[] {
    this.#check('query', query)
    checkWhole('k', k, 1)
    checkWhole('ef', ef, 1)
    if (this.#size === 0) return []
    this.#copy(query, this.#query, 0)
    const nearest = this.#descend(this.#query, 0, 0)
    this.#explore(this.#query, 0, nearest, Math.min(Math.max(k, ef), this.#size), this.#layers[0]!, filter)
    const answer: Neighbour[] = []
    const count = Math.min(k, this.#near.size)
    for (let i = 0; i < count; i++) answer.push({ id: this.#near.id(i), distance: this.#near.key(i) })
    return answer
  }

  /** From the entry point down to this layer: the nearest that was found on the way. */
  #descend(query: Float32Array, at: number, layer: number): number {
    let nearest = this.#entry
    if (nearest === NOBODY) return nearest
    for (let above = this.#levels[nearest]!; above > layer; above--) {
      this.#explore(query, at, nearest, 1, this.#layers[above]!)
      nearest = this.#near.id(0)
    }
    return nearest
  }

  /**
   * Best-first search of one layer. It ends when nobody who is left to look at is nearer than the worst of the `ef` best
   * that the filter lets through; these are then in `#near`, nearest first.
   */
  #explore(
    query: Float32Array,
    at: number,
    from: number,
    ef: number,
    layer: Layer,
    filter?: (id: number) => boolean,
  ): void {
    this.#walk = (this.#walk + 1) >>> 0
    if (this.#walk === 0) this.#seen.fill(this.#walk++)
    const [open, best, seen, walk] = [this.#open, this.#best, this.#seen, this.#walk]
    let worst = Number.POSITIVE_INFINITY
    open.clear()
    best.clear()
    seen[from] = walk
    const start = this.#distance(query, at, this.#vectors, from * this.#dimensions)
    open.push(start, from)
    // With the sign turned, the worst of the best is on top.
    if (filter === undefined || filter(from)) best.push(-start, from)
    if (best.size === ef) worst = start
    while (open.size > 0) {
      if (open.key(0) > worst) break
      const links = layer.links
      const first = layer.at(open.pop())
      const end = first + CHOSEN + links[first + COUNT]!
      for (let i = first; i < end; i++) {
        const other = links[i]!
        if (seen[other] === walk || i === first + COUNT) continue
        seen[other] = walk
        const distance = this.#distance(query, at, this.#vectors, other * this.#dimensions)
        if (distance >= worst) continue
        open.push(distance, other)
        if (filter !== undefined && !filter(other)) continue
        best.push(-distance, other)
        if (best.size > ef) best.pop()
        if (best.size === ef) worst = -best.key(0)
      }
    }
    this.#near.takeSorted(best)
  }

  /** Of those in `#near`, nearest first, each one who is nearer to us than to all who were taken before. */
  #diverse(most: number): number[] {
    const taken: number[] = []
    for (let i = 0; i < this.#near.size && taken.length < most; i++) {
      const [id, distance] = [this.#near.id(i), this.#near.key(i)]
      if (taken.every((other) => this.#between(id, other) > distance)) taken.push(id)
    }
    return taken
  }

  /** Links a newcomer, who has room, with somebody who may then have one too many, and chooses anew. */
  #link(newcomer: number, other: number, layer: Layer): void {
    layer.link(newcomer, other)
    if (!layer.isOverfull(other)) return
    const all = layer.chosen(other)
    this.#sort(other, all)
    const kept = this.#diverse(all.length - 1)
    for (const one of all) if (!kept.includes(one)) layer.unlink(other, one)
  }

  /** Somebody who has lost a link looks for others among those who have lost the same one. */
  #mend(id: number, others: Int32Array, layer: Layer): void {
    this.#sort(id, others)
    for (const other of this.#diverse(this.#m))
      if (layer.hasRoom(id) && layer.hasRoom(other) && !layer.chosen(id).includes(other)) layer.link(id, other)
  }

  /** Puts the others into `#near`. */
  #sort(id: number, others: Int32Array): void {
    this.#best.clear()
    for (const other of others) if (other !== id) this.#best.push(-this.#between(id, other), other)
    this.#near.takeSorted(this.#best)
  }

  #between(a: number, b: number): number {
    return this.#distance(this.#vectors, a * this.#dimensions, this.#vectors, b * this.#dimensions)
  }

  #check(name: string, vector: Float32Array): void {
    if (vector.length !== this.#dimensions)
      throw new RangeError(`${name} must have ${this.#dimensions} numbers, not ${vector.length}`)
    if (!vector.every(Number.isFinite)) throw new RangeError(`${name} must be all finite numbers`)
    if (this.#isCosine && vector.every((x) => x === 0))
      throw new RangeError(`${name} must have a direction, and is all 0`)
  }

  /** Cosines are inner products of vectors of length 1. */
  #copy(from: Float32Array, to: Float32Array, at: number): void {
    const length = this.#isCosine ? Math.sqrt(from.map((x) => x * x).reduce((sum, x) => sum + x)) : 1
    for (let i = 0; i < from.length; i++) to[at + i] = from[i]! / length
  }
}

/** A record of links: the two along the thread, how many are chosen, and those. */
const BEFORE = 0
const BEHIND = 1
const COUNT = 2
const CHOSEN = 3

/** Who is linked to whom on one layer: always both ways. */
class Layer {
  /** record by record */
  links: Int32Array
  readonly #most: number
  readonly #size: number
  /** where the records are of those who are on a layer above 0: that is few. On layer 0 they are by id. */
  readonly #records: Map<number, number> | undefined
  readonly #free: number[] = []

  /** @param ids on layer 0: how many there may be */
  constructor(m: number, ids?: number) {
    this.#most = 2 * m - 2
    // With room for one too many, while it is decided which.
    this.#size = CHOSEN + this.#most + 1
    this.links = new Int32Array((ids ?? 4) * this.#size)
    if (ids === undefined) this.#records = new Map()
  }

  at(id: number): number {
    return this.#records === undefined ? id * this.#size : this.#records.get(id)!
  }

  /** Behind whom on the thread; oneself, if nobody is there. */
  enter(id: number, before: number): void {
    if (this.#records !== undefined) this.#records.set(id, this.#free.pop() ?? this.#newRecord(this.#records.size))
    const at = this.at(id)
    this.links[at + COUNT] = 0
    const behind = before === id ? id : this.links[this.at(before) + BEHIND]!
    this.#thread(id, behind)
    this.#thread(before, id)
  }

  /** Without chosen links by now. @returns who was behind on the thread */
  leave(id: number): number {
    const at = this.at(id)
    const [before, behind] = [this.links[at + BEFORE]!, this.links[at + BEHIND]!]
    this.#thread(before, behind)
    if (this.#records?.delete(id)) this.#free.push(at)
    return behind
  }

  #thread(before: number, behind: number): void {
    this.links[this.at(before) + BEHIND] = behind
    this.links[this.at(behind) + BEFORE] = before
  }

  #newRecord(taken: number): number {
    const at = taken * this.#size
    if (at === this.links.length) {
      const links = new Int32Array(2 * at)
      links.set(this.links)
      this.links = links
    }
    return at
  }

  hasRoom(id: number): boolean {
    return this.links[this.at(id) + COUNT]! < this.#most
  }

  isOverfull(id: number): boolean {
    return this.links[this.at(id) + COUNT]! > this.#most
  }

  /** @returns a copy */
  chosen(id: number): Int32Array {
    const at = this.at(id)
    return this.links.slice(at + CHOSEN, at + CHOSEN + this.links[at + COUNT]!)
  }

  /** Each once: who is behind on the thread may be chosen, too. */
  neighboursOf(id: number): number[] {
    const at = this.at(id)
    const all = new Set([this.links[at + BEFORE]!, this.links[at + BEHIND]!, ...this.chosen(id)])
    all.delete(id)
    return [...all]
  }

  link(a: number, b: number): void {
    this.#append(a, b)
    this.#append(b, a)
  }

  unlink(a: number, b: number): void {
    this.#remove(a, b)
    this.#remove(b, a)
  }

  #append(id: number, other: number): void {
    const at = this.at(id)
    this.links[at + CHOSEN + this.links[at + COUNT]!++] = other
  }

  #remove(id: number, other: number): void {
    const at = this.at(id)
    const last = at + CHOSEN + --this.links[at + COUNT]!
    this.links[this.links.indexOf(other, at + CHOSEN)] = this.links[last]!
  }
}

/** Distances with ids: a binary heap with the smallest on top, or a sorted list. Once it has grown, it makes no garbage. */
class Heap {
  #keys = new Float64Array(64)
  #ids = new Int32Array(64)
  size = 0

  key(i: number): number {
    return this.#keys[i]!
  }

  id(i: number): number {
    return this.#ids[i]!
  }

  clear(): void {
    this.size = 0
  }

  push(key: number, id: number): void {
    this.#grow()
    const [keys, ids] = [this.#keys, this.#ids]
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (keys[parent]! <= key) break
      keys[at] = keys[parent]!
      ids[at] = ids[parent]!
      at = parent
    }
    keys[at] = key
    ids[at] = id
  }

  /** Takes the smallest off. @returns its id */
  pop(): number {
    const [keys, ids] = [this.#keys, this.#ids]
    const first = ids[0]!
    const [key, id] = [keys[--this.size]!, ids[this.size]!]
    let at = 0
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (child + 1 < this.size && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= key) break
      keys[at] = keys[child]!
      ids[at] = ids[child]!
      at = child
    }
    keys[at] = key
    ids[at] = id
    return first
  }

  /** Empties a heap of negated distances: the nearest first. */
  takeSorted(worstFirst: Heap): void {
    const count = worstFirst.size
    this.size = count
    while (this.#ids.length < count) this.#double()
    for (let i = count - 1; i >= 0; i--) {
      this.#keys[i] = -worstFirst.key(0)
      this.#ids[i] = worstFirst.pop()
    }
  }

  #grow(): void {
    if (this.size === this.#ids.length) this.#double()
  }

  #double(): void {
    const [keys, ids] = [this.#keys, this.#ids]
    this.#keys = new Float64Array(2 * ids.length)
    this.#ids = new Int32Array(2 * ids.length)
    this.#keys.set(keys)
    this.#ids.set(ids)
  }
}

/** Four sums at a time: each addition waits for the one before it in the same sum. */
function kernel(metric: 'l2' | 'cosine' | 'inner-product', dimensions: number): Distance {
  const four = dimensions - (dimensions % 4)
  const inner: Distance = (a, atA, b, atB) => {
    let [s, t, u, v] = [0, 0, 0, 0]
    for (let i = 0; i < four; i += 4) {
      s += a[atA + i]! * b[atB + i]!
      t += a[atA + i + 1]! * b[atB + i + 1]!
      u += a[atA + i + 2]! * b[atB + i + 2]!
      v += a[atA + i + 3]! * b[atB + i + 3]!
    }
    for (let i = four; i < dimensions; i++) s += a[atA + i]! * b[atB + i]!
    return s + t + u + v
  }
  if (metric === 'inner-product') return (a, atA, b, atB) => -inner(a, atA, b, atB)
  if (metric === 'cosine') return (a, atA, b, atB) => 1 - inner(a, atA, b, atB)
  if (metric !== 'l2') throw new RangeError(`metric must be l2, cosine, inner-product or a function, not ${metric}`)
  return (a, atA, b, atB) => {
    let [s, t, u, v] = [0, 0, 0, 0]
    for (let i = 0; i < four; i += 4) {
      const [w, x] = [a[atA + i]! - b[atB + i]!, a[atA + i + 1]! - b[atB + i + 1]!]
      const [y, z] = [a[atA + i + 2]! - b[atB + i + 2]!, a[atA + i + 3]! - b[atB + i + 3]!]
      s += w * w
      t += x * x
      u += y * y
      v += z * z
    }
    for (let i = four; i < dimensions; i++) s += (a[atA + i]! - b[atB + i]!) ** 2
    return s + t + u + v
  }
}

function checkWhole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
}
