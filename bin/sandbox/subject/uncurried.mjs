// Built-ins as they are when this is loaded: nobody who replaces one later, ourselves included, changes what these do.

const { bind, call } = Function.prototype
const bound = /** @type {(method: unknown) => any} */ (call.bind(bind, call))

/** @param {unknown} method @returns {(self: any, ...args: any[]) => any} takes first what it is called on */
export const uncurried = (method) => bound(method)

/** @param {object} owner @param {PropertyKey} key @returns {(self: any) => any} */
export const getterOf = (owner, key) => bound(Object.getOwnPropertyDescriptor(owner, key)?.get)
