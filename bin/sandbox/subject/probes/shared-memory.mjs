// Sees every touch of shared memory: puts itself in front of the built-ins that reach it (in place, before the realm is
// closed and they are frozen), and serves the code that trace-shared.ts has rewritten. Whoever schedules threads is told
// before each touch; while nobody does, all is as it would be without.

import { ATOMIC_CHANGE, ATOMIC_READ, ATOMIC_WRITE, READ, WRITE } from './access-kinds.mjs'

const { apply, get, ownKeys, set } = Reflect
const { getOwnPropertyDescriptor, defineProperty, freeze } = Object
const TypedArray = Object.getPrototypeOf(Uint8Array)
const getter = (/** @type {object} */ of, /** @type {PropertyKey} */ key) =>
  Function.prototype.call.bind(/** @type {() => unknown} */ (getOwnPropertyDescriptor(of, key)?.get))
const nameOf = /** @type {(x: unknown) => string | undefined} */ (getter(TypedArray.prototype, Symbol.toStringTag))
const bufferOf = /** @type {(x: unknown) => ArrayBufferLike} */ (getter(TypedArray.prototype, 'buffer'))
const offsetOf = /** @type {(x: unknown) => number} */ (getter(TypedArray.prototype, 'byteOffset'))
const lengthOf = /** @type {(x: unknown) => number} */ (getter(TypedArray.prototype, 'length'))
const bufferOfData = /** @type {(x: unknown) => ArrayBufferLike} */ (getter(DataView.prototype, 'buffer'))
const offsetOfData = /** @type {(x: unknown) => number} */ (getter(DataView.prototype, 'byteOffset'))
const lengthOfData = /** @type {(x: unknown) => number} */ (getter(DataView.prototype, 'byteLength'))
const sizeOfShared = /** @type {(x: unknown) => number} */ (getter(SharedArrayBuffer.prototype, 'byteLength'))
const iteratorPrototype = Iterator.prototype
const { isInteger } = Number

/** Buffers that a thread has made for itself are numbered from here: nobody else can touch them. */
export const FIRST_OWN = 1_000

/**
 * @typedef {{ readonly id: number, readonly offset: number, readonly bytes: number, readonly scratch: any }} View
 * @typedef {{
 *   touch(kind: number, id: number, offset: number, bytes: number, line: number): void
 *   wrote(id: number, offset: number, bytes: number, changed: boolean): void
 *   wait(id: number, offset: number, bytes: number, line: number, timeoutMs: number): 'ok' | 'timed-out'
 *   notify(id: number, offset: number, count: number, line: number): number
 *   pause(): void
 * }} Scheduler
 */

