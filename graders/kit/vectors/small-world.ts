// The graph beneath a kata about keeping one: a hierarchical navigable small world whose every change is plain data. What
// a submission sees of it is the kata's own type; its shape is this one. It is given the levels that are drawn for its
// vectors, so the same calls make the same graph.
//
// On each layer a vector is linked with the two beside it on a *thread* that runs once round through all of the layer, and
// with some that are *chosen* (the kata hnsw has the reasons). Invariant: the thread is never cut, so between two changes
// everybody can be reached. Half a change cuts it.

import { stream } from '../world/chance.ts'

export interface Placed {
  readonly id: number
  /** layer by layer from 0 on: before and behind on the thread, then who is chosen */
  readonly links: readonly (readonly number[])[]
  readonly vector?: Float32Array
}

export interface Change {
  readonly put: readonly Placed[]
  readonly gone: readonly number[]
  readonly entry: number | undefined
}

export interface Found {
  readonly id: number
  readonly distance: number
}

/** What a submission is given. */
export interface GraphFace {
  check(id: number, vector: Float32Array): void
  insert(id: number, vector: Float32Array, level: number): Change
  delete(id: number): Change | undefined
  apply(change: Change): void
  snapshot(): Change
}

/** What can be seen of a graph, small enough to be sent for each of thousands. */
export interface Look {
  /** sorted */
  readonly ids: readonly number[]
  /** of these, who is reached from the way in along the links of layer 0 */
  readonly reached: number
  /** links to somebody who is not there */
  readonly strays: number
  /** null if nobody is there */
  readonly entry: number | null
  /** by place in `ids`: whom it is linked to, in order, as text: `3 7 | 7` is on two layers */
  readonly links: readonly string[]
  /** by place in `ids`: a hash of its numbers, to the bit */
  readonly vectors: readonly number[]
}

export interface SmallWorld {
  readonly face: GraphFace
  search(query: Float32Array, k: number, ef: number): Found[]
  look(): Look
  /** distances measured so far */
  distances(): number
}

export interface SmallWorldOptions {
  readonly dimensions: number
  /** links that a newcomer asks for; nobody has more than 2m on a layer */
  readonly m: number
  /** candidates that an insert weighs */
  readonly ef: number
}

/**
 * So few links that it matters which, and vectors of more than a sector: what is written of one can be torn in its middle,
 * and the next be whole. Driver and suite of a kata each make it for themselves.
 */
export const TINY: SmallWorldOptions = { dimensions: 200, m: 2, ef: 8 }

interface Node {
  readonly vector: Float32Array
  readonly links: number[][]
}

const MOST_ID = 2 ** 31 - 1
/** How many links of a layer are the thread. */
const THREAD = 2

