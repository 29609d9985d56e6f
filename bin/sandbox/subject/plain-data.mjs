// Plain data as it crosses the border between judge and subject: JSON, with a tag for what JSON cannot say. Both sides
// load this file. It is plain JavaScript because the subject must start without a TypeScript loader (40 ms saved each).
//
// No code, no prototypes, no identity crosses: what comes out is always fresh objects, arrays and primitives. `encode` is
// for data of ours and copies nothing that it need not; `capture` is for what a submission had its hands on: it reads
// each part once, when the answer is given, so that no getter, proxy or `toJSON` can say one thing to the check and
// another to the writer, or amend an answer when later inputs are known.

const TAG = '$kata'
const MAX_DEPTH = 64
/** What the answers to one request may weigh, about as many bytes as they will have in a frame. */
const MAX_WEIGHT = 4 * 1024 * 1024
const WEIGHT_OF_A_PART = 8
/** In one array of bytes, either way. */
const MAX_BYTES = 4 * 1024 * 1024

const { isArray } = Array
const { defineProperty, getPrototypeOf, hasOwn, keys } = Object
const { parse, stringify } = JSON
const isNegativeZero = Object.is.bind(undefined, -0)
/** The class of a typed array, by its inner slot: a proxy or an heir by name only has none. */
const typedArrayName = /** @type {(value: object) => string | undefined} */ (
  Function.prototype.call.bind(
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get ?? (() => {}),
  )
)

/** What a value of a class, a function or a symbol becomes: visible in a report, inert, equal to nothing expected. */
/** @param {string} what */
const foreign = (what) => ({ [TAG]: 'foreign', v: what })

/** @param {unknown} value anything but an object @returns {unknown} the value, tagged where JSON has no word for it */
function tagPrimitive(value) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) return { [TAG]: 'number', v: `${value}` }
      return isNegativeZero(value) ? { [TAG]: 'number', v: '-0' } : value
    case 'undefined':
      return { [TAG]: 'undefined' }
    case 'bigint':
      return { [TAG]: 'bigint', v: `${value}` }
    case 'symbol':
      return foreign('a symbol')
    case 'function':
      return foreign('a function')
    default:
      return null
  }
}

/**
 * What an object becomes that is neither an array nor a plain object with its fields.
 * @param {object} object @param {number} depth @returns {{ [TAG]: string, v: string } | undefined} undefined for one that is
 */
function tagOdd(object, depth) {
  if (depth >= MAX_DEPTH) return foreign(`data nested deeper than ${MAX_DEPTH}`)
  if (isArray(object)) return undefined
  const prototype = getPrototypeOf(object)
  if (prototype === Object.prototype || prototype === null) return undefined
  if (typedArrayName(object) === 'Uint8Array') return { [TAG]: 'bytes', v: toHex(/** @type {Uint8Array} */ (object)) }
  return foreign(`an object of class ${className(prototype)}`)
}

/**
 * The value with a tag for all that JSON cannot say. What needs none is handed back as it is, not copied: most of what
 * crosses needs none, and copying was the judge's largest cost.
 * @param {unknown} value @param {number} depth @returns {unknown}
 */
function tag(value, depth) {
  if (typeof value !== 'object' || value === null) return tagPrimitive(value)
  const odd = tagOdd(value, depth)
  if (odd !== undefined) return odd
  if (isArray(value)) return tagItems(value, depth)
  return tagFields(/** @type {Record<string, unknown>} */ (value), depth)
}

/** @param {unknown[]} items @param {number} depth @returns {unknown[]} */
function tagItems(items, depth) {
  let out = items
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    const tagged = tag(item, depth + 1)
    if (tagged === item) continue
    if (out === items) out = [...items]
    out[i] = tagged
  }
  return out
}

/** @param {Record<string, unknown>} fields @param {number} depth @returns {unknown} */
function tagFields(fields, depth) {
  let out = fields
  for (const key of keys(fields)) {
    const field = fields[key]
    const tagged = tag(field, depth + 1)
    if (tagged === field) continue
    if (out === fields) out = { ...fields }
    // A key may be `__proto__`: define, never assign.
    defineProperty(out, key, { value: tagged, writable: true, enumerable: true, configurable: true })
  }
  return hasOwn(fields, TAG) ? { [TAG]: 'object', v: out } : out
}