export function watchSharedMemory() {
  /** @type {Scheduler | undefined} */
  let scheduler
  /** @type {WeakMap<object, number>} */
  let ids = new WeakMap()
  /** @type {WeakMap<object, View | null>} null: a view on memory that nobody shares */
  let views = new WeakMap()
  let nextOwn = FIRST_OWN
  let line = 0

  /** @param {unknown} buffer */
  const isShared = (buffer) => {
    try {
      sizeOfShared(buffer)
      return true
    } catch {
      return false
    }
  }
  /** @param {object} buffer */
  const idOf = (buffer) => {
    const known = ids.get(buffer)
    if (known !== undefined) return known
    ids.set(buffer, nextOwn)
    return nextOwn++
  }
  /** @param {unknown} x @returns {View | null} null for whatever is no typed array on shared memory */
  const viewOf = (x) => {
    if (typeof x !== 'object' || x === null) return null
    const known = views.get(x)
    if (known !== undefined) return known
    if (nameOf(x) === undefined) return null
    const buffer = bufferOf(x)
    const Type = /** @type {any} */ (globalThis)[/** @type {string} */ (nameOf(x))]
    const view = isShared(buffer)
      ? { id: idOf(buffer), offset: offsetOf(x), bytes: Type.BYTES_PER_ELEMENT, scratch: new Type(1) }
      : null
    views.set(x, view)
    return view
  }
  /** The line of the call that has just begun. */
  const takeLine = () => {
    const told = line
    line = 0
    return told === 0 && scheduler !== undefined ? lineOfStack() : told
  }
  /** An index of one of its words, or -1. @param {unknown} x @param {unknown} key */
  const indexOf = (x, key) => {
    const index = typeof key === 'number' ? key : typeof key === 'string' && `${+key}` === key ? +key : -1
    return isInteger(index) && index >= 0 && index < lengthOf(x) ? index : -1
  }

  /** @param {any} x @param {View} view @param {number} index @param {number} at */
  const read = (x, view, index, at) => {
    scheduler?.touch(READ, view.id, view.offset + index * view.bytes, view.bytes, at)
    return x[index]
  }
  /** @param {any} x @param {View} view @param {number} index @param {unknown} value @param {number} at */
  const write = (x, view, index, value, at) => {
    // Turned into a number first: a `valueOf` is code of the submission's.
    view.scratch[0] = value
    const word = view.scratch[0]
    const offset = view.offset + index * view.bytes
    scheduler?.touch(WRITE, view.id, offset, view.bytes, at)
    const before = x[index]
    x[index] = word
    scheduler?.wrote(view.id, offset, view.bytes, before !== x[index])
  }

  /** @param {any} x @param {any} key @param {number} at */
  function load(x, key, at) {
    if (scheduler === undefined) return x[key]
    const view = viewOf(x)
    if (view === null) return x[key]
    const name = toKey(key)
    const index = indexOf(x, name)
    return index < 0 ? x[name] : read(x, view, index, at)
  }
  /** @param {any} x @param {any} key @param {any} value @param {number} at */
  function store(x, key, value, at) {
    if (scheduler === undefined) x[key] = value
    else {
      const view = viewOf(x)
      if (view === null) x[key] = value
      else {
        const name = toKey(key)
        const index = indexOf(x, name)
        if (index < 0) x[name] = value
        else write(x, view, index, value, at)
      }
    }
    return value
  }
  class Reference {
    #x
    #key
    #line
    /** @param {unknown} x @param {unknown} key @param {number} at */
    constructor(x, key, at) {
      this.#x = x
      this.#key = x === null || x === undefined ? key : toKey(key)
      this.#line = at
    }
    get value() {
      return load(this.#x, this.#key, this.#line)
    }
    set value(value) {
      store(this.#x, this.#key, value, this.#line)
    }
  }

  /** What stood before a `?.`. @type {unknown} */
  let held
  const nothing = /** @type {readonly unknown[]} */ (freeze([]))
  const engine = {
    load,
    store,
    reference: (/** @type {unknown} */ x, /** @type {unknown} */ key, /** @type {number} */ at) =>
      new Reference(x, key, at),
    at(/** @type {number} */ at) {
      line = at
      return nothing
    },
    same: (/** @type {unknown} */ x) => x,
    isNullish(/** @type {unknown} */ x) {
      held = x
      return x === null || x === undefined
    },
    isNullishMethod(/** @type {any} */ x, /** @type {any} */ key) {
      const method = x[key]
      held = (/** @type {unknown[]} */ ...args) => apply(method, x, args)
      return method === null || method === undefined
    },
    held: () => held,
  }

  // ---- Atomics -----------------------------------------------------------------------------------------------------

  /** @type {Record<string, any>} */
  const native = { ...Atomics, ...Object.fromEntries(ownKeys(Atomics).map((key) => [key, get(Atomics, key)])) }
  /** @type {Record<string, number>} */
  const KINDS = { load: ATOMIC_READ, store: ATOMIC_WRITE }
  for (const name of ['add', 'and', 'compareExchange', 'exchange', 'load', 'or', 'store', 'sub', 'xor']) {
    const real = native[name]
    const kind = KINDS[name] ?? ATOMIC_CHANGE
    replace(Atomics, name, (/** @type {any} */ _, /** @type {any[]} */ args) => {
      const at = takeLine()
      const [x] = args
      const view = scheduler === undefined ? null : viewOf(x)
      if (scheduler === undefined || view === null) return apply(real, native, args)
      // All that may run code of the submission's first; what is wrong is the real one's to say.
      const given = [x, ...args.slice(1).map((arg, i) => (i === 0 || typeof arg !== 'bigint' ? toNumeric(arg) : arg))]
      const index = indexOf(x, Math.trunc(Number(given[1])) || 0)
      if (index < 0 || /Float|Clamped/.test(/** @type {string} */ (nameOf(x)))) return apply(real, native, given)
      const offset = view.offset + index * view.bytes
      scheduler.touch(kind, view.id, offset, view.bytes, at)
      if (kind === ATOMIC_READ) return apply(real, native, given)
      const before = native['load'](x, index)
      const result = apply(real, native, given)
      scheduler.wrote(view.id, offset, view.bytes, before !== native['load'](x, index))
      return result
    })
  }
  replace(Atomics, 'wait', (_, args) => {
    const at = takeLine()
    const [x, key, expected, limit] = args
    const view = viewOf(x)
    if (view === null || !/^(Int32|BigInt64)Array$/.test(/** @type {string} */ (nameOf(x))))
      throw new TypeError('Atomics.wait waits on an Int32Array or a BigInt64Array over shared memory')
    const index = indexOf(x, Math.trunc(Number(key)) || 0)
    if (index < 0) throw new RangeError(`Atomics.wait: there is no word ${String(key)}`)
    const word = view.bytes === 8 ? BigInt.asIntN(64, expected) : expected | 0
    const asked = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
    const timeoutMs = Number.isNaN(asked) ? Number.POSITIVE_INFINITY : Math.max(0, asked)
    const offset = view.offset + index * view.bytes
    scheduler?.touch(ATOMIC_READ, view.id, offset, view.bytes, at)
    if (native['load'](x, index) !== word) return 'not-equal'
    if (scheduler !== undefined) return scheduler.wait(view.id, offset, view.bytes, at, timeoutMs)
    if (timeoutMs < Number.POSITIVE_INFINITY) return 'timed-out'
    throw new Error('Atomics.wait would wait for ever: nobody else is running')
  })
  replace(Atomics, 'notify', (_, args) => {
    const at = takeLine()
    const [x, key, count] = args
    const view = viewOf(x)
    // On memory of one's own nobody sleeps.
    if (view === null || scheduler === undefined) return apply(native['notify'], native, args)
    const index = indexOf(x, Math.trunc(Number(key)) || 0)
    if (index < 0) throw new RangeError(`Atomics.notify: there is no word ${String(key)}`)
    const most = count === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.trunc(Number(count)) || 0)
    return scheduler.notify(view.id, view.offset + index * view.bytes, most, at)
  })
  replace(Atomics, 'waitAsync', () => {
    throw new Error('Atomics.waitAsync is not available in a kata of threads: block with Atomics.wait')
  })
  replace(Atomics, 'pause', () => {
    line = 0
    scheduler?.pause()
  })

  replace(Reflect, 'get', (_, args) =>
    args.length === 2 ? load(args[0], args[1], takeLine()) : apply(get, Reflect, args),
  )
  replace(Reflect, 'set', (_, args) => {
    const at = takeLine()
    const view = args.length > 3 || scheduler === undefined ? null : viewOf(args[0])
    if (view === null || indexOf(args[0], args[1]) < 0) return apply(set, Reflect, args)
    store(args[0], args[1], args[2], at)
    return true
  })

  // ---- typed arrays: what reads or writes many words, word by word ---------------------------------------------------

  /** A view as an array-like whose every touch is seen. @param {any} x @param {View} view @param {number} at */
  const seen = (x, view, at) =>
    new Proxy(x, {
      get(target, key) {
        const index = indexOf(target, key)
        return index < 0 ? get(target, key, target) : read(target, view, index, at)
      },
      set(target, key, value) {
        const index = indexOf(target, key)
        if (index < 0) return set(target, key, value, target)
        write(target, view, index, value, at)
        return true
      },
    })
  /** Those that Array has too, and that touch words one after another and may stop early. */
  const LAZY = [
    ...['at', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'forEach', 'includes', 'indexOf', 'join'],
    ...['lastIndexOf', 'reduce', 'reduceRight', 'some', 'fill', 'reverse', 'copyWithin'],
  ]
  for (const name of LAZY) {
    const real = get(TypedArray.prototype, name)
    const generic = get(Array.prototype, name)
    replace(TypedArray.prototype, name, (x, args) => {
      const at = takeLine()
      const view = scheduler === undefined ? null : viewOf(x)
      if (view === null) return apply(real, x, args)
      const array = seen(x, view, at)
      const [call, ...rest] = args
      const shown =
        typeof call === 'function'
          ? /** @this {unknown} */ function (/** @type {unknown[]} */ ...given) {
              return apply(
                call,
                this,
                given.map((one) => (one === array ? x : one)),
              )
            }
          : call
      const result = apply(generic, array, args.length === 0 ? [] : [shown, ...rest])
      return result === array ? x : result
    })
  }
  /** Those that read all words, or a part of them. */
  const realSlice = get(TypedArray.prototype, 'slice')
  for (const name of ['filter', 'map', 'slice', 'sort', 'toReversed', 'toSorted', 'with', 'toLocaleString']) {
    const real = get(TypedArray.prototype, name)
    replace(TypedArray.prototype, name, (x, args) => {
      const at = takeLine()
      const view = scheduler === undefined ? null : viewOf(x)
      if (view === null) return apply(real, x, args)
      const [from, to] = name === 'slice' ? range(lengthOf(x), args[0], args[1]) : [0, lengthOf(x)]
      for (let i = from; i < to; i++) read(x, view, i, at)
      if (name !== 'sort') return apply(real, x, args)
      const sorted = apply(realSlice, x, []).sort(...args)
      for (let i = 0; i < sorted.length; i++) write(x, view, i, sorted[i], at)
      return x
    })
  }
  const realSet = get(TypedArray.prototype, 'set')
  replace(TypedArray.prototype, 'set', (x, args) => {
    const at = takeLine()
    const [source, offset = 0] = args
    const view = scheduler === undefined ? null : viewOf(x)
    const sourceView = scheduler === undefined ? null : viewOf(source)
    if (view === null && sourceView === null) return apply(realSet, x, args)
    const start = Math.trunc(Number(offset)) || 0
    const words = []
    for (let i = 0, count = Number(source.length) || 0; i < count; i++)
      words[i] = sourceView === null ? source[i] : read(source, sourceView, i, at)
    if (view === null || start < 0 || start + words.length > lengthOf(x)) return apply(realSet, x, [words, offset])
    for (let i = 0; i < words.length; i++) write(x, view, start + i, words[i], at)
    return undefined
  })
  for (const name of ['values', 'entries']) {
    const real = get(TypedArray.prototype, name)
    replace(TypedArray.prototype, name, (x, args) => {
      const at = takeLine()
      const view = scheduler === undefined ? null : viewOf(x)
      if (view === null) return apply(real, x, args)
      let i = 0
      return {
        __proto__: iteratorPrototype,
        next() {
          if (i >= lengthOf(x)) return { done: true, value: undefined }
          const index = i++
          const value = read(x, view, index, at)
          return { done: false, value: name === 'values' ? value : [index, value] }
        },
      }
    })
  }
  defineProperty(TypedArray.prototype, Symbol.iterator, {
    value: TypedArray.prototype.values,
    writable: true,
    configurable: true,
  })
  for (const key of ownKeys(DataView.prototype)) {
    const type = /^(get|set)(Big)?[A-Za-z]+?(8|16|32|64)$/.exec(String(key))
    if (type === null) continue
    const real = get(DataView.prototype, key)
    const isRead = type[1] === 'get'
    const bytes = Number(type[3]) / 8
    replace(DataView.prototype, /** @type {string} */ (key), (x, args) => {
      const at = takeLine()
      if (scheduler === undefined || !isSharedData(x)) return apply(real, x, args)
      const [position, value, ...rest] = args
      const given = [toNumeric(position), isRead || typeof value === 'bigint' ? value : toNumeric(value), ...rest]
      const from = Math.trunc(given[0]) || 0
      if (from < 0 || from + bytes > lengthOfData(x)) return apply(real, x, given)
      const [id, offset] = [idOf(bufferOfData(x)), offsetOfData(x) + from]
      scheduler.touch(isRead ? READ : WRITE, id, offset, bytes, at)
      const result = apply(real, x, given)
      if (!isRead) scheduler.wrote(id, offset, bytes, true)
      return result
    })
  }
  /** @param {unknown} x */
  function isSharedData(x) {
    try {
      return isShared(bufferOfData(x))
    } catch {
      return false
    }
  }

  return {
    engine,
    native,
    lineOfCall: lineOfStack,
    /** @param {Scheduler | undefined} by who is told from now on */
    schedule(by) {
      scheduler = by
      line = 0
    },
    /** @param {readonly SharedArrayBuffer[]} buffers numbered in this order from now on, all others forgotten */
    name(buffers) {
      ids = new WeakMap(buffers.map((buffer, i) => [buffer, i]))
      views = new WeakMap()
      nextOwn = FIRST_OWN
    },
  }
}

/**
 * @param {any} object @param {string} name
 * @param {(self: any, args: any[]) => unknown} body
 */
function replace(object, name, body) {
  const { length } = object[name]
  const made = {
    /** @this {unknown} @param {any[]} args */
    [name](...args) {
      return body(this, args)
    },
  }[name]
  defineProperty(made, 'length', { value: length, configurable: true })
  defineProperty(object, name, { value: made, writable: true, configurable: true, enumerable: false })
}

/** As the language makes a key of anything, once. @param {any} key @returns {PropertyKey} */
function toKey(key) {
  if (typeof key !== 'object' && typeof key !== 'function') return key
  return /** @type {PropertyKey} */ (ownKeys({ [key]: 0 })[0])
}

/** @param {any} value */
function toNumeric(value) {
  let numeric = value
  return numeric++
}

/** @param {number} length @param {any} start @param {any} end @returns {[number, number]} */
function range(length, start, end) {
  const clamp = (/** @type {any} */ value, /** @type {number} */ missing) => {
    const whole = value === undefined ? missing : Math.trunc(Number(value)) || 0
    return whole < 0 ? Math.max(0, length + whole) : Math.min(length, whole)
  }
  return [clamp(start, 0), clamp(end, length)]
}

/** The topmost line of the submission on the stack. (The closed realm shows no other.) */
function lineOfStack() {
  return Number(/kata:\/katas\/[^:]*:(\d+)/.exec(String(new Error().stack))?.[1] ?? 0)
}
