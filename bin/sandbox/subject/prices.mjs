// What each built-in is charged for: the items that it touches. Those that touch a constant are listed by the test, which
// so finds a built-in that a newer Node has brought.
//
// Where V8 is cleverer than the nominal work, the nominal work is charged: `shift` moves n (V8 is flat up to about ten
// thousand elements, then linear), `slice` of a string copies it (V8 points into it), `Object.keys` lists anew (V8 caches).
// Where it is slower, what V8 does: Maps and Sets are iterated over what has been deleted, too (tables.mjs).

import { bytesOf, extentOfData, flatExtent } from './extents.mjs'
import { boundChain } from './lengths.mjs'
import { looksFar } from './patterns.mjs'
import {
  advance,
  extentOf,
  iteratorsOwner,
  noteAdded,
  noteCleared,
  noteDeleted,
  noteIterator,
  ownerOf,
  sizeOf,
  watch,
} from './tables.mjs'
import { getterOf, uncurried } from './uncurried.mjs'

const { types } = process.getBuiltinModule('node:util')

const { apply, getPrototypeOf } = Reflect
const { isArray } = Array
const { log2, max, min, trunc } = Math
const { isAnyArrayBuffer, isTypedArray } = types
/** @type {any} */
const TypedArray = getPrototypeOf(Int8Array)

const arrayIndexOf = uncurried(Array.prototype.indexOf)
const typedIndexOf = uncurried(TypedArray.prototype.indexOf)
const textIndexOf = uncurried(String.prototype.indexOf)
const isGlobal = getterOf(RegExp.prototype, 'global')
const isSticky = getterOf(RegExp.prototype, 'sticky')
const patternOf = getterOf(RegExp.prototype, 'source')
const weakGet = uncurried(WeakMap.prototype.get)
const weakSet = uncurried(WeakMap.prototype.set)
const weakAdd = uncurried(WeakSet.prototype.add)
const weakHas = uncurried(WeakSet.prototype.has)

/** Array iterators give this many at no charge: destructuring takes its handful one by one. */
const FREE_ITEMS = 4
const BYTES = 8
const CHARACTERS = 8
/** Characters of an object that names nothing, with what stands before the next. */
const JSON_OBJECT = 3

export const TYPED_ARRAYS = [
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
]

/** Called over every item. */
const VISITS = ['forEach', 'map', 'filter', 'reduce', 'reduceRight']
/** Called until one says so. */
const SEARCHES = ['some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex']

/** @param {any} value */
const textOf = (value) => (typeof value === 'string' ? value.length : 0)

/** @param {any} index @param {number} length @param {number} otherwise as `slice` and its like read their arguments */
function placeOf(index, length, otherwise) {
  if (index === undefined) return otherwise
  const whole = typeof index === 'number' ? trunc(index) || 0 : 0
  return whole < 0 ? max(0, length + whole) : min(whole, length)
}

/** @param {number} length @param {any} from @param {any} to */
const rangeOf = (length, from, to) => max(0, placeOf(to, length, length) - placeOf(from, length, 0))

/** @param {number} n */
const sorting = (n) => n * max(1, log2(n))

/** One function by two names. @param {any} owner @param {PropertyKey} name @param {string} of @param {any} [from] */
const alias = (owner, name, of, from = owner) =>
  Object.defineProperty(owner, name, { ...Object.getOwnPropertyDescriptor(owner, name), value: from[of] })

/** @param {import('./meter.mjs').Meter} meters */
export function meterBuiltIns(meters) {
  const { meter, lengthOf } = meters
  meterArrays(meters)
  meterTypedArrays(meters)
  meterCollections(meters)
  meterIterators(meters)
  meterText(meters)
  meterObjects(meters)
  // Both last: what stands in for the others is known to them.
  meters.meterProxies()
  meters.meterFunctions()
  meter(Reflect, ['apply'], (_, args) => lengthOf(args[2]))
  meter(Reflect, ['construct'], (_, args) => lengthOf(args[1]))
}

