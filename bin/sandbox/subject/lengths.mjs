// How long things are, read without setting off a getter, a trap or a conversion of the submission's (but of what answers with
// a length of its own making: it is asked once, as the built-in would ask it); and how deep they may lie behind each other, because V8 walks through such layers without a step of code that could be counted.

import { getterOf, uncurried } from './uncurried.mjs'

const { types } = process.getBuiltinModule('node:util')

/** Who calls through more of them works without a step of code that could be counted. */
const MAX_LAYERS = 64
/**
 * Of prototypes, one behind another. Who looks through more of them walks without a step of code that could be counted. (It is
 * asked where a link is made, of what stands behind it: a chain that is linked from its end on, or by `new` alone, is longer
 * for nothing. Where strangers are judged, the processor's time tells.)
 */
const MAX_CHAIN = 64

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const { isArray } = Array
const { floor, max, min } = Math
const { isProxy, isTypedArray } = types
const RealProxy = Proxy
const weakGet = uncurried(WeakMap.prototype.get)
const weakSet = uncurried(WeakMap.prototype.set)
/** @type {any} */
const TypedArray = getPrototypeOf(Int8Array)
const typedLength = getterOf(TypedArray.prototype, 'length')

/** @param {any} prototype of what is made @throws {RangeError} */
export function boundChain(prototype) {
  if (typeof prototype !== 'object' && typeof prototype !== 'function') return
  let depth = 0
  for (let at = prototype; at !== null && !isProxy(at); at = getPrototypeOf(at))
    if (++depth > MAX_CHAIN)
      throw new RangeError(`A chain of more than ${MAX_CHAIN} prototypes is not available where steps are counted`)
}

export function openLengths() {
  /** @type {WeakMap<object, object>} what is behind proxies, so that a proxy without traps hides no work */
  const targets = new WeakMap()
  /** @type {WeakMap<object, number>} how many proxies, or bound functions, stand one behind another */
  const layers = new WeakMap()

  /** @param {object} made @param {unknown} inner what it passes everything on to @throws {RangeError} */
  function layered(made, inner) {
    const depth = 1 + (typeof inner === 'object' || typeof inner === 'function' ? (weakGet(layers, inner) ?? 0) : 0)
    if (depth > MAX_LAYERS)
      throw new RangeError(`More than ${MAX_LAYERS} proxies or bound functions behind each other are not available`)
    weakSet(layers, made, depth)
    return made
  }

  /** @param {any} value @returns {any} */
  function unproxied(value) {
    let behind = value
    while (isProxy(behind)) behind = weakGet(targets, behind)
    return behind
  }

  /** @type {WeakMap<object, number>} what stands in for objects that were asked for their length */
  const asked = new WeakMap()

  /**
   * What is like an array, and may say another length each time that it is asked, is asked once.
   * @param {any} value @returns {any} itself, or what answers in its place
   */
  function settled(value) {
    if (typeof value !== 'object' || value === null || (isArray(value) && !isProxy(value)) || isTypedArray(value))
      return value
    if (!isProxy(value) && typeof getOwnPropertyDescriptor(value, 'length')?.value === 'number') return value
    const length = min(max(0, floor(Number(value.length)) || 0), 2 ** 53 - 1)
    const stand = new RealProxy(value, {
      // On the object itself, which may keep what is private.
      get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)),
      set: (target, key, value) => Reflect.set(target, key, value),
    })
    weakSet(asked, stand, length)
    return stand
  }

  /** @param {any} value @returns {number} of a string, an array or what is like one */
  function lengthOf(value) {
    if (typeof value === 'string') return value.length
    const known = typeof value === 'object' && value !== null ? weakGet(asked, value) : undefined
    if (known !== undefined) return min(known, 2 ** 32)
    const object = unproxied(value)
    if (typeof object !== 'object' || object === null) return 0
    if (isArray(object)) return object.length
    if (isTypedArray(object)) return typedLength(object)
    const length = getOwnPropertyDescriptor(object, 'length')?.value
    return typeof length === 'number' && length > 0 ? min(length, 2 ** 32) : 0
  }

  /** @param {any} value @returns {number} own keys */
  function keysOf(value) {
    if (typeof value === 'string') return value.length
    const object = unproxied(value)
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return 0
    return isArray(object) || isTypedArray(object) ? lengthOf(object) : ownKeys(object).length
  }

  return { targets, settled, lengthOf, keysOf, layered }
}
