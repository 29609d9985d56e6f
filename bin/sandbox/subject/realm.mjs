// Closes the realm that a submission will live in: only the language is left. Time, chance, the process, files, network
// and timers are gone, and no built-in can be changed, so that neither a patched built-in nor a shared global can carry
// an answer from one place to another. Runs once, before any code of a submission, and after everything of ours is loaded.

import { AbortController, AbortSignal } from './abort.mjs'

/** What stays: the language, and the few web classes that can be made pure (cancellation, text, cloning). */
const KEPT = new Set([
  ...['globalThis', 'undefined', 'NaN', 'Infinity', 'Object', 'Function', 'Array', 'Number', 'Boolean', 'String'],
  ...['Symbol', 'BigInt', 'Date', 'Promise', 'RegExp', 'Error', 'AggregateError', 'EvalError', 'RangeError'],
  ...['ReferenceError', 'SuppressedError', 'SyntaxError', 'TypeError', 'URIError', 'JSON', 'Math', 'Reflect'],
  ...['Proxy', 'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array'],
  ...['Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array'],
  ...['Float64Array', 'BigInt64Array', 'BigUint64Array', 'Iterator', 'DisposableStack', 'AsyncDisposableStack'],
  ...['parseFloat', 'parseInt', 'isNaN', 'isFinite', 'decodeURI', 'decodeURIComponent', 'encodeURI'],
  ...['encodeURIComponent', 'escape', 'unescape', 'structuredClone', 'queueMicrotask', 'console'],
  ...['TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal', 'DOMException'],
  ...['Temporal'],
])

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate']

/** Prototypes on which programs assign own properties of the same name (`this.name = …` in an Error subclass). */
const OVERRIDABLE = [
  Object.prototype,
  Function.prototype,
  ...[
    Error,
    AggregateError,
    EvalError,
    RangeError,
    ReferenceError,
    SuppressedError,
    SyntaxError,
    TypeError,
    URIError,
  ].map((e) => e.prototype),
]

/** Every locale speaks as this one, whatever the machine's own is: sorted names must come out alike everywhere. */
const LOCALE = 'en-US'

/**
 * @param {{ log(...args: unknown[]): void }} printer bounded replacement of the console
 * @param {readonly object[]} ours more objects to freeze, with all that can be reached from them
 * @param {readonly string[]} keeps globals that stay beside the language's, for a probe that has made them safe
 * @param {() => void} [sealArrays] closes Array.prototype in place of freezing it, for a probe that watches over it
 */
export function closeRealm(printer, ours = [], keeps = [], sealArrays = undefined) {
  const outer = /** @type {Record<PropertyKey, unknown>} */ (/** @type {unknown} */ (globalThis))
  // First of all, while V8 holds it as it made it. Its elements then are "non-extensible", for which there are fast paths;
  // those of what has become a dictionary, or is frozen, are treated as if they stood in the way (see sealed-arrays.mjs).
  Reflect.preventExtensions(Object.prototype)
  speakOneLocale(outer)
  for (const key of Reflect.ownKeys(outer))
    if (typeof key !== 'string' || !(KEPT.has(key) || keeps.includes(key))) delete outer[key]

  for (const name of TIMERS) outer[name] = missing(`${name}()`, 'time comes from the clock that you are given')
  Math.random = missing(
    'Math.random()',
    'chance comes from the generator that you are given, so that every run can be replayed',
  )
  outer['Date'] = timelessDate(missing('The time of day', 'read the clock that you are given'))
  for (const name of ['ArrayBuffer', 'SharedArrayBuffer'])
    if (name in outer) outer[name] = fixedLength(/** @type {ArrayBufferConstructor} */ (outer[name]))
  // A real clock behind a static member. (Intl is not kept for the same reason.)
  delete (/** @type {{ Now?: unknown } | undefined} */ (outer['Temporal'])?.Now)
  // What the last match of anybody was: a way to talk past the world that simulated nodes are given.
  for (const key of Reflect.ownKeys(RegExp))
    if ('get' in (Reflect.getOwnPropertyDescriptor(RegExp, key) ?? {}) && key !== Symbol.species)
      Reflect.deleteProperty(RegExp, key)
  tameWebClasses(outer)
  Error.prepareStackTrace = ownFrames
  outer['console'] = Object.fromEntries(
    ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'].map((name) => [
      name,
      (/** @type {unknown[]} */ ...args) => printer.log(...args),
    ]),
  )
  for (const prototype of OVERRIDABLE) allowOverride(prototype)
  freezeAll([outer, ...hiddenIntrinsics(), ...ours], sealArrays)
}

