/**
 * A hash ring: says which node is responsible for a key, so that a change of the nodes moves few keys.
 *
 * The ring has the positions 0 to 4,294,967,295 (2 ** 32 - 1); after the last comes the first again. Every node has points
 * on it, every key a position. A key belongs to the node of the first point that is at its position or after it.
 *
 * - A key is at `hash(key)`.
 * - A node has `virtualNodes × weight` points; they are at hash(`${id}#0`), hash(`${id}#1`), hash(`${id}#2`) and so on.
 * - Where points of several nodes are at one position, it belongs to the smallest id among them, compared by `<`.
 *
 * So the answers depend on who is in the ring and on nothing else: not on the order in which they came, nor on who has left.
 */

export interface HashRingOptions {
  /**
   * Gives the position of a text: a whole number from 0 to 2 ** 32 - 1, the same for the same text.
   * The default is yours to write. It must be good enough for this: with ten nodes of weight 1 and 160 virtual nodes each,
   * no node gets more than twice or less than half of its fair share of 10,000 keys, however alike the texts are.
   */
  readonly hash?: (text: string) => number
  /** points of a node for each unit of its weight: a whole number, 1 to 10,000; 160 unless told */
  readonly virtualNodes?: number
}

export class HashRing {
  /** @throws {RangeError} naming `virtualNodes` if that is not a whole number in its range */
  constructor(options: HashRingOptions = {}) {
    throw new Error(`TODO: an empty ring that remembers ${Object.keys(options).join(', ') || 'the defaults'}`)
  }

  /**
   * Lets a node in. From then on it has the keys that are nearest to its points, and no other key has moved.
   *
   * If it throws, whatever the reason, the ring is unchanged.
   *
   * @param id any text but the empty one
   * @param weight how many times the usual number of points it gets: a whole number, 1 to 1,000
   * @throws {RangeError} naming `id`, `weight` or `hash`, if that is (or gives) something else than agreed
   * @throws {Error} naming the node if it is in the ring already
   * Cost: O(V log V) at most, V being the points of all nodes; it may be left to the next look-up, once for many changes.
   */
  addNode(id: string, weight = 1): void {
    throw new Error(`TODO: give ${id} its points, ${weight} times the usual number`)
  }

  /**
   * Takes a node out, with all of its points. Each of its keys goes to whoever is next; no other key moves.
   *
   * @throws {Error} naming the node if it is not in the ring, which is then unchanged
   * Cost: as for `addNode`.
   */
  removeNode(id: string): void {
    throw new Error(`TODO: take ${id} out, and nothing of its neighbours`)
  }

  /**
   * @param key any text, also the empty one
   * @returns the id of the node that is responsible for it; `undefined` if there is no node
   * @throws {RangeError} naming `hash` if that gives anything but a position for the key
   * Cost: O(log V), no allocation.
   */
  nodeFor(key: string): string | undefined {
    throw new Error(`TODO: find the first point at or after the position of ${key}`)
  }

  /** The ids of all nodes, smallest first (compared by `<`). Cost: O(n log n) for n nodes. */
  get nodes(): readonly string[] {
    throw new Error('TODO: list the nodes')
  }

  /** How many nodes there are; their points do not count. Cost: O(1). */
  get size(): number {
    throw new Error('TODO: count the nodes')
  }
}