/** @param {import('./meter.mjs').Meter} meters */
function meterArrays({ meter, meterCalls, meterConstructor, lengthOf, replace, charge, chargedLine, isIdle }) {
  /** @type {WeakSet<object>} */
  const nodesOwn = new WeakSet()
  const array = Array.prototype
  meter(array, ['push'], (_, args) => args.length - 1)
  meter(array, ['at', 'keys', 'entries'], () => 0)
  replace(
    array,
    'pop',
    (real) =>
      ({
        /** @this {any} */
        method() {
          const line = chargedLine(this)
          // Node's event loop pops a stack of its own between two turns, also while we wait for what was put off.
          if (isIdle()) weakAdd(nodesOwn, this)
          if (line !== 0 && !weakHas(nodesOwn, this)) charge(1, line)
          return apply(real, this, [])
        },
      }).method,
  )
  meter(array, ['shift', 'reverse', 'toReversed', 'with', 'toLocaleString'], lengthOf)
  meter(array, ['flat'], (self, args) => flatExtent(self, args[0]), lengthOf)
  meter(array, ['unshift'], (self, args) => lengthOf(self) + args.length)
  meter(array, ['concat', 'flatMap'], lengthOf, lengthOf)
  meter(array, ['slice'], (self, args) => rangeOf(lengthOf(self), args[0], args[1]))
  meter(array, ['fill'], (self, args) => rangeOf(lengthOf(self), args[1], args[2]))
  meter(array, ['copyWithin'], (self, args) => rangeOf(lengthOf(self), args[1], args[2]))
  meter(array, ['splice'], (self, args) => rangeOf(lengthOf(self), args[0], undefined) + args.length)
  meter(array, ['toSpliced'], lengthOf, lengthOf)
  meter(array, ['join'], lengthOf, (text) => textOf(text) / CHARACTERS)
  meter(array, VISITS, lengthOf)
  meterCalls(array, SEARCHES, () => 0)
  meterCalls(array, ['sort', 'toSorted'], (self, args) =>
    typeof args[0] === 'function' ? lengthOf(self) : sorting(lengthOf(self)),
  )
  meter(
    array,
    ['indexOf'],
    () => 0,
    (at, self, args) => walked(at, lengthOf(self), args[1]),
  )
  meter(
    array,
    ['lastIndexOf'],
    () => 0,
    (at, self) => (at < 0 ? lengthOf(self) : lengthOf(self) - at),
  )
  meter(
    array,
    ['includes'],
    () => 0,
    (found, self, args) =>
      walked(found && isArray(self) ? arrayIndexOf(self, args[0], args[1]) : -1, lengthOf(self), args[1]),
  )
  meter(Array, ['from', 'of'], () => 0, lengthOf)
  meter(Array, ['fromAsync'], (_, args) => lengthOf(args[0]))
  const items = (/** @type {any} */ _, /** @type {any} */ __, /** @type {any[]} */ args) =>
    args.length === 1 && typeof args[0] === 'number' ? args[0] : args.length
  meterConstructor(globalThis, 'Array', items)
}

/** @param {any} at hit, or -1 @param {number} length @param {any} from */
const walked = (at, length, from) => max(0, (at < 0 ? length : at + 1) - placeOf(from, length, 0))