/** @param {object} prototype */
function className(prototype) {
  const name = /** @type {{ name?: unknown } | null | undefined} */ (prototype.constructor)?.name
  return typeof name === 'string' ? name.slice(0, 60) : 'unknown'
}

/** @param {Uint8Array} bytes */
function toHex(bytes) {
  if (bytes.length > MAX_BYTES) throw new RangeError(`more than ${MAX_BYTES / 1024 ** 2} MiB of bytes`)
  let out = ''
  for (let i = 0; i < bytes.length; i++) out += /** @type {number} */ (bytes[i]).toString(16).padStart(2, '0')
  return out
}

/**
 * @param {unknown} value
 * @returns {string} JSON
 */
export function encode(value) {
  return stringify(tag(value, 0))
}

let weight = 0

/** Before the first answer to a request. */
export function weighAnew() {
  weight = 0
}

/**
 * A tagged copy of what a submission may have made, ready for JSON.
 * @param {unknown} value
 * @returns {unknown}
 * @throws {RangeError} when the answers to one request weigh too much, and whatever a getter or a proxy throws
 */
export function capture(value) {
  return copy(value, 0)
}

/** @param {number} bytes */
function weigh(bytes) {
  weight += bytes
  if (weight > MAX_WEIGHT) throw new RangeError(`answers of more than ${MAX_WEIGHT / 1024 ** 2} MiB`)
}

/** @param {unknown} value @param {number} depth @returns {unknown} */
function copy(value, depth) {
  weigh(WEIGHT_OF_A_PART)
  if (typeof value === 'string') weigh(value.length)
  if (typeof value !== 'object' || value === null) return tagPrimitive(value)
  const odd = tagOdd(value, depth)
  if (odd !== undefined) {
    weigh(odd.v.length)
    return odd
  }
  return isArray(value) ? copyItems(value, depth) : copyFields(/** @type {Record<string, unknown>} */ (value), depth)
}

/** @param {unknown[]} items @param {number} depth */
function copyItems(items, depth) {
  const { length } = items
  weigh(WEIGHT_OF_A_PART * length)
  /** @type {unknown[]} */
  const out = []
  // Array.prototype is frozen by now, so that no setter of its waits for an index.
  for (let i = 0; i < length; i++) out[i] = copy(items[i], depth + 1)
  return out
}

/** @param {Record<string, unknown>} fields @param {number} depth */
function copyFields(fields, depth) {
  /** @type {Record<string, unknown>} */
  const out = {}
  for (const key of keys(fields)) {
    weigh(key.length)
    const field = copy(fields[key], depth + 1)
    if (key === '__proto__') defineProperty(out, key, { value: field, enumerable: true })
    else out[key] = field
  }
  return hasOwn(out, TAG) ? { [TAG]: 'object', v: out } : out
}

/** @param {unknown} value @param {number} depth @returns {unknown} */
function untag(value, depth) {
  if (value === null || typeof value !== 'object') return value
  if (depth > 2 * MAX_DEPTH + 2) throw new RangeError('data nested too deeply')
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = untag(value[i], depth + 1)
    return value
  }
  const record = /** @type {Record<string, unknown>} */ (value)
  if (hasOwn(record, TAG)) {
    const v = record['v']
    switch (record[TAG]) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(v)
      case 'bigint':
        if (typeof v !== 'string' || v.length > 10_000) throw new RangeError('a bigint of an absurd size')
        return BigInt(v)
      case 'bytes':
        return fromHex(String(v))
      case 'foreign':
        return { foreign: String(v).slice(0, 200) }
      case 'object':
        return untagFields(/** @type {Record<string, unknown>} */ (v), depth + 1)
      default:
        throw new TypeError('an unknown tag')
    }
  }
  return untagFields(record, depth)
}

/** @param {Record<string, unknown>} record @param {number} depth */
function untagFields(record, depth) {
  for (const key of keys(record)) {
    const field = record[key]
    if (typeof field !== 'object' || field === null) continue
    const value = untag(field, depth + 1)
    if (value !== field) defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return record
}

/** @param {string} hex */
function fromHex(hex) {
  const out = new Uint8Array(hex.length >> 1)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return out
}

/**
 * @param {string} json
 * @returns {unknown} fresh plain data
 * @throws {SyntaxError | TypeError | RangeError} when it is not what `encode` writes
 */
export function decode(json) {
  return untag(parse(json), 0)
}