/**
 * @param {string} what @param {string} instead
 * @returns {() => never} a stand-in that says so
 */
const missing = (what, instead) => () => {
  throw new Error(`${what} is not available in a kata: ${instead}`)
}

/**
 * A Date that converts given times, and throws where it would read the time of day. A function and not a proxy: this one V8
 * inlines, so that a date takes no more memory than elsewhere.
 * @param {() => never} noTime
 */
function timelessDate(noTime) {
  const Real = Date
  function Timeless(/** @type {unknown[]} */ ...args) {
    if (new.target === undefined || args.length === 0) return noTime()
    return Reflect.construct(Real, args, new.target === Timeless ? Real : new.target)
  }
  Real.now = noTime
  for (const key of Reflect.ownKeys(Real))
    Object.defineProperty(
      Timeless,
      key,
      /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(Real, key)),
    )
  Real.prototype.constructor = Timeless
  return Timeless
}

/**
 * Buffers that never grow: what a resizable one takes beside the heap is told by nobody, and so would be free. A function and
 * not a proxy, as for dates.
 * @param {any} Real
 */
function fixedLength(Real) {
  function Fixed(/** @type {unknown[]} */ ...args) {
    const options = /** @type {{ maxByteLength?: unknown } | undefined} */ (args[1])
    if (typeof options === 'object' && options !== null && options.maxByteLength !== undefined)
      throw new TypeError(
        `A resizable ${Real.name} is not available in a kata: make a new one of the length that you need`,
      )
    if (new.target === undefined) return Real() // which says what is wrong
    return Reflect.construct(Real, [args[0]], new.target === Fixed ? Real : new.target)
  }
  for (const key of Reflect.ownKeys(Real))
    Object.defineProperty(Fixed, key, /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(Real, key)))
  Object.defineProperty(Real.prototype, 'constructor', {
    ...Reflect.getOwnPropertyDescriptor(Real.prototype, 'constructor'),
    value: Fixed,
  })
  return Fixed
}

/**
 * Node's web classes show more than the web's do to anyone who lists symbols: buffers of memory that has been used
 * before, internal methods.
 * @param {Record<PropertyKey, unknown>} outer
 */
function tameWebClasses(outer) {
  const timeout = missing('AbortSignal.timeout()', 'time comes from the clock that you are given')
  Object.assign(outer, { AbortController, AbortSignal: Object.assign(AbortSignal, { timeout }) })
  for (const Web of [DOMException, TextEncoder])
    for (const object of [Web, Web.prototype])
      for (const key of Reflect.ownKeys(object))
        if (typeof key === 'symbol' && key !== Symbol.toStringTag) Reflect.deleteProperty(object, key)
  const Decoder = TextDecoder
  outer['TextDecoder'] = class TextDecoder {
    #decoder
    /** @param {ConstructorParameters<typeof Decoder>} args */
    constructor(...args) {
      this.#decoder = new Decoder(...args)
    }
    get encoding() {
      return this.#decoder.encoding
    }
    get fatal() {
      return this.#decoder.fatal
    }
    get ignoreBOM() {
      return this.#decoder.ignoreBOM
    }
    /** @param {Parameters<InstanceType<typeof Decoder>['decode']>} args */
    decode(...args) {
      return this.#decoder.decode(...args)
    }
  }
}

/**
 * A stack of the submission's own lines alone: where the course lies on this machine, and which question the driver is
 * asking, are nothing to answer by.
 * @param {Error} error @param {readonly NodeJS.CallSite[]} frames
 */
function ownFrames(error, frames) {
  let head = 'Error'
  try {
    head = Error.prototype.toString.call(error)
  } catch {
    // A name or a message that cannot be read is left out.
  }
  const own = frames.filter((frame) => frame.getFileName()?.startsWith('kata:/katas/'))
  return [head, ...own.map((frame) => `    at ${frame}`)].join('\n')
}

