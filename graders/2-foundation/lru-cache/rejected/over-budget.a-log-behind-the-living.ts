// breaks: What has left is not held on to
// spends: bytes an entry
// because: the log of sets is shortened when half of it has been read. While the eldest lives nothing is read, and all that has left since stays behind it.

export type Clock = () => number

export interface LruCacheOptions<K, V> {
  readonly maxWeight: number
  readonly clock: Clock
  readonly ttlMs?: number
  readonly weigh?: (value: V, key: K) => number
}

interface Entry<K, V> {
  key: K
  value: V
  weight: number
  /** number of the set that it comes from; 0 for one that has left */
  setNumber: number
  staler: Entry<K, V>
  fresher: Entry<K, V>
}

interface Line<K, V> {
  readonly entry: Entry<K, V>
  readonly setNumber: number
  readonly atMs: number
}

export class LruCache<K, V> {
  readonly #maxWeight: number
  readonly #clock: Clock
  readonly #ttlMs: number | undefined
  readonly #weigh: (value: V, key: K) => number
  readonly #entries = new Map<K, Entry<K, V>>()
  readonly #end: Entry<K, V>
  #log: Line<K, V>[] = []
  #logFrom = 0
  #sets = 0
  #weight = 0
  #presentMs = Number.NEGATIVE_INFINITY

  constructor({ maxWeight, clock, ttlMs, weigh = () => 1 }: LruCacheOptions<K, V>) {
    if (!(Number.isInteger(maxWeight) && maxWeight > 0)) throw new RangeError(`bad maxWeight: ${maxWeight}`)
    if (ttlMs !== undefined && !(Number.isInteger(ttlMs) && ttlMs > 0)) throw new RangeError(`bad ttlMs: ${ttlMs}`)
    this.#maxWeight = maxWeight
    this.#clock = clock
    this.#ttlMs = ttlMs
    this.#weigh = weigh
    const end = { weight: 0, setNumber: 0 } as Entry<K, V>
    end.staler = end
    end.fresher = end
    this.#end = end
  }

  get(key: K): V | undefined {
    this.#catchUp()
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#unlink(entry)
    this.#link(entry)
    return entry.value
  }

  peek(key: K): V | undefined {
    this.#catchUp()
    return this.#entries.get(key)?.value
  }

  has(key: K): boolean {
    this.#catchUp()
    return this.#entries.has(key)
  }

  set(key: K, value: V): boolean {
    const weight = this.#weigh(value, key)
    if (!(Number.isInteger(weight) && weight > 0)) throw new RangeError(`bad weight: ${weight}`)
    this.delete(key)
    if (weight > this.#maxWeight) return false
    while (this.#weight + weight > this.#maxWeight) this.#drop(this.#end.fresher)
    const entry = { key, value, weight, setNumber: ++this.#sets, staler: this.#end, fresher: this.#end }
    this.#entries.set(key, entry)
    this.#link(entry)
    this.#weight += weight
    if (this.#ttlMs !== undefined) this.#writeDown(entry)
    return true
  }

  delete(key: K): boolean {
    this.#catchUp()
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#drop(entry)
    return true
  }

  get size(): number {
    this.#catchUp()
    return this.#entries.size
  }

  get weight(): number {
    this.#catchUp()
    return this.#weight
  }

  #catchUp(): void {
    if (this.#ttlMs === undefined) return
    const nowMs = this.#clock()
    if (nowMs > this.#presentMs) this.#presentMs = nowMs
    while (this.#logFrom < this.#log.length) {
      const { entry, setNumber, atMs } = this.#log[this.#logFrom]!
      if (entry.setNumber === setNumber) {
        if (this.#presentMs - atMs < this.#ttlMs) return
        this.#drop(entry)
      }
      this.#logFrom++
    }
  }

  #writeDown(entry: Entry<K, V>): void {
    if (this.#logFrom > 16 && this.#logFrom > this.#log.length / 2) {
      const rest: Line<K, V>[] = []
      for (let i = this.#logFrom; i < this.#log.length; i++) {
        const line = this.#log[i]!
        if (line.entry.setNumber === line.setNumber) rest.push(line)
      }
      this.#log = rest
      this.#logFrom = 0
    }
    this.#log.push({ entry, setNumber: entry.setNumber, atMs: this.#presentMs })
  }

  #drop(entry: Entry<K, V>): void {
    this.#entries.delete(entry.key)
    this.#unlink(entry)
    this.#weight -= entry.weight
    entry.setNumber = 0
  }

  #unlink({ staler, fresher }: Entry<K, V>): void {
    staler.fresher = fresher
    fresher.staler = staler
  }

  #link(entry: Entry<K, V>): void {
    const last = this.#end.staler
    entry.staler = last
    entry.fresher = this.#end
    last.fresher = entry
    this.#end.staler = entry
  }
}
