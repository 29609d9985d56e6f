// breaks: A hit makes no garbage
// spends: 36 bytes
// because: to use an entry is to take it out and to put in a new one, because that is two functions that are there already.

export type Clock = () => number

export interface LruCacheOptions<K, V> {
  readonly maxWeight: number
  readonly clock: Clock
  readonly ttlMs?: number
  readonly weigh?: (value: V, key: K) => number
}

class Entry<K, V> {
  readonly key: K
  readonly value: V
  readonly weight: number
  staler: Entry<K, V> = this
  fresher: Entry<K, V> = this
  /** its place in the order of age, which to be used does not change */
  readonly age: Age<K, V>

  constructor(key: K, value: V, weight: number, age: Age<K, V>) {
    this.key = key
    this.value = value
    this.weight = weight
    this.age = age
  }
}

class Age<K, V> {
  readonly setAtMs: number
  /** whoever has this age now */
  entry: Entry<K, V> | undefined
  older: Age<K, V> = this
  younger: Age<K, V> = this

  constructor(setAtMs: number) {
    this.setAtMs = setAtMs
  }
}

export class LruCache<K, V> {
  readonly #maxWeight: number
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #weigh: ((value: V, key: K) => number) | undefined
  readonly #entries = new Map<K, Entry<K, V>>()
  readonly #endOfAge = new Age<K, V>(Number.POSITIVE_INFINITY)
  readonly #endOfUse = new Entry<K, V>(undefined as K, undefined as V, 0, this.#endOfAge)
  #weight = 0
  #latestMs = Number.NEGATIVE_INFINITY

  constructor({ maxWeight, clock, ttlMs, weigh }: LruCacheOptions<K, V>) {
    checkWhole('maxWeight', maxWeight)
    if (ttlMs !== undefined) checkWhole('ttlMs', ttlMs)
    this.#maxWeight = maxWeight
    this.#clock = clock
    this.#ttlMs = ttlMs ?? Number.POSITIVE_INFINITY
    this.#weigh = weigh
  }

  get(key: K): V | undefined {
    const entry = this.#find(key)
    if (entry === undefined) return undefined
    this.#takeOut(entry)
    this.#putIn(entry.key, entry.value, entry.weight, entry.age)
    return entry.value
  }

  peek(key: K): V | undefined {
    return this.#find(key)?.value
  }

  has(key: K): boolean {
    return this.#find(key) !== undefined
  }

  set(key: K, value: V): boolean {
    const weight = this.#weigh === undefined ? 1 : this.#weigh(value, key)
    checkWhole('weight', weight)
    const nowMs = this.#sweep()
    const old = this.#entries.get(key)
    if (old !== undefined) this.#remove(old)
    if (weight > this.#maxWeight) return false
    while (this.#weight + weight > this.#maxWeight) this.#remove(this.#endOfUse.fresher)
    const age = new Age<K, V>(nowMs)
    age.older = this.#endOfAge.older
    age.younger = this.#endOfAge
    age.older.younger = age
    age.younger.older = age
    this.#putIn(key, value, weight, age)
    return true
  }

  delete(key: K): boolean {
    const entry = this.#find(key)
    if (entry === undefined) return false
    this.#remove(entry)
    return true
  }

  get size(): number {
    this.#sweep()
    return this.#entries.size
  }

  get weight(): number {
    this.#sweep()
    return this.#weight
  }

  #find(key: K): Entry<K, V> | undefined {
    const nowMs = this.#now()
    const entry = this.#entries.get(key)
    return entry === undefined || nowMs - entry.age.setAtMs >= this.#ttlMs ? undefined : entry
  }

  #now(): number {
    if (this.#ttlMs === Number.POSITIVE_INFINITY) return 0
    const nowMs = this.#clock()
    if (nowMs > this.#latestMs) this.#latestMs = nowMs
    return this.#latestMs
  }

  #sweep(): number {
    const nowMs = this.#now()
    while (nowMs - this.#endOfAge.younger.setAtMs >= this.#ttlMs) this.#remove(this.#endOfAge.younger.entry!)
    return nowMs
  }

  #remove(entry: Entry<K, V>): void {
    this.#takeOut(entry)
    this.#entries.delete(entry.key)
    entry.age.older.younger = entry.age.younger
    entry.age.younger.older = entry.age.older
  }

  #takeOut(entry: Entry<K, V>): void {
    entry.staler.fresher = entry.fresher
    entry.fresher.staler = entry.staler
    this.#weight -= entry.weight
  }

  #putIn(key: K, value: V, weight: number, age: Age<K, V>): void {
    const entry = new Entry(key, value, weight, age)
    age.entry = entry
    entry.staler = this.#endOfUse.staler
    entry.fresher = this.#endOfUse
    entry.staler.fresher = entry
    entry.fresher.staler = entry
    this.#entries.set(key, entry)
    this.#weight += weight
  }
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`)
}
