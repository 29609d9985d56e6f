// The ledger of a submission's steps, and how a built-in is replaced by one that does the same and is charged for.
// The submission's code says which line it is on (count-steps.ts); our own code, which runs on the same built-ins, takes
// that mark away (step-aside.ts). Where no line is marked, nothing is charged.
//
// What a step is: one function entry, one loop pass, one call of a metered built-in; beyond that one for each item that a
// built-in touches (elements, entries, keys, calls of a callback), for each 8 bytes of memory moved in one go (typed
// arrays, buffers), for each 8 characters of a string, for each character that a regular expression goes over, and for
// each 64-bit limb of a BigInt (limbs × limbs for products).
//
// Policy for what is not seen: backtracking within a regular expression counts as one walk over the text, however often the
// matcher turns back (only one that never ends is ended, by the processor's clock: `timed-out`, with the budget named);
// and `s[i]` on a string that has just been joined lays it out at no charge.

import { boundChain, openLengths } from './lengths.mjs'
import { iteratorsOwner, ownerOf } from './tables.mjs'
import { uncurried } from './uncurried.mjs'

const { types } = process.getBuiltinModule('node:util')

const LAST_LINE = 65_535
/** V8 joins shorter strings by copying, longer ones by pointing at both parts; who reads the result pays for it once. */
const MIN_ROPE = 13

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect
const { floor, max, min } = Math
const { isProxy } = types
const { asIntN, asUintN } = BigInt
const RealProxy = Proxy
/** @type {any} */
const TypedArray = getPrototypeOf(Int8Array)

const weakGet = uncurried(WeakMap.prototype.get)
const weakHas = uncurried(WeakMap.prototype.has)
const weakSet = uncurried(WeakMap.prototype.set)
const setAdd = uncurried(Set.prototype.add)
const setHas = uncurried(Set.prototype.has)
const setDelete = uncurried(Set.prototype.delete)
const setClear = uncurried(Set.prototype.clear)
const fillNumbers = uncurried(TypedArray.prototype.fill)
const bigintToText = uncurried(BigInt.prototype.toString)

/**
 * @typedef {(self: any, args: any[]) => number} Before what is known to be touched before it is called
 * @typedef {(result: any, self: any, args: any[]) => number} After what only its result tells
 * @typedef {ReturnType<typeof openMeter>} Meter
 */

