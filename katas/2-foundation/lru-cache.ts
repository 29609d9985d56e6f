/**
 * A cache that holds at most `maxWeight`. When it is full, the entries that have not been used for longest make room.
 *
 * Used: `set`, also of a key that is there already, and a `get` that finds something. To look with `peek`, `has`, `size`
 * or `weight` uses nothing. Keys are told apart as in a `Map`; any value may be kept, also `0`, `''` and `undefined`.
 *
 * With `ttlMs` an entry lives from its `set` until, and not at, `ttlMs` later; to `set` it again begins anew, to `get` it
 * does not. From then on it is as if it had left: no call finds it, it does not count, and no living entry leaves in its
 * stead. The present is the latest time that the clock has shown: every call of a cache with `ttlMs` looks, and a clock
 * that steps back stops time.
 */

/** Reads the time in whole milliseconds. It may stand still, jump, or step back (NTP does that). No timers: only this. */
export type Clock = () => number

export interface LruCacheOptions<K, V> {
  /** what all entries together may weigh: a whole number of at least 1 */
  readonly maxWeight: number
  readonly clock: Clock
  /** how long an entry lives: a whole number of milliseconds, at least 1; for ever if it is left out */
  readonly ttlMs?: number
  /**
   * What an entry weighs: a whole number of at least 1. Asked once, in `set`; later changes of the value change nothing.
   * Without it each entry weighs 1, and `maxWeight` is a number of entries.
   */
  readonly weigh?: (value: V, key: K) => number
}

export class LruCache<K, V> {
  /** @throws {RangeError} naming `maxWeight` or `ttlMs` if that is not a whole number of at least 1 */
  constructor(options: LruCacheOptions<K, V>) {
    throw new Error(`TODO: remember what a cache must remember of ${Object.keys(options).join(', ')}`)
  }

  /**
   * The value under a key, or `undefined`. To find it is to use it.
   * Cost: O(1), and no allocation.
   */
  get(key: K): V | undefined {
    throw new Error(`TODO: find ${key}, and make it the one that was used last`)
  }

  /**
   * The value under a key, or `undefined`, without using it.
   * Cost: O(1), and no allocation.
   */
  peek(key: K): V | undefined {
    throw new Error(`TODO: find ${key}, and leave the order alone`)
  }

  /**
   * Whether there is a value under a key, which may be `undefined`. Does not use it.
   * Cost: O(1), and no allocation.
   */
  has(key: K): boolean {
    throw new Error(`TODO: say whether ${key} is there`)
  }

  /**
   * Keeps a value in place of what was under its key. The old value's weight goes first; then, while the new one does not
   * fit, the entry that has not been used for longest leaves.
   *
   * What alone weighs more than `maxWeight` is not kept, and nobody leaves for it but the old value under its key, which it
   * has overtaken.
   *
   * @returns whether the value was kept
   * @throws {RangeError} naming `weight` if `weigh` gave anything but a whole number of at least 1; also whatever `weigh`
   * throws. The cache is then unchanged.
   * Cost: O(1), amortised over the entries that it drops.
   */
  set(key: K, value: V): boolean {
    throw new Error(`TODO: make room for ${key}, then keep ${value}`)
  }

  /**
   * Removes an entry.
   * @returns whether it was there
   * Cost: O(1).
   */
  delete(key: K): boolean {
    throw new Error(`TODO: remove ${key}`)
  }

  /**
   * How many entries there are.
   * Cost: O(1), amortised over the entries that have expired.
   */
  get size(): number {
    throw new Error('TODO: count the entries that are alive')
  }

  /**
   * What they weigh together.
   * Cost: O(1), amortised over the entries that have expired.
   */
  get weight(): number {
    throw new Error('TODO: say what the entries that are alive weigh together')
  }
}