/**
 * Where the environment names no language, it is this one already (and asking for it takes 8 ms); Windows has settings.
 * @param {Record<PropertyKey, any>} outer
 */
function speakOneLocale({ Temporal = {} }) {
  if (process.platform !== 'win32' && process.env['LC_ALL'] === undefined) return
  const moments = Reflect.ownKeys(Temporal).map((key) => Temporal[key])
  for (const { prototype } of [Array, Date, Number, BigInt, String, Object.getPrototypeOf(Uint8Array), ...moments])
    for (const key of Reflect.ownKeys(prototype ?? {})) {
      if (typeof key !== 'string' || !/^(toLocale|localeCompare$)/.test(key)) continue
      const real = prototype[key]
      const at = key === 'localeCompare' ? 1 : 0
      prototype[key] = {
        /** @this {unknown} @param {unknown[]} args */
        [key](...args) {
          args[at] ??= LOCALE
          return Reflect.apply(real, this, args)
        },
      }[key]
    }
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
    // One for all: who assigns makes no garbage by it, as elsewhere.
    const own = { value: undefined, writable: true, enumerable: true, configurable: true }
    Reflect.defineProperty(prototype, key, {
      get: () => value,
      set(given) {
        if (this === prototype) throw new TypeError(`Cannot change the built-in ${String(key)}`)
        own.value = given
        Object.defineProperty(this, key, own)
        own.value = undefined
      },
      enumerable: descriptor.enumerable ?? false,
      configurable: false,
    })
  }
}

/**
 * As good as frozen, and `Object.isFrozen` agrees: nothing can be added, changed or taken away.
 * @param {object} prototype closed to extension before
 */
function lock(prototype) {
  for (const key of Reflect.ownKeys(prototype)) {
    const isData = 'value' in /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(prototype, key))
    Reflect.defineProperty(prototype, key, { configurable: false, ...(isData ? { writable: false } : {}) })
  }
  if (!Object.isFrozen(prototype)) throw new Error('A prototype stayed open.')
}

/**
 * @param {readonly object[]} roots freezes everything that can be reached from them, getters' functions too
 * @param {(() => void) | undefined} sealArrays
 */
function freezeAll(roots, sealArrays) {
  const { freeze, getPrototypeOf } = Object
  const { getOwnPropertyDescriptor, ownKeys } = Reflect
  const seen = new Set(roots)
  const add = (/** @type {unknown} */ part) => {
    if ((typeof part === 'object' && part !== null) || typeof part === 'function') seen.add(part)
  }
  // Every subject waits for this: some 2,000 objects, nearly all of them functions with a length and a name.
  for (const object of seen) {
    add(getPrototypeOf(object))
    for (const key of ownKeys(object)) {
      if (typeof object === 'function' && (key === 'length' || key === 'name')) continue
      const descriptor = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(object, key))
      add(descriptor.value)
      add(descriptor.get)
      add(descriptor.set)
    }
    if (object === Object.prototype) lock(object)
    else if (object === Array.prototype && sealArrays !== undefined) sealArrays()
    else freeze(object)
  }
}

/** Intrinsics that only syntax and instances reach, and the classes of the errors that Node's own functions throw. */
function hiddenIntrinsics() {
  const generator = function* () {}
  const asyncGenerator = async function* () {}
  const traced = {}
  Error.captureStackTrace(traced)
  const stack = Reflect.getOwnPropertyDescriptor(traced, 'stack')
  const wrong = /** @type {never} */ (/** @type {unknown} */ (1))
  const thrown = [
    () => new TextDecoder('none'),
    () => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)),
    () => new TextDecoder().decode(wrong),
    () => TextEncoder.prototype.encode.call(wrong),
    () => new TextEncoder().encodeInto(wrong, wrong),
    () => queueMicrotask(wrong),
    () => /** @type {() => void} */ (structuredClone)(),
    () => structuredClone(0, wrong),
    () => DOMException.prototype.name,
  ].flatMap((call) => {
    try {
      call()
      return []
    } catch (error) {
      return [error]
    }
  })
  return [
    ...[stack?.get, stack?.set].filter((part) => part !== undefined),
    ...[
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
      ...thrown,
    ].map((object) => /** @type {object} */ (Object.getPrototypeOf(object))),
  ]
}