/** @param {import('./meter.mjs').Meter} meters */
function meterTypedArrays({ meter, meterCalls, meterConstructor, lengthOf }) {
  const typed = TypedArray.prototype
  const width = (/** @type {any} */ self) =>
    isTypedArray(self) && lengthOf(self) > 0 ? bytesOf(self) / lengthOf(self) : 0
  /** of n elements, moved in one go */
  const moved = (/** @type {any} */ self, /** @type {number} */ count) => (count * width(self)) / BYTES
  meter(typed, ['at', 'keys', 'entries', 'subarray'], () => 0)
  meter(typed, ['toLocaleString'], lengthOf)
  meter(typed, ['reverse', 'toReversed', 'with'], lengthOf)
  meter(typed, ['set'], (self, args) => moved(self, lengthOf(args[0])))
  meter(typed, ['slice'], (self, args) => moved(self, rangeOf(lengthOf(self), args[0], args[1])))
  meter(typed, ['fill', 'copyWithin'], (self, args) => moved(self, rangeOf(lengthOf(self), args[1], args[2])))
  meter(typed, ['join'], lengthOf, (text) => textOf(text) / CHARACTERS)
  meter(typed, VISITS, lengthOf)
  meterCalls(typed, SEARCHES, () => 0)
  meterCalls(typed, ['sort', 'toSorted'], (self, args) =>
    typeof args[0] === 'function' ? lengthOf(self) : sorting(lengthOf(self)),
  )
  meter(
    typed,
    ['indexOf'],
    () => 0,
    (at, self, args) => walked(at, lengthOf(self), args[1]),
  )
  meter(
    typed,
    ['lastIndexOf'],
    () => 0,
    (at, self) => (at < 0 ? lengthOf(self) : lengthOf(self) - at),
  )
  meter(
    typed,
    ['includes'],
    () => 0,
    (found, self, args) => walked(found ? typedIndexOf(self, args[0], args[1]) : -1, lengthOf(self), args[1]),
  )
  meter(TypedArray, ['from', 'of'], () => 0, lengthOf)
  const bytes = (/** @type {any} */ value) => bytesOf(value) / BYTES
  meter(ArrayBuffer.prototype, ['slice', 'transfer', 'transferToFixedLength'], () => 0, bytes)
  meter(ArrayBuffer.prototype, ['resize'], bytes)
  const text = (/** @type {any} */ value, /** @type {any[]} */ args) => (bytesOf(value) + textOf(args[0])) / BYTES
  meter(Uint8Array.prototype, ['toBase64', 'toHex', 'setFromBase64', 'setFromHex'], text)
  meter(Uint8Array, ['fromBase64', 'fromHex'], (_, args) => textOf(args[0]) / BYTES)
  meter(SharedArrayBuffer.prototype, ['slice'], () => 0, bytes)
  meter(SharedArrayBuffer.prototype, ['grow'], bytes)
  for (const name of ['ArrayBuffer', 'SharedArrayBuffer']) meterConstructor(globalThis, name, bytes)
  for (const name of TYPED_ARRAYS)
    meterConstructor(globalThis, name, (made, _, args) =>
      isAnyArrayBuffer(args[0]) ? 0 : bytes(made) + lengthOf(args[0]),
    )
}

/** @param {import('./meter.mjs').Meter} meters */
function meterCollections({ meter, replace, charge, chargedLine, read }) {
  const { prototype: map } = Map
  const { prototype: set } = Set
  /**
   * Every call is seen, ours too: what is known of a table has to stay right.
   * @param {any} owner @param {readonly string[]} keys @param {(self: any, args: any[], result: any) => void} note
   */
  const follow = (owner, keys, note) => {
    for (const key of keys)
      replace(
        owner,
        key,
        (real) =>
          ({
            /** @this {any} @param {any[]} args */
            method(...args) {
              const line = chargedLine(this)
              if (line !== 0) {
                charge(1, line)
                read(args[0], line)
                watch(this, line)
              }
              const result = apply(real, this, args)
              note(this, args, result)
              return result
            },
          }).method,
      )
  }
  const has = uncurried(map.has)
  follow(map, ['set', 'getOrInsert'], (self, args) => noteAdded(self, args[0]))
  follow(map, ['getOrInsertComputed'], (self, args) => has(self, args[0]) && noteAdded(self, args[0]))
  follow(set, ['add'], (self, args) => noteAdded(self, args[0]))
  for (const owner of [map, set]) {
    follow(owner, ['delete'], (self, args, wasThere) => wasThere && noteDeleted(self, args[0]))
    follow(owner, ['clear'], noteCleared)
    follow(owner, ['has'], () => {})
    meter(owner, ['forEach'], (self) => extentOf(self, chargedLine(self)))
  }
  follow(map, ['get'], () => {})
  meter(set, ['union', 'symmetricDifference'], (self, args) => sizeOf(self) + sizeOf(args[0]))
  meter(set, ['difference', 'isSubsetOf'], sizeOf)
  meter(set, ['intersection', 'isDisjointFrom'], (self, args) => min(sizeOf(self), sizeOf(args[0])))
  meter(set, ['isSupersetOf'], (_, args) => sizeOf(args[0]))
  meter(Map, ['groupBy'], () => 0)
}

