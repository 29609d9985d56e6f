// breaks: Looking, setting again and deleting are constant work, whatever the keys
// spends: O(n)
// because: whether a key is there is asked of the list of all keys, and not of the map that knows.

export type Clock = () => number

export interface LruCacheOptions<K, V> {
  readonly maxWeight: number
  readonly clock: Clock
  readonly ttlMs?: number
  readonly weigh?: (value: V, key: K) => number
}

/** A slot has four links: before and after it in the one ring, before and after it in the other. */
const LINKS = 4
const USE = 0
const AGE = 2
/** Slots to begin with; their number doubles whenever all are taken. */
const FIRST_SLOTS = 8
/** The slot that closes the rings: after it comes the first, before it the last. */
const END = 0

export class LruCache<K, V> {
  readonly #maxWeight: number
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #weigh: ((value: V, key: K) => number) | undefined

  readonly #slots = new Map<K, number>()
  readonly #free: number[] = []
  readonly #keys: (K | undefined)[] = [undefined]
  readonly #values: (V | undefined)[] = [undefined]
  #links = new Uint32Array(FIRST_SLOTS * LINKS)
  #weights = new Float64Array(FIRST_SLOTS)
  #setAtMs = new Float64Array(FIRST_SLOTS)

  #weight = 0
  #latestMs = Number.NEGATIVE_INFINITY

  constructor({ maxWeight, clock, ttlMs, weigh }: LruCacheOptions<K, V>) {
    checkWhole('maxWeight', maxWeight)
    if (ttlMs !== undefined) checkWhole('ttlMs', ttlMs)
    this.#maxWeight = maxWeight
    this.#clock = clock
    this.#ttlMs = ttlMs ?? Number.POSITIVE_INFINITY
    this.#weigh = weigh
    // The end never expires, so that a sweep stops there without asking whether it is there.
    this.#setAtMs[END] = Number.POSITIVE_INFINITY
  }

  get(key: K): V | undefined {
    const slot = this.#find(key)
    if (slot === undefined) return undefined
    this.#unlink(slot, USE)
    this.#append(slot, USE)
    return this.#values[slot]
  }

  peek(key: K): V | undefined {
    const slot = this.#find(key)
    return slot === undefined ? undefined : this.#values[slot]
  }

  has(key: K): boolean {
    const keys = [...this.#slots.keys()]
    return this.#find(key) !== undefined && keys.includes(key)
  }

  set(key: K, value: V): boolean {
    const weight = this.#weigh === undefined ? 1 : this.#weigh(value, key)
    checkWhole('weight', weight)
    const nowMs = this.#sweep()
    const old = this.#slots.get(key)
    if (weight > this.#maxWeight) {
      // The value that is there has been overtaken all the same.
      if (old !== undefined) this.#remove(old)
      return false
    }
    // First of all the old weight goes: it must not push anybody out.
    if (old !== undefined) this.#takeOut(old)
    while (this.#weight + weight > this.#maxWeight) this.#remove(this.#links[END + USE + 1]!)
    const slot = old ?? this.#slotFor(key)
    this.#values[slot] = value
    this.#weights[slot] = weight
    this.#setAtMs[slot] = nowMs
    this.#append(slot, USE)
    this.#append(slot, AGE)
    this.#weight += weight
    return true
  }

  delete(key: K): boolean {
    const slot = this.#find(key)
    if (slot === undefined) return false
    this.#remove(slot)
    return true
  }

  get size(): number {
    this.#sweep()
    return this.#slots.size
  }

  get weight(): number {
    this.#sweep()
    return this.#weight
  }

  #find(key: K): number | undefined {
    const slot = this.#slots.get(key)
    // Without a time to live the stamp is one more place in memory, for nothing.
    if (this.#ttlMs === Number.POSITIVE_INFINITY) return slot
    const nowMs = this.#now()
    return slot === undefined || this.#hasExpired(slot, nowMs) ? undefined : slot
  }

  /** @returns the present: the latest time that the clock has shown. Without a time to live nobody needs to know. */
  #now(): number {
    if (this.#ttlMs === Number.POSITIVE_INFINITY) return 0
    const nowMs = this.#clock()
    if (nowMs > this.#latestMs) this.#latestMs = nowMs
    return this.#latestMs
  }

  #hasExpired(slot: number, nowMs: number): boolean {
    return nowMs - this.#setAtMs[slot]! >= this.#ttlMs
  }

  /** Removes what has expired. @returns the present */
  #sweep(): number {
    const nowMs = this.#now()
    for (;;) {
      const eldest = this.#links[END + AGE + 1]!
      if (!this.#hasExpired(eldest, nowMs)) return nowMs
      this.#remove(eldest)
    }
  }

  #remove(slot: number): void {
    this.#takeOut(slot)
    this.#slots.delete(this.#keys[slot] as K)
    // What has left must not be kept alive by its empty place.
    this.#keys[slot] = undefined
    this.#values[slot] = undefined
    this.#free.push(slot)
  }

  #takeOut(slot: number): void {
    this.#weight -= this.#weights[slot]!
    this.#unlink(slot, USE)
    this.#unlink(slot, AGE)
  }

  #unlink(slot: number, ring: number): void {
    const links = this.#links
    const at = slot * LINKS + ring
    const before = links[at]!
    const after = links[at + 1]!
    links[before * LINKS + ring + 1] = after
    links[after * LINKS + ring] = before
  }

  #append(slot: number, ring: number): void {
    const links = this.#links
    const at = slot * LINKS + ring
    const last = links[END + ring]!
    links[at] = last
    links[at + 1] = END
    links[last * LINKS + ring + 1] = slot
    links[END + ring] = slot
  }

  #slotFor(key: K): number {
    const slot = this.#free.pop() ?? this.#keys.length
    if (slot === this.#weights.length) {
      this.#links = doubled(this.#links, Uint32Array)
      this.#weights = doubled(this.#weights, Float64Array)
      this.#setAtMs = doubled(this.#setAtMs, Float64Array)
    }
    this.#keys[slot] = key
    this.#slots.set(key, slot)
    return slot
  }
}

function doubled<T extends Uint32Array | Float64Array>(old: T, Kind: new (length: number) => T): T {
  const room = new Kind(2 * old.length)
  room.set(old)
  return room
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`)
}