/** @param {(line: number) => void} burn fuel for one step */
export function openMeter(burn) {
  /** line to be charged; 0 while code of ours runs */
  let at = 0
  let lastLine = 1
  let isIdle = false
  let total = 0
  const counts = new Float64Array(LAST_LINE + 1)
  /** of the lines that have been charged */
  let highestLine = 0
  /** @type {Set<number>} lengths of strings that have been joined and not been read since */
  const ropes = new Set()
  let ropeCount = 0
  /** @type {WeakMap<Function, string>} what stands in for a built-in, with the text that it shows */
  const stands = new WeakMap()
  const { targets, settled, lengthOf, keysOf, layered } = openLengths()

  /** @param {number} steps @param {number} line */
  function charge(steps, line) {
    const whole = floor(steps)
    total += whole
    if (line > highestLine) highestLine = line
    counts[line] = /** @type {number} */ (counts[line]) + whole
    for (let i = 0; i < whole; i++) burn(line)
  }

  /** @param {any} value @param {number} line walks a string that has been joined, the first time that it is read */
  function read(value, line) {
    if (ropeCount === 0 || typeof value !== 'string' || value.length < MIN_ROPE) return
    if (!setDelete(ropes, value.length)) return
    ropeCount--
    charge(value.length / 8, line)
  }

  // ---- whose work it is -------------------------------------------------------------------------------------------

  /** @type {Set<unknown>} prototypes of what is nobody's own class */
  const plain = new Set()
  for (const { prototype } of [
    Object,
    Array,
    Map,
    Set,
    WeakMap,
    WeakSet,
    String,
    Function,
    Promise,
    RegExp,
    ArrayBuffer,
  ])
    plain.add(prototype)
  for (const heir of ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64'])
    plain.add(/** @type {any} */ (globalThis)[`${heir}Array`].prototype)
  for (const heir of ['Float16', 'Float32', 'Float64'])
    plain.add(/** @type {any} */ (globalThis)[`${heir}Array`].prototype)
  for (const object of [[].values(), new Map().keys(), new Set().keys(), ''[Symbol.iterator](), ''.matchAll(/x/g)])
    plain.add(getPrototypeOf(object))
  for (const { prototype } of [TextEncoder, TextDecoder]) plain.add(prototype)

  /**
   * Our own code calls built-ins too; but where it calls one on an object of a class of the submission's (a Map's heir),
   * or on a Map or an iterator that was made there, the work is the submission's.
   * @param {unknown} self what a built-in is called on @returns {number} line to be charged, or 0
   */
  function chargedLine(self) {
    if (at !== 0) return at
    if (typeof self !== 'object' || self === null) return 0
    const line = ownerOf(self) || iteratorsOwner(self)
    if (line !== 0 || isProxy(self)) return line
    const prototype = getPrototypeOf(self)
    return prototype === null || setHas(plain, prototype) ? 0 : lastLine
  }

  // ---- replacing --------------------------------------------------------------------------------------------------

  /** @param {Function} stand @param {Function} real */
  function disguise(stand, real) {
    defineProperty(stand, 'name', { value: real.name, configurable: true })
    defineProperty(stand, 'length', { value: real.length, configurable: true })
    weakSet(stands, stand, weakGet(stands, real) ?? `function ${real.name}() { [native code] }`)
  }

  /** @param {any} owner @param {PropertyKey} key @param {(real: Function) => Function} make */
  function replace(owner, key, make) {
    const descriptor = getOwnPropertyDescriptor(owner, key)
    const real = descriptor?.value
    if (typeof real !== 'function') throw new Error(`There is no built-in ${String(key)} to be metered.`)
    const stand = make(real)
    disguise(stand, real)
    defineProperty(owner, key, { ...descriptor, value: stand })
  }

  /** @param {any} owner @param {readonly PropertyKey[]} keys @param {Before} before @param {After} [after] */
  function meter(owner, keys, before, after) {
    // A method, which is no constructor either.
    const standFor = (/** @type {Function} */ real) =>
      ({
        /** @this {unknown} @param {any[]} args */
        method(...args) {
          const line = chargedLine(this)
          if (line === 0) return apply(real, this, args)
          const self = owner === Array.prototype ? settled(this) : this
          charge(1 + before(self, args), line)
          const was = at
          const result = apply(real, self, args)
          at = was
          if (after !== undefined) charge(after(result, self, args), line)
          // As `reverse` and its like give back what they are called on.
          return result === self ? this : result
        },
      }).method
    for (const key of keys) replace(owner, key, standFor)
  }

  /**
   * As `meter`, for what may stop early: the calls of its first argument are counted, too.
   * @param {any} owner @param {readonly PropertyKey[]} keys @param {Before} before
   */
  function meterCalls(owner, keys, before) {
    const standFor = (/** @type {Function} */ real) =>
      ({
        /** @this {unknown} @param {any[]} args */
        method(...args) {
          const line = chargedLine(this)
          if (line === 0) return apply(real, this, args)
          charge(1 + before(this, args), line)
          const was = at
          const callback = args[0]
          if (typeof callback === 'function')
            args[0] = /** @this {unknown} @param {any[]} given */ function (...given) {
              charge(1, line)
              return apply(callback, this, given)
            }
          const result = apply(real, this, args)
          at = was
          return result
        },
      }).method
    for (const key of keys) replace(owner, key, standFor)
  }

  /**
   * @param {any} owner where it is a property @param {string} name @param {After} after charged for a new one
   * @param {After} [afterCall] and for a call without `new`
   */
  function meterConstructor(owner, name, after, afterCall = after) {
    const real = owner[name]
    /** @type {Function} */
    const stand = new RealProxy(real, {
      construct(_, args, target) {
        const was = at
        /** @type {object} */
        const result = construct(real, args, target === stand ? real : target)
        at = was
        if (was !== 0) charge(1 + after(result, undefined, args), was)
        return result
      },
      apply(_, self, args) {
        const was = at
        const result = apply(real, self, args)
        at = was
        if (was !== 0) charge(1 + afterCall(result, self, args), was)
        return result
      },
    })
    weakSet(stands, stand, `function ${name}() { [native code] }`)
    if (real.prototype !== undefined)
      defineProperty(real.prototype, 'constructor', {
        ...getOwnPropertyDescriptor(real.prototype, 'constructor'),
        value: stand,
      })
    defineProperty(owner, name, { ...getOwnPropertyDescriptor(owner, name), value: stand })
  }

  /** A built-in that is bound goes on being charged to whoever has bound it, wherever it is called from. */
  function meterFunctions() {
    meter(Function.prototype, ['call'], () => 0)
    meter(Function.prototype, ['apply'], (_, args) => lengthOf(args[1]))
    replace(
      Function.prototype,
      'bind',
      (real) =>
        ({
          /** @this {any} @param {any[]} args */
          bind(...args) {
            const line = at
            if (line === 0 || !weakHas(stands, this)) return layered(apply(real, this, args), this)
            charge(args.length, line)
            const stand = this
            const { forward } = {
              /** @this {any} @param {any[]} given */
              forward(...given) {
                const was = at
                at = line
                try {
                  return apply(stand, this, given)
                } finally {
                  at = was
                }
              },
            }
            // A constructor stays one.
            if (stand.prototype !== undefined) return layered(apply(real, stand, args), stand)
            disguise(forward, stand)
            return layered(apply(real, forward, args), stand)
          },
        }).bind,
    )
    replace(
      Function.prototype,
      'toString',
      (real) =>
        ({
          /** @this {any} */
          toString() {
            return weakGet(stands, this) ?? apply(real, this, [])
          },
        }).toString,
    )
  }

  function meterProxies() {
    const Real = RealProxy
    const revocable = Real.revocable
    const stand = new Real(Real, {
      construct(_, args, target) {
        const proxy = construct(Real, args, target)
        weakSet(targets, proxy, args[0])
        return layered(proxy, args[0])
      },
    })
    weakSet(stands, stand, 'function Proxy() { [native code] }')
    replace(
      Real,
      'revocable',
      () =>
        ({
          /** @param {any[]} args */
          revocable(...args) {
            const made = apply(revocable, Real, args)
            weakSet(targets, made.proxy, args[0])
            layered(made.proxy, args[0])
            return made
          },
        }).revocable,
    )
    globalThis.Proxy = stand
  }

  // ---- what instrumented code calls -------------------------------------------------------------------------------

  /** @param {bigint} value */
  function limbsOf(value) {
    if (asIntN(64, value) === value || asUintN(64, value) === value) return 1
    return floor(bigintToText(value, 16).length / 16) + 1
  }
  /** @param {any} value */
  const limbs = (value) => (typeof value === 'bigint' ? limbsOf(value) : 0)

  /** @param {any} value @returns {number} of a text that is read as a number */
  const letters = (value) => (typeof value === 'string' ? value.length : 0)
  /** @param {(value: any) => any} operator */
  const unary = (operator) => (/** @type {number} */ line, /** @type {any} */ value) => {
    if (typeof value === 'string') charge(value.length / 8, line)
    const result = operator(value)
    if (typeof result === 'bigint') charge(limbsOf(result) - 1, line)
    return result
  }

  /** @param {number} line @param {any} value an operator's result */
  function made(line, value) {
    if (typeof value === 'string') {
      if (value.length >= MIN_ROPE && !setHas(ropes, value.length)) {
        setAdd(ropes, value.length)
        ropeCount++
      }
    } else if (typeof value === 'bigint') charge(limbsOf(value), line)
    return value
  }

  /** @param {(a: any, b: any) => any} operator whose work grows with the longer operand and the result */
  const linear = (operator) => (/** @type {number} */ line, /** @type {any} */ a, /** @type {any} */ b) => {
    const result = operator(a, b)
    if (typeof result === 'bigint') charge(max(limbs(a), limbs(b), limbsOf(result)), line)
    else if (typeof a === 'string' || typeof b === 'string') charge((letters(a) + letters(b)) / 8, line)
    return result
  }
  /** @param {(a: any, b: any) => any} operator */
  const product = (operator) => (/** @type {number} */ line, /** @type {any} */ a, /** @type {any} */ b) => {
    const result = operator(a, b)
    if (typeof result === 'bigint') charge(max(limbs(a), 1) * max(limbs(b), 1), line)
    else if (typeof a === 'string' || typeof b === 'string') charge((letters(a) + letters(b)) / 8, line)
    return result
  }
  /** @param {(a: any, b: any) => boolean} operator @param {boolean} isEquality strings of two lengths differ at once */
  const comparison =
    (operator, isEquality) => (/** @type {number} */ line, /** @type {any} */ a, /** @type {any} */ b) => {
      if (typeof a === 'string' && typeof b === 'string') {
        if (!isEquality || a.length === b.length) {
          read(a, line)
          read(b, line)
          charge(min(a.length, b.length) / 8, line)
        }
      } else if (typeof a === 'bigint') charge(min(limbsOf(a), limbs(b)) - 1, line)
      return operator(a, b)
    }

  /** @param {number} line @param {any} source */
  function reads(line, source) {
    charge(keysOf(source), line)
    return source
  }

  /** @template T @param {T} [value] @returns {T | undefined} */
  function free(value) {
    if (at !== 0) lastLine = at
    at = 0
    return value
  }

  const engine = {
    /** @param {number} line of a function that is entered, or a loop that goes round */
    step(line) {
      at = line
      charge(1, line)
    },
    /** @param {number} line of what comes next @param {unknown} value that comes in between */
    at(line, value) {
      at = line
      return value
    },
    free,
    enter() {
      const was = at
      free()
      return was
    },
    /** @param {number} was @param {unknown} value */
    leave(was, value) {
      free()
      at = was
      return value
    },
    reads,
    copied: reads,
    made,
    /** @param {number} line @param {any} value that is compared with each case: with those of its length, to the end */
    switched(line, value) {
      read(value, line)
      if (typeof value === 'string') charge(value.length / 8, line)
      else if (typeof value === 'bigint') charge(limbsOf(value) - 1, line)
      return value
    },
    /** @param {number} line @param {any} a @param {any} b */
    add(line, a, b) {
      const result = a + b
      // A BigInt becomes text.
      if (typeof result === 'string') charge(max(limbs(a), limbs(b)) ** 2, line)
      return made(line, result)
    },
    /** @param {number} line @param {any} value that names a property */
    key(line, value) {
      if (typeof value === 'string') read(value, line)
      return value
    },
    plus: unary((value) => +value),
    minus: unary((value) => -value),
    invert: unary((value) => ~value),
    /** @param {number} line @param {any} value that becomes a part of a template */
    part(line, value) {
      if (typeof value === 'bigint') charge(limbsOf(value) ** 2, line)
      return value
    },
    /** @param {number} _ @param {any} base of a class, or of an object that is written down @throws {RangeError} */
    heir(_, base) {
      boundChain(base)
      return base
    },
    subtract: linear((a, b) => a - b),
    multiply: product((a, b) => a * b),
    divide: product((a, b) => a / b),
    remainder: product((a, b) => a % b),
    /** @param {number} line @param {any} a @param {any} b */
    power(line, a, b) {
      const result = a ** b
      if (typeof result === 'bigint') charge(limbsOf(result) ** 2, line)
      return result
    },
    and: linear((a, b) => a & b),
    or: linear((a, b) => a | b),
    xor: linear((a, b) => a ^ b),
    shiftLeft: linear((a, b) => a << b),
    shiftRight: linear((a, b) => a >> b),
    // biome-ignore lint/suspicious/noDoubleEquals: it stands in for the submission's
    looselyEqual: comparison((a, b) => a == b, true),
    // biome-ignore lint/suspicious/noDoubleEquals: it stands in for the submission's
    looselyUnequal: comparison((a, b) => a != b, true),
    equal: comparison((a, b) => a === b, true),
    unequal: comparison((a, b) => a !== b, true),
    less: comparison((a, b) => a < b, false),
    greater: comparison((a, b) => a > b, false),
    atMost: comparison((a, b) => a <= b, false),
    atLeast: comparison((a, b) => a >= b, false),
  }

  return {
    engine,
    charge,
    chargedLine,
    replace,
    meter,
    meterCalls,
    meterConstructor,
    meterFunctions,
    meterProxies,
    lengthOf,
    keysOf,
    limbs,
    read,
    isIdle: () => isIdle,
    /** @param {boolean} idle nothing but Node itself is at work: what it touches is not charged later either */
    idle(idle) {
      isIdle = idle
    },
    /** Work that was put off is the submission's, too, whoever lets it run. */
    resume() {
      at = lastLine
    },
    free,
    total: () => total,
    /** steps by line, until they are cleared */
    lines: () => counts,
    /** no line beyond has steps */
    highestLine: () => highestLine,
    clear() {
      fillNumbers(counts, 0)
      setClear(ropes)
      ropeCount = 0
    },
  }
}
