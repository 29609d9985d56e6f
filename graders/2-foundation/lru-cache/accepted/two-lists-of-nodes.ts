// Objects and references: each entry has a node in a list by use and a node in a list by age, both of one kind. An entry
// keeps the time at which it ends, and every call begins by dropping what has ended.

export type Clock = () => number

export interface LruCacheOptions<K, V> {
  readonly maxWeight: number
  readonly clock: Clock
  readonly ttlMs?: number
  readonly weigh?: (value: V, key: K) => number
}

interface Node<T> {
  readonly item: T
  before: Node<T> | undefined
  after: Node<T> | undefined
}

class List<T> {
  first: Node<T> | undefined
  last: Node<T> | undefined

  append(node: Node<T>): void {
    node.before = this.last
    node.after = undefined
    if (this.last === undefined) this.first = node
    else this.last.after = node
    this.last = node
  }

  remove(node: Node<T>): void {
    if (node.before === undefined) this.first = node.after
    else node.before.after = node.after
    if (node.after === undefined) this.last = node.before
    else node.after.before = node.before
  }
}

class Entry<K, V> {
  readonly key: K
  value: V
  weight = 0
  endsAtMs = 0
  readonly use: Node<Entry<K, V>> = { item: this, before: undefined, after: undefined }
  readonly age: Node<Entry<K, V>> = { item: this, before: undefined, after: undefined }

  constructor(key: K, value: V) {
    this.key = key
    this.value = value
  }
}

export class LruCache<K, V> {
  private readonly options: LruCacheOptions<K, V>
  private readonly entries = new Map<K, Entry<K, V>>()
  private readonly byUse = new List<Entry<K, V>>()
  private readonly byAge = new List<Entry<K, V>>()
  private total = 0
  private presentMs = Number.NEGATIVE_INFINITY

  constructor(options: LruCacheOptions<K, V>) {
    for (const name of ['maxWeight', 'ttlMs'] as const)
      if (options[name] !== undefined && !isCount(options[name]))
        throw new RangeError(`${name} is not a whole number of at least 1`)
    this.options = options
  }

  get(key: K): V | undefined {
    this.dropEnded()
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    if (entry.use !== this.byUse.last) {
      this.byUse.remove(entry.use)
      this.byUse.append(entry.use)
    }
    return entry.value
  }

  peek(key: K): V | undefined {
    this.dropEnded()
    return this.entries.get(key)?.value
  }

  has(key: K): boolean {
    this.dropEnded()
    return this.entries.has(key)
  }

  set(key: K, value: V): boolean {
    const weight = this.options.weigh === undefined ? 1 : this.options.weigh(value, key)
    if (!isCount(weight)) throw new RangeError(`the weight is not a whole number of at least 1: ${weight}`)
    this.dropEnded()
    const old = this.entries.get(key)
    if (old !== undefined) this.drop(old)
    if (weight > this.options.maxWeight) return false
    while (this.total > this.options.maxWeight - weight) this.drop(this.byUse.first!.item)
    const entry = new Entry(key, value)
    entry.weight = weight
    entry.endsAtMs = this.presentMs + (this.options.ttlMs ?? 0)
    this.entries.set(key, entry)
    this.byUse.append(entry.use)
    this.byAge.append(entry.age)
    this.total += weight
    return true
  }

  delete(key: K): boolean {
    this.dropEnded()
    const entry = this.entries.get(key)
    if (entry !== undefined) this.drop(entry)
    return entry !== undefined
  }

  get size(): number {
    this.dropEnded()
    return this.entries.size
  }

  get weight(): number {
    this.dropEnded()
    return this.total
  }

  private dropEnded(): void {
    if (this.options.ttlMs === undefined) return
    const nowMs = this.options.clock()
    if (nowMs > this.presentMs) this.presentMs = nowMs
    for (let node = this.byAge.first; node !== undefined && node.item.endsAtMs <= this.presentMs; node = node.after)
      this.drop(node.item)
  }

  private drop(entry: Entry<K, V>): void {
    this.entries.delete(entry.key)
    this.byUse.remove(entry.use)
    this.byAge.remove(entry.age)
    this.total -= entry.weight
  }
}

const isCount = (n: number) => Number.isInteger(n) && n >= 1