/** @param {import('./meter.mjs').Meter} meters */
function meterIterators({ replace, charge, chargedLine }) {
  for (const { owner, makers } of [
    { owner: Map.prototype, makers: ['entries', 'keys', 'values'] },
    { owner: Set.prototype, makers: ['entries', 'values'] },
  ])
    for (const key of makers)
      replace(
        owner,
        key,
        (real) =>
          ({
            /** @this {any} */
            method() {
              const iterator = apply(real, this, [])
              const line = chargedLine(this)
              if (line !== 0 || ownerOf(this) !== 0) noteIterator(this, iterator, line)
              return iterator
            },
          }).method,
      )
  alias(Map.prototype, Symbol.iterator, 'entries')
  alias(Set.prototype, 'keys', 'values')
  alias(Set.prototype, Symbol.iterator, 'values')

  for (const iterator of [new Map().keys(), new Set().keys()])
    replace(
      getPrototypeOf(iterator),
      'next',
      (real) =>
        ({
          /** @this {any} */
          next() {
            // It goes on walking, whoever asks.
            const steps = advance(this)
            const line = iteratorsOwner(this) || chargedLine(this)
            if (line !== 0) charge(steps, line)
            return apply(real, this, [])
          },
        }).next,
    )

  /** @type {WeakMap<object, number>} items that an array's iterator has given */
  const given = new WeakMap()
  replace(
    getPrototypeOf([].values()),
    'next',
    (real) =>
      ({
        /** @this {any} */
        next() {
          const line = chargedLine(this)
          if (line === 0) return apply(real, this, [])
          const result = apply(real, this, [])
          const count = (weakGet(given, this) ?? 0) + 1
          if (count > FREE_ITEMS) charge(1, line)
          else weakSet(given, this, count)
          return result
        },
      }).next,
  )
  for (const iterator of [''[Symbol.iterator](), ''.matchAll(/x/g)])
    replace(
      getPrototypeOf(iterator),
      'next',
      (real) =>
        ({
          /** @this {any} */
          next() {
            const line = chargedLine(this)
            if (line !== 0) charge(1, line)
            return apply(real, this, [])
          },
        }).next,
    )
}

