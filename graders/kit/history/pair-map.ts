// A map from two 32-bit integers to one, in flat memory: a search asks it at each step, millions of times, and an object
// or a bigint for each key would be most of the cost.

const LEAST = 1 << 8

export interface PairMap {
  /** -1 where there is none */
  get(a: number, b: number): number
  /** @param value not negative */
  set(a: number, b: number, value: number): void
  readonly size: number
}

/** @param expected how many there will be, about */
export function pairMap(expected: number): PairMap {
  let mask = LEAST - 1
  while (mask < 2 * expected) mask = 2 * mask + 1
  let keys = new Int32Array(2 * (mask + 1))
  /** value + 1, so that fresh memory is empty */
  let values = new Int32Array(mask + 1)
  let size = 0

  const slotOf = (a: number, b: number): number => {
    let hash = Math.imul(a ^ (b >>> 16), 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
    hash ^= hash >>> 15
    let slot = hash & mask
    while (values[slot] !== 0 && (keys[2 * slot] !== a || keys[2 * slot + 1] !== b)) slot = (slot + 1) & mask
    return slot
  }

  const grow = () => {
    const [oldKeys, oldValues] = [keys, values]
    const room = 2 * oldValues.length
    mask = room - 1
    keys = new Int32Array(2 * room)
    values = new Int32Array(room)
    for (let i = 0; i < oldValues.length; i++) {
      const value = oldValues[i] as number
      if (value === 0) continue
      const [a, b] = [oldKeys[2 * i] as number, oldKeys[2 * i + 1] as number]
      const slot = slotOf(a, b)
      keys[2 * slot] = a
      keys[2 * slot + 1] = b
      values[slot] = value
    }
  }

  return {
    get: (a, b) => (values[slotOf(a | 0, b | 0)] as number) - 1,
    set(a, b, value) {
      const slot = slotOf(a | 0, b | 0)
      if (values[slot] === 0) size++
      keys[2 * slot] = a
      keys[2 * slot + 1] = b
      values[slot] = value + 1
      if (2 * size > mask) grow()
    },
    get size() {
      return size
    },
  }
}
