// How Array.prototype is closed where bytes are counted. Freezing it would be felt: V8 marks the elements of what is frozen
// as read-only, though there are none, and keeps no fast path for any `a[i] = x` below it
// (Map::MayHaveReadOnlyElementsInPrototypeChain), so that each fraction that is stored is made an object first; and to
// mark its methods as read-only one by one makes it a dictionary, after which walking an array is no longer free.
// Sealing is not felt. Nothing can be added to what is sealed, taken away or redefined; a method could be overwritten, but
// not unseen: V8 keeps for each property whether it was ever written to since it was made, and forgets that for nobody.

const { setFlagsFromString } = process.getBuiltinModule('node:v8')
const { runInThisContext } = process.getBuiltinModule('node:vm')

/** Not a property that V8 keeps that of; what it says is looked at instead. */
const LENGTH = 'length'

export function sealableArrays() {
  // Stays on: V8 compiles a function anew that has not been called for long. No submission is parsed that has such syntax.
  setFlagsFromString('--allow-natives-syntax')
  /** @type {(array: unknown[], key: PropertyKey) => boolean} */
  const wasNeverWritten = runInThisContext('(array, key) => %HasOwnConstDataProperty(array, key)')
  const prototype = Array.prototype
  const { getPrototypeOf, isExtensible, ownKeys } = Reflect
  const keys = ownKeys(prototype)
  const last = keys.length - 1
  const inherits = getPrototypeOf(prototype)

  /** For ever, once it has said no. Calls nothing that a submission could have replaced. */
  function areUntouched() {
    for (let i = 0; i <= last; i++) {
      const key = /** @type {PropertyKey} */ (keys[i])
      if (key !== LENGTH && !wasNeverWritten(prototype, key)) return false
    }
    return prototype.length === 0 && getPrototypeOf(prototype) === inherits && !isExtensible(prototype)
  }

  return {
    seal() {
      Object.seal(prototype)
      if (!areUntouched()) throw new Error('Array.prototype was written to before it was sealed.')
    },
    areUntouched,
  }
}
