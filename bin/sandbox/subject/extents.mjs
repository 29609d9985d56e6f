// How much a built-in goes over where only the data tell: bytes, levels of lists, everything that is reached from a value.
// No getter and no trap of the submission's is set off.

import { getterOf, uncurried } from './uncurried.mjs'

const { types } = process.getBuiltinModule('node:util')

const { isArray } = Array
const { isView } = ArrayBuffer
const { isAnyArrayBuffer, isTypedArray } = types
/** @type {any} */
const TypedArray = Reflect.getPrototypeOf(Int8Array)
const typedBytes = getterOf(TypedArray.prototype, 'byteLength')
const bufferBytes = getterOf(ArrayBuffer.prototype, 'byteLength')
const sharedBytes = getterOf(SharedArrayBuffer.prototype, 'byteLength')
const viewBytes = getterOf(DataView.prototype, 'byteLength')
const mapForEach = uncurried(Map.prototype.forEach)
const setForEach = uncurried(Set.prototype.forEach)
const setHas = uncurried(Set.prototype.has)
const setAdd = uncurried(Set.prototype.add)
const push = uncurried(Array.prototype.push)
const pop = uncurried(Array.prototype.pop)
const { keys } = Object
const { max } = Math
const { getOwnPropertyDescriptor } = Reflect
const RealSet = Set
const BYTES = 8
/** More than fuel allows for. */
const MAX_EXTENT = 60_000_000

/** @param {any} value @returns {number} */
export function bytesOf(value) {
  if (typeof value === 'string') return value.length
  if (isTypedArray(value)) return typedBytes(value)
  if (isAnyArrayBuffer(value)) return types.isSharedArrayBuffer(value) ? sharedBytes(value) : bufferBytes(value)
  return isView(value) ? viewBytes(value) : 0
}

/** Items that flattening goes over, of every level. @param {any} self @param {any} levels */
export function flatExtent(self, levels) {
  let extent = 0
  // What is no number is asked for its value by `flat` itself, once: until then it counts as no end.
  let left = levels === undefined ? 1 : typeof levels === 'number' ? max(0, levels || 0) : Number.POSITIVE_INFINITY
  for (let level = [self]; level.length > 0 && left >= 0 && extent < MAX_EXTENT; left--) {
    /** @type {any[]} */
    const below = []
    for (let i = 0; i < level.length; i++) {
      const list = level[i]
      // What stands behind a proxy is told by its traps.
      if (types.isProxy(list) || !isArray(list)) continue
      extent += list.length
      for (let k = 0; k < list.length && left > 0; k++) {
        const item = getOwnPropertyDescriptor(list, k)?.value
        if (isArray(item)) push(below, item)
      }
    }
    level = below
  }
  return extent
}

/** @param {any} data just cloned, so that no getter and no proxy is in it */
export function extentOfData(data) {
  let extent = 0
  const seen = new RealSet()
  const queue = [data]
  while (queue.length > 0) {
    const value = pop(queue)
    extent += 1 + bytesOf(value) / BYTES
    if (typeof value !== 'object' || value === null || setHas(seen, value)) continue
    setAdd(seen, value)
    if (types.isMap(value))
      mapForEach(value, (/** @type {unknown} */ item, /** @type {unknown} */ key) => {
        push(queue, key)
        push(queue, item)
      })
    else if (types.isSet(value)) setForEach(value, (/** @type {unknown} */ item) => push(queue, item))
    else if (!isView(value)) {
      const names = keys(value)
      for (let i = 0; i < names.length; i++) push(queue, value[/** @type {string} */ (names[i])])
    }
  }
  return extent
}
