/**
 * An index of vectors that answers "which ten are nearest to this one?" after measuring a few hundred distances, however
 * many vectors there are: a hierarchical navigable small world (HNSW). It is a graph. Everybody is on layer 0; each layer
 * above holds a few of those below. A search enters at the top, walks towards the query, and goes down.
 *
 * Ids are the caller's row numbers, 0 to `capacity - 1`.
 */

/**
 * How far the vector that begins at `a[atA]` is from the one that begins at `b[atB]`: smaller is nearer. It is symmetric.
 * What the numbers of a vector mean is its own business: an index knows distances by asking for them.
 */
export type Distance = (a: Float32Array, atA: number, b: Float32Array, atB: number) => number

export interface HnswOptions {
  /** numbers in a vector: a whole number, 1 to 4,096 */
  dimensions: number
  /** the most vectors at a time: a whole number, 1 to 16,777,216. Memory is taken for so many from the beginning. */
  capacity: number
  /** m: links that a new vector asks for on each of its layers; a whole number, 2 to 64. Nobody ever has more than 2m. */
  m: number
  /** candidates that `add` weighs on each layer: a whole number of at least 1 */
  efConstruction: number
  /**
   * `l2`: the square of the Euclidean distance; `cosine`: 1 minus the cosine of the angle; `inner-product`: minus the inner
   * product; or a distance of the caller's own.
   */
  metric: 'l2' | 'cosine' | 'inner-product' | Distance
  /** chance, uniform in [0, 1); drawn once by each `add` that is not refused, and by nothing else */
  random: () => number
}

export interface SearchOptions {
  /** candidates kept in mind, a whole number of at least 1; at least k are. 64 unless told. */
  ef?: number
  /** whether this id may be in the answer. Those that may not are still good to walk over. */
  filter?: (id: number) => boolean
}

export interface Neighbour {
  id: number
  distance: number
}

export class Hnsw {
  /** @throws {RangeError} naming the option that is not as said */
  constructor(options: HnswOptions) {
    throw new Error(`TODO: room for ${options.capacity} vectors and their links`)
  }

  /** how many vectors are in it */
  get size(): number {
    throw new Error('TODO: count them')
  }

  /**
   * Takes in a vector (a copy). Its level is ⌊-ln(1 - u) / ln m⌋, where u is drawn from `random`; it is on layers 0 to that.
   *
   * @throws {RangeError} naming `id` if that is none or is in use; naming `vector` if it has another length, if a number in
   * it is not finite, or if it has no direction (all 0) where the metric is `cosine`. Nothing has changed then.
   * Cost: distances of about efConstruction × m on each layer, whatever the size.
   */
  add(id: number, vector: Float32Array): void {
    throw new Error(`TODO: find neighbours for ${id} among all, by ${vector.length} numbers, and link them both ways`)
  }

  /**
   * Takes a vector out. Nobody is linked to it any more, and its id is free.
   *
   * @returns whether it was there
   * @throws {RangeError} naming `id` if that is none
   */
  delete(id: number): boolean {
    throw new Error(`TODO: unlink ${id}, and leave nobody behind who cannot be reached`)
  }

  /**
   * The k nearest to the query, or nearly so: nearest first, each once. There are k of them, or as many as there are
   * vectors that the filter lets through, if those are fewer.
   *
   * @throws {RangeError} naming `query` (as `vector` in `add`), `k` or `ef` (not a whole number of at least 1)
   */
  search(query: Float32Array, k: number, options: SearchOptions = {}): Neighbour[] {
    throw new Error(`TODO: the ${k} nearest of those that ${options.filter} lets through to ${query.length} numbers`)
  }

  /** For inspection: where every search begins: one with the highest level. Undefined if nobody is there. */
  get entryPoint(): number | undefined {
    throw new Error('TODO: the way in')
  }

  /** For inspection: the highest layer that the vector is on; undefined if there is none of that id. */
  levelOf(id: number): number | undefined {
    throw new Error(`TODO: the level of ${id}`)
  }

  /** For inspection: the ids that a search may go to from there on a layer, each once; none if it is not on that layer. */
  neighbours(id: number, layer: number): number[] {
    throw new Error(`TODO: the links of ${id} on layer ${layer}`)
  }
}
