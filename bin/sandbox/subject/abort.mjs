// AbortController and AbortSignal for the closed realm. Node's own are built on its EventTarget, by which anyone who can
// list symbols comes to weak references (and so to the moment at which memory is collected), message channels and a clock.
// These hold nothing but their listeners, and run them in order.

/**
 * @typedef {((event: object) => unknown) | { handleEvent(event: object): unknown }} Callback
 * @typedef {{ callback: Callback, once: boolean, removed: boolean }} Listener
 */

/** The right to make a signal. */
const KEY = Symbol()
/** @type {(signal: AbortSignal, reason: unknown) => void} kept from everybody but the controller */
let abortNow

export class AbortSignal {
  /** @type {Listener[]} */
  #listeners = []
  /** @type {Set<AbortSignal>} signals that abort with this one */
  #dependents = new Set()
  #aborted = false
  /** @type {unknown} */
  #reason
  /** @type {Callback | null} */
  #onabort = null

  /** @param {symbol} key */
  constructor(key) {
    if (key !== KEY) throw new TypeError('Illegal constructor')
  }

  get aborted() {
    return this.#aborted
  }

  get reason() {
    return this.#reason
  }

  get onabort() {
    return this.#onabort
  }

  set onabort(callback) {
    if (this.#onabort !== null) this.removeEventListener('abort', this.#onabort)
    this.#onabort = typeof callback === 'function' ? callback : null
    if (this.#onabort !== null) this.addEventListener('abort', this.#onabort)
  }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason
  }

  /** @param {string} type @param {Callback | null} callback @param {boolean | { once?: boolean, signal?: AbortSignal }} [options] */
  addEventListener(type, callback, options) {
    const { once = false, signal } = typeof options === 'object' ? options : {}
    if (`${type}` !== 'abort' || callback === null || callback === undefined || signal?.aborted) return
    if (this.#listeners.some((listener) => listener.callback === callback)) return
    this.#listeners.push({ callback, once, removed: false })
    signal?.addEventListener('abort', () => this.removeEventListener(type, callback))
  }

  /** @param {string} type @param {Callback | null} callback */
  removeEventListener(type, callback) {
    const at = `${type}` === 'abort' ? this.#listeners.findIndex((listener) => listener.callback === callback) : -1
    for (const listener of at < 0 ? [] : this.#listeners.splice(at, 1)) listener.removed = true
  }

  static {
    abortNow = (signal, reason) => {
      if (signal.#aborted) return
      const all = [...signal.#withDependents()].filter((one) => !one.#aborted)
      for (const one of all) {
        one.#aborted = true
        one.#reason = reason
      }
      for (const one of all) one.#tell()
    }
  }

  /** @returns {Generator<AbortSignal>} */
  *#withDependents() {
    yield this
    for (const dependent of this.#dependents) yield* dependent.#withDependents()
  }

  #tell() {
    const event = Object.freeze({ type: 'abort', target: this, currentTarget: this, isTrusted: true })
    for (const listener of [...this.#listeners]) {
      if (listener.removed) continue
      const { callback, once } = listener
      if (once) this.removeEventListener('abort', callback)
      try {
        if (typeof callback === 'function') callback.call(this, event)
        else callback.handleEvent(event)
      } catch (error) {
        // As on the web: the others still hear it, and nobody has caught this.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** @param {unknown} [reason] */
  static abort(reason = aborted()) {
    const signal = new AbortSignal(KEY)
    abortNow(signal, reason)
    return signal
  }

  /** @param {Iterable<AbortSignal>} signals */
  static any(signals) {
    const given = [...signals]
    const early = given.find((signal) => signal.#aborted)
    if (early !== undefined) return AbortSignal.abort(early.#reason)
    const signal = new AbortSignal(KEY)
    for (const one of given) one.#dependents.add(signal)
    return signal
  }
}

export class AbortController {
  #signal = new AbortSignal(KEY)

  get signal() {
    return this.#signal
  }

  /** @param {unknown} [reason] */
  abort(reason = aborted()) {
    abortNow(this.#signal, reason)
  }
}

const aborted = () => new DOMException('This operation was aborted', 'AbortError')
