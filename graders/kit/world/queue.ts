// What is planned, by time, and by the order of planning where times are equal. Time and order share one number, so that
// the heap compares one number and moves one: this is the innermost loop of a simulated second.

/** Milliseconds below 2^23 (two hours), and 2^30 plans: together 53 bits. */
const ORDERS = 2 ** 30

export interface Queue<T> {
  readonly size: number
  push(atMs: number, item: T): void
  /** Takes the first out; then `at` says when it was due. */
  take(): T | undefined
  readonly at: number
  /** Plans again what was taken just now, for later, ahead of what is planned for that time from now on. */
  postpone(atMs: number, item: T): void
}

export function queue<T>(): Queue<T> {
  let keys = new Float64Array(256)
  const items: T[] = []
  let size = 0
  let order = 0
  let last = 0

  function insert(key: number, item: T): void {
    if (size === keys.length) {
      const wider = new Float64Array(2 * size)
      wider.set(keys)
      keys = wider
    }
    let hole = size++
    items.push(item)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = keys[parent] as number
      if (above <= key) break
      keys[hole] = above
      items[hole] = items[parent] as T
      hole = parent
    }
    keys[hole] = key
    items[hole] = item
  }

  return {
    get size() {
      return size
    },
    get at() {
      return Math.floor(last / ORDERS)
    },
    push: (atMs, item) => insert(Math.ceil(atMs) * ORDERS + order++, item),
    postpone: (atMs, item) => insert(Math.ceil(atMs) * ORDERS + (last % ORDERS), item),
    take() {
      if (size === 0) return undefined
      const first = items[0] as T
      last = keys[0] as number
      size--
      const key = keys[size] as number
      const item = items.pop() as T
      if (size === 0) return first
      let hole = 0
      for (;;) {
        let child = 2 * hole + 1
        if (child >= size) break
        if (child + 1 < size && (keys[child + 1] as number) < (keys[child] as number)) child++
        if ((keys[child] as number) >= key) break
        keys[hole] = keys[child] as number
        items[hole] = items[child] as T
        hole = child
      }
      keys[hole] = key
      items[hole] = item
      return first
    },
  }
}