export function smallWorld({ dimensions, m, ef }: SmallWorldOptions): SmallWorld {
  const nodes = new Map<number, Node>()
  let entry: number | undefined
  let distances = 0
  /** whose links the change under way has touched */
  let touched = new Set<number>()

  const nodeOf = (id: number): Node => nodes.get(id) as Node
  const linksOf = (id: number, layer: number): number[] => nodeOf(id).links[layer] as number[]
  const levelOf = (id: number | undefined): number => (id === undefined ? -1 : nodeOf(id).links.length - 1)
  const between = (a: number, b: number): number => distance(nodeOf(a).vector, b)

  function distance(query: Float32Array, id: number): number {
    distances++
    return 1 - inner(query, nodeOf(id).vector)
  }

  /** Best-first, until nobody left is nearer than the worst of the `most` best; nearest first, equals by id. */
  function explore(query: Float32Array, from: number, most: number, layer: number): Found[] {
    const start = { id: from, distance: distance(query, from) }
    const seen = new Set([from])
    const open = [start]
    const best = [start]
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (best.length === most && next.distance > (best.at(-1) as Found).distance) break
      for (const id of nodeOf(next.id).links[layer] ?? []) {
        // Who is not there is passed over: what is wrong with a graph is for others to say.
        if (seen.has(id) || !nodes.has(id)) continue
        seen.add(id)
        const found = { id, distance: distance(query, id) }
        if (best.length === most && !isBefore(found, best.at(-1) as Found)) continue
        insertSorted(open, found)
        insertSorted(best, found)
        if (best.length > most) best.pop()
      }
    }
    return best
  }

  function descend(query: Float32Array, to: number): number {
    let nearest = entry as number
    for (let layer = levelOf(entry); layer > to; layer--) nearest = (explore(query, nearest, 1, layer)[0] as Found).id
    return nearest
  }

  /** Each one who is nearer to us than to all who were taken before. */
  function diverse(near: readonly Found[], most: number): number[] {
    const taken: number[] = []
    for (const { id, distance } of near)
      if (taken.length < most && taken.every((other) => between(id, other) > distance)) taken.push(id)
    return taken
  }

  const sortedFrom = (id: number, others: readonly number[]): Found[] => {
    const near: Found[] = []
    for (const other of others) if (other !== id) insertSorted(near, { id: other, distance: between(id, other) })
    return near
  }

  const chosen = (id: number, layer: number): number[] => linksOf(id, layer).slice(THREAD)

  function link(a: number, b: number, layer: number): void {
    linksOf(a, layer).push(b)
    linksOf(b, layer).push(a)
    touched.add(a).add(b)
  }

  function unlink(a: number, b: number, layer: number): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const links = linksOf(one, layer)
      links.splice(links.indexOf(other, THREAD), 1)
      touched.add(one)
    }
  }

  function prune(id: number, layer: number): void {
    const all = chosen(id, layer)
    if (all.length + THREAD <= 2 * m) return
    const kept = diverse(sortedFrom(id, all), all.length - 1)
    for (const other of all) if (!kept.includes(other)) unlink(id, other, layer)
  }

  /** Puts somebody into the thread between two who are beside each other, or makes the two join hands. */
  function beside(before: number, behind: number, layer: number): void {
    linksOf(before, layer)[1] = behind
    linksOf(behind, layer)[0] = before
    touched.add(before).add(behind)
  }

  function change(gone: readonly number[], newcomer?: number): Change {
    const ids = [...touched].filter((id) => nodes.has(id)).sort((a, b) => a - b)
    touched = new Set()
    return { put: ids.map((id) => placed(id, id === newcomer)), gone, entry }
  }

  function placed(id: number, withVector: boolean): Placed {
    const { links, vector } = nodeOf(id)
    return { id, links: links.map((layer) => [...layer]), ...(withVector ? { vector: vector.slice() } : {}) }
  }

  function check(id: number, vector: Float32Array): void {
    if (!Number.isInteger(id) || id < 0 || id > MOST_ID)
      throw new RangeError(`id must be a whole number from 0 to ${MOST_ID}, not ${id}`)
    if (nodes.has(id)) throw new RangeError(`id must be free, and ${id} is in use`)
    if (vector.length !== dimensions)
      throw new RangeError(`vector must have ${dimensions} numbers, not ${vector.length}`)
    if (!vector.every(Number.isFinite)) throw new RangeError('vector must be all finite numbers')
    if (vector.every((x) => x === 0)) throw new RangeError('vector must have a direction, and is all 0')
  }

  const face: GraphFace = Object.freeze({
    check,
    insert(id: number, given: Float32Array, level: number) {
      check(id, given)
      if (!Number.isInteger(level) || level < 0 || level > 64)
        throw new RangeError(`level must be a whole number from 0 to 64, not ${level}`)
      const length = Math.sqrt(inner(given, given))
      const vector = given.map((x) => x / length)
      const top = levelOf(entry)
      let nearest = entry === undefined ? id : descend(vector, level)
      nodes.set(id, { vector, links: Array.from({ length: level + 1 }, () => [id, id]) })
      touched.add(id)
      for (let layer = Math.min(level, top); layer >= 0; layer--) {
        const near = explore(vector, nearest, ef, layer)
        nearest = (near[0] as Found).id
        const behind = linksOf(nearest, layer)[1] as number
        beside(nearest, id, layer)
        beside(id, behind, layer)
        for (const other of diverse(near, m)) {
          link(id, other, layer)
          prune(other, layer)
        }
      }
      if (level > top) entry = id
      return change([], id)
    },
    delete(id: number) {
      const leaving = nodes.get(id)
      if (leaving === undefined) return undefined
      let heir: number | undefined
      for (let layer = levelOf(id); layer >= 0; layer--) {
        const left = chosen(id, layer)
        for (const other of left) unlink(id, other, layer)
        const [before, behind] = linksOf(id, layer) as [number, number]
        beside(before, behind, layer)
        // On the highest layer where there is another, nobody else has a higher level.
        if (behind !== id) heir ??= behind
        for (const other of left) mend(other, left, layer)
      }
      nodes.delete(id)
      if (entry === id) entry = heir
      return change([id])
    },
    apply(change: Change) {
      for (const { id, vector } of change.put)
        if (vector === undefined && !nodes.has(id))
          throw new RangeError(`change puts ${id}, who is not there, without a vector`)
      for (const id of change.gone) nodes.delete(id)
      for (const { id, links, vector } of change.put)
        nodes.set(id, {
          vector: vector === undefined ? nodeOf(id).vector : Float32Array.from(vector),
          links: links.map((layer) => [...layer]),
        })
      entry = change.entry
    },
    snapshot: () => ({
      put: [...nodes.keys()].sort((a, b) => a - b).map((id) => placed(id, true)),
      gone: [],
      entry,
    }),
  })

  /** Somebody who has lost a link looks for others among those who have lost the same one. */
  function mend(id: number, others: readonly number[], layer: number): void {
    const hasRoom = (one: number) => linksOf(one, layer).length < 2 * m
    for (const other of diverse(sortedFrom(id, others), m))
      if (hasRoom(id) && hasRoom(other) && !chosen(id, layer).includes(other)) link(id, other, layer)
  }

  return {
    face,
    search(query, k, ef) {
      if (entry === undefined || !nodes.has(entry)) return []
      const length = Math.sqrt(inner(query, query))
      const unit = query.map((x) => x / length)
      return explore(unit, descend(unit, 0), Math.max(k, ef), 0).slice(0, k)
    },
    look() {
      const ids = [...nodes.keys()].sort((a, b) => a - b)
      const reached = new Set(entry !== undefined && nodes.has(entry) ? [entry] : [])
      for (const id of reached) for (const other of nodeOf(id).links[0] ?? []) if (nodes.has(other)) reached.add(other)
      const isStray = (id: number) => !nodes.has(id)
      const strays = ids.flatMap((id) => nodeOf(id).links.flat()).filter(isStray).length
      return {
        ids,
        reached: reached.size,
        strays: strays + (entry !== undefined && isStray(entry) ? 1 : 0),
        entry: entry ?? null,
        links: ids.map((id) =>
          nodeOf(id)
            .links.map((layer) => layer.join(' '))
            .join(' | '),
        ),
        vectors: ids.map((id) => hashOf(nodeOf(id).vector)),
      }
    },
    distances: () => distances,
  }
}

/** Levels by chance, for a graph of this m: what the n-th vector of an index draws, the same in every life of it. */
export function levels(m: number, seed: number): (n: number) => number {
  const known: number[] = []
  const chance = stream(seed)
  return Object.freeze((n: number) => {
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`n must be a whole number of at least 0, not ${n}`)
    while (known.length <= n && known.length < 1_000_000)
      known.push(Math.floor(-Math.log(1 - chance.fraction()) / Math.log(m)))
    return known[n] ?? 0
  })
}

/** A vector that stands for a number: anywhere, and never of length 1. */
export function vectorOf(item: number, dimensions: number): Float32Array {
  const chance = stream(item + 1)
  const anywhere = () => Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())
  return Float32Array.from({ length: dimensions }, () => 3 * anywhere())
}

function inner(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function hashOf(vector: Float32Array): number {
  let hash = 0x811c9dc5
  for (const bits of new Uint32Array(vector.slice().buffer)) {
    hash = Math.imul(hash ^ bits, 0x5bd1e995)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}

const isBefore = (a: Found, b: Found): boolean => a.distance < b.distance || (a.distance === b.distance && a.id < b.id)

function insertSorted(list: Found[], found: Found): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(list[middle] as Found, found)) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, found)
}
