// Closes the realm that a submission will live in: only the language is left. Time, chance, the process, files, network
// and timers are gone, and no built-in can be changed, so that neither a patched built-in nor a shared global can carry
// an answer from one place to another. Runs once, before any code of a submission, and after everything of ours is loaded.

/** What stays: the language, and the few web classes that are pure (cancellation, text, cloning). */
const KEPT = new Set([
  ...['globalThis', 'undefined', 'NaN', 'Infinity', 'Object', 'Function', 'Array', 'Number', 'Boolean', 'String'],
  ...['Symbol', 'BigInt', 'Date', 'Promise', 'RegExp', 'Error', 'AggregateError', 'EvalError', 'RangeError'],
  ...['ReferenceError', 'SuppressedError', 'SyntaxError', 'TypeError', 'URIError', 'JSON', 'Math', 'Reflect'],
  ...['Proxy', 'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array'],
  ...['Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array'],
  ...['Float64Array', 'BigInt64Array', 'BigUint64Array', 'Iterator', 'DisposableStack', 'AsyncDisposableStack'],
  ...['parseFloat', 'parseInt', 'isNaN', 'isFinite', 'decodeURI', 'decodeURIComponent', 'encodeURI'],
  ...['encodeURIComponent', 'escape', 'unescape', 'structuredClone', 'queueMicrotask', 'console'],
  ...['TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal', 'Event', 'EventTarget', 'DOMException'],
  ...['Temporal'],
])

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate']

/** Prototypes on which programs assign own properties of the same name (`this.name = …` in an Error subclass). */
const OVERRIDABLE = [
  Object.prototype,
  Function.prototype,
  ...[Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    (e) => e.prototype,
  ),
]

/**
 * @param {{ log(...args: unknown[]): void }} printer bounded replacement of the console
 */
export function closeRealm(printer) {
  const outer = /** @type {Record<PropertyKey, unknown>} */ (/** @type {unknown} */ (globalThis))
  for (const key of Reflect.ownKeys(outer)) if (typeof key !== 'string' || !KEPT.has(key)) delete outer[key]

  const missing = (/** @type {string} */ what, /** @type {string} */ instead) => () => {
    throw new Error(`${what} is not available in a kata: ${instead}`)
  }
  for (const name of TIMERS) outer[name] = missing(`${name}()`, 'time comes from the clock that you are given')
  Math.random = /** @type {() => number} */ (
    missing('Math.random()', 'chance comes from the generator that you are given, so that every run can be replayed')
  )
  outer['Date'] = timelessDate(
    /** @type {() => never} */ (missing('The time of day', 'read the clock that you are given')),
  )
  // A real timer, and a real clock, behind static members. (Intl is not kept for the same reason.)
  delete (/** @type {{ timeout?: unknown }} */ (AbortSignal).timeout)
  delete (/** @type {{ Now?: unknown }} */ (outer['Temporal'] ?? {}).Now)
  outer['console'] = Object.fromEntries(
    ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'].map((name) => [
      name,
      (/** @type {unknown[]} */ ...args) => printer.log(...args),
    ]),
  )
  for (const prototype of OVERRIDABLE) allowOverride(prototype)
  freezeAll(outer)
}

/** @param {() => never} noTime a Date that converts given times, and throws where it would read the time of day */
function timelessDate(noTime) {
  const Real = Date
  const Timeless = new Proxy(Real, {
    apply: () => noTime(),
    construct: (_, args, target) => (args.length === 0 ? noTime() : Reflect.construct(Real, args, target)),
  })
  Real.now = noTime
  Real.prototype.constructor = Timeless
  return Timeless
}

/**
 * A frozen prototype would make `this.name = 'x'` throw (the "override mistake"): turn its data properties into
 * accessors whose setter defines an own property on the receiver, as an unfrozen prototype would have done.
 * @param {object} prototype
 */
function allowOverride(prototype) {
  for (const key of Reflect.ownKeys(prototype)) {
    const descriptor = /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(prototype, key))
    if (!('value' in descriptor) || !descriptor.configurable || !descriptor.writable) continue
    const value = descriptor.value
    Reflect.defineProperty(prototype, key, {
      get: () => value,
      set(given) {
        if (this === prototype) throw new TypeError(`Cannot change the built-in ${String(key)}`)
        Reflect.defineProperty(Object(this), key, {
          value: given,
          writable: true,
          enumerable: true,
          configurable: true,
        })
      },
      enumerable: descriptor.enumerable ?? false,
      configurable: false,
    })
  }
}

/** @param {object} root freezes everything that can be reached from it, getters' functions too */
function freezeAll(root) {
  const seen = new Set()
  const queue = [root, ...hiddenIntrinsics()]
  for (const object of queue) {
    if (seen.has(object)) continue
    seen.add(object)
    const prototype = Reflect.getPrototypeOf(object)
    if (prototype !== null) queue.push(prototype)
    for (const key of Reflect.ownKeys(object)) {
      const descriptor = /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(object, key))
      for (const part of [descriptor.value, descriptor.get, descriptor.set])
        if ((typeof part === 'object' && part !== null) || typeof part === 'function') queue.push(part)
    }
    Object.freeze(object)
  }
}

/** Intrinsics that only syntax reaches. */
function hiddenIntrinsics() {
  const generator = function* () {}
  const asyncGenerator = async function* () {}
  return [
    generator,
    asyncGenerator,
    async () => {},
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
    generator(),
    asyncGenerator(),
    [].values().map((x) => x),
    Iterator.from({ next: () => ({ done: true, value: undefined }) }),
  ].map((object) => /** @type {object} */ (Reflect.getPrototypeOf(object)))
}
