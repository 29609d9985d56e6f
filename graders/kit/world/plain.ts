// What leaves a node is copied, frozen and plain: neither an object that two nodes hold, nor a getter, a proxy or a
// function inside of it can be a channel that no network knows of. What it would weigh on a wire is counted on the way.

const MAX_DEPTH = 32

const { freeze, getPrototypeOf } = Object
const { isArray } = Array

let weight = 0

/** Bytes of what was taken last, as a simple binary encoding would have it: 8 for a number, 1 for each field and item. */
export const weightOfLast = (): number => weight

/**
 * A frozen copy. Keys that are symbols stay behind.
 * @param what for the error: `a message`
 * @throws {TypeError} if it is no plain data
 */
export function taken(value: unknown, what: string): unknown {
  weight = 0
  return copy(value, what, 0)
}

/** Weights of what was taken to stay, and is met again inside of messages: entries of logs. */
const staying = new WeakMap<object, number>()

/** The same for what stays, and comes again in messages: whoever hands it on is not copied from again. */
export function takenToStay(value: unknown, what: string): unknown {
  weight = 0
  const known = typeof value === 'object' && value !== null ? staying.get(value) : undefined
  if (known !== undefined) {
    weight = known
    return value
  }
  const copied = copy(value, what, 0)
  if (typeof copied === 'object' && copied !== null) staying.set(copied, weight)
  return copied
}

function copy(value: unknown, what: string, depth: number): unknown {
  switch (typeof value) {
    case 'number':
      weight += 8
      return value
    case 'string':
      weight += value.length
      return value
    case 'boolean':
    case 'undefined':
      return value
    case 'object':
      break
    default:
      throw new TypeError(`${what} is plain data: it cannot hold a ${typeof value}`)
  }
  if (value === null) return value
  if (depth >= MAX_DEPTH) throw new TypeError(`${what} is plain data: it is not nested deeper than ${MAX_DEPTH}`)
  if (isArray(value)) {
    const items: unknown[] = []
    const { length } = value
    weight += length
    for (let i = 0; i < length; i++) {
      const item = value[i]
      const known = typeof item === 'object' && item !== null ? staying.get(item) : undefined
      if (known === undefined) items.push(copy(item, what, depth + 1))
      else {
        weight += known
        items.push(item)
      }
    }
    return freeze(items)
  }
  const prototype = getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${what} is plain data: it cannot hold an object of a class`)
  const fields: Record<string, unknown> = {}
  for (const key in value) {
    // An own `__proto__` would set a prototype here, instead of a field.
    if (key === '__proto__') continue
    weight++
    fields[key] = copy((value as Record<string, unknown>)[key], what, depth + 1)
  }
  return freeze(fields)
}

/** Whether two values of plain data are the same; quick where they are objects of few fields. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Number.isNaN(a) && Number.isNaN(b)
  if (isArray(a) !== isArray(b)) return false
  let fields = 0
  for (const key in a) {
    fields++
    if (!alike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
  }
  for (const _ in b) fields--
  return fields === 0
}