/** @param {import('./meter.mjs').Meter} meters */
function meterText({ meter, replace, charge, chargedLine, meterConstructor, lengthOf, limbs, read }) {
  const text = String.prototype
  const half = (/** @type {any} */ value) => textOf(value) / CHARACTERS
  /** a string that is read in part: of one that has been joined, all is laid out first */
  const laidOut = (/** @type {any} */ self) => {
    read(self, chargedLine(self))
    return 0
  }
  meter(text, ['charAt', 'charCodeAt', 'codePointAt', 'at'], laidOut)
  meter(text, ['startsWith', 'endsWith'], (self, args) => laidOut(self) + half(args[0]))
  meter(text, ['slice', 'substring', 'substr', 'repeat', 'padStart', 'padEnd', 'concat'], laidOut, half)
  meter(text, ['indexOf', 'includes'], laidOut, (found, self, args) => {
    const at =
      typeof found === 'number'
        ? found
        : found && typeof self === 'string'
          ? textIndexOf(self, `${args[0]}`, Number(args[1]) || 0)
          : -1
    return walked(at, textOf(self), args[1]) / CHARACTERS
  })
  meter(text, ['lastIndexOf'], laidOut, (at, self) => (textOf(self) - max(0, at)) / CHARACTERS)
  meter(text, ['localeCompare'], (self, args) => laidOut(self) + laidOut(args[0]) + min(half(self), half(args[0])))
  const whole = [
    'trim',
    'trimStart',
    'trimEnd',
    'normalize',
    'toLowerCase',
    'toUpperCase',
    'isWellFormed',
    'toWellFormed',
  ]
  meter(text, [...whole, 'toLocaleLowerCase', 'toLocaleUpperCase'], (self) => laidOut(self) + half(self))
  meter(text, ['split'], (self) => laidOut(self) + half(self), lengthOf)
  meter(text, ['replace', 'replaceAll'], (self) => laidOut(self) + half(self), half)
  // What a regular expression goes over is charged where it is executed.
  meter(text, ['match', 'matchAll', 'search'], laidOut)
  alias(text, 'trimLeft', 'trimStart')
  alias(text, 'trimRight', 'trimEnd')
  const html = [
    'anchor',
    'big',
    'blink',
    'bold',
    'fixed',
    'fontcolor',
    'fontsize',
    'italics',
    'link',
    'small',
    'strike',
  ]
  meter(text, [...html, 'sub', 'sup'], laidOut, half)
  meter(String, ['fromCharCode', 'fromCodePoint'], () => 0, half)
  const rawOf = (/** @type {any} */ strings) =>
    typeof strings === 'object' && strings !== null && !types.isProxy(strings)
      ? lengthOf(Reflect.getOwnPropertyDescriptor(strings, 'raw')?.value)
      : 0
  meter(String, ['raw'], (_, args) => rawOf(args[0]) + args.length, half)
  meter(globalThis, ['parseInt', 'parseFloat', 'isNaN', 'isFinite'], (_, args) => half(args[0]))
  alias(Number, 'parseInt', 'parseInt', globalThis)
  alias(Number, 'parseFloat', 'parseFloat', globalThis)
  meterConstructor(globalThis, 'Number', (_, __, args) => half(args[0]) + limbs(args[0]))
  meterConstructor(globalThis, 'String', half)
  meter(Symbol, ['for'], (_, args) => half(args[0]))
  meter(RegExp, ['escape'], (_, args) => half(args[0]))
  meter(
    globalThis,
    ['escape', 'unescape', 'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent'],
    (_, args) => half(args[0]),
  )

  replace(
    RegExp.prototype,
    'exec',
    (real) =>
      ({
        /** @this {any} @param {any[]} args */
        exec(...args) {
          const line = chargedLine(this)
          if (line === 0) return apply(real, this, args)
          const from = types.isRegExp(this) && typeof this.lastIndex === 'number' ? this.lastIndex : 0
          const result = apply(real, this, args)
          const start = isGlobal(this) || isSticky(this) ? from : 0
          if (types.isRegExp(this) && looksFar(patternOf(this))) charge(1 + textOf(args[0]), line)
          else if (result !== null) charge(1 + max(0, result.index + textOf(result[0]) - start), line)
          else charge(1 + (isSticky(this) ? 0 : max(0, textOf(args[0]) - start)), line)
          return result
        },
      }).exec,
  )

  meter(JSON, ['parse'], (_, args) => half(args[0]))
  // A replacer hears of every value, whatever comes of it. (A list of names is looked through for each object.)
  meter(
    JSON,
    ['stringify'],
    (_, args) => {
      const theirs = args[1]
      if (isArray(theirs)) return lengthOf(theirs)
      const line = chargedLine(JSON)
      args[1] = /** @this {unknown} @param {string} key @param {unknown} value */ function (key, value) {
        charge(1, line)
        return typeof theirs === 'function' ? apply(theirs, this, [key, value]) : value
      }
      return 0
    },
    (text, _, args) => half(text) * (1 + (isArray(args[1]) ? lengthOf(args[1]) : 0) / JSON_OBJECT),
  )
  meter(globalThis, ['structuredClone'], () => 0, extentOfData)
  meter(TextEncoder.prototype, ['encode', 'encodeInto'], (_, args) => half(args[0]))
  meter(TextDecoder.prototype, ['decode'], (_, args) => bytesOf(args[0]) / BYTES)

  meter(BigInt.prototype, ['toString', 'toLocaleString'], (self) => limbs(self) ** 2)
  meter(BigInt, ['asIntN', 'asUintN'], () => 0, limbs)
  meterConstructor(
    globalThis,
    'BigInt',
    () => 0,
    (_, __, args) => half(args[0]),
  )
}

/** @param {import('./meter.mjs').Meter} meters */
function meterObjects({ meter, keysOf, limbs }) {
  const first = (/** @type {any} */ _, /** @type {any[]} */ args) => keysOf(args[0])
  const lists = [
    'keys',
    'values',
    'entries',
    'getOwnPropertyNames',
    'getOwnPropertySymbols',
    'getOwnPropertyDescriptors',
  ]
  meter(Object, [...lists, 'freeze', 'seal', 'preventExtensions', 'isFrozen', 'isSealed'], first)
  meter(Object, ['defineProperties'], (_, args) => keysOf(args[1]))
  meter(Object, ['create'], (_, args) => {
    boundChain(args[0])
    return keysOf(args[1])
  })
  meter(Object, ['is'], (_, [a, b]) =>
    typeof a === 'string' && typeof b === 'string' && a.length === b.length ? a.length / CHARACTERS : limbs(a),
  )
  for (const owner of [Object, Reflect])
    meter(owner, ['setPrototypeOf'], (_, args) => {
      boundChain(args[1])
      return 0
    })
  meter(Object, ['assign'], (_, args) => {
    let count = 0
    for (let i = 1; i < args.length; i++) count += keysOf(args[i])
    return count
  })
  meter(Object, ['fromEntries', 'groupBy'], () => 0, keysOf)
  meter(Reflect, ['ownKeys'], first)
}
