// No promise is shared: a flight keeps a list of those who wait and tells each of them itself. The load is called before
// `do` returns. A flight knows whether it has been replaced, instead of asking the table.

export type Load<V> = (signal: AbortSignal) => Promise<V> | V

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

interface Caller<V> {
  resolve(value: V): void
  reject(reason: unknown): void
}

class Flight<V> {
  readonly callers = new Set<Caller<V>>()
  readonly controller = new AbortController()
  inTable = true
}

export class Singleflight<V> {
  #flights: Map<string, Flight<V>> = new Map()

  get inFlight(): number {
    return this.#flights.size
  }

  do(key: string, load: Load<V>, options: CallOptions = {}): Promise<V> {
    const { signal } = options
    if (signal?.aborted) return Promise.reject(signal.reason)
    const existing = this.#flights.get(key)
    const flight = existing ?? new Flight<V>()
    const { promise, resolve, reject } = Promise.withResolvers<V>()
    const caller: Caller<V> = { resolve, reject }
    flight.callers.add(caller)
    if (signal !== undefined) {
      const leave = () => {
        signal.removeEventListener('abort', leave)
        flight.callers.delete(caller)
        reject(signal.reason)
        if (flight.callers.size === 0) {
          if (flight.inTable) this.forget(key)
          flight.controller.abort(signal.reason)
        }
      }
      caller.resolve = (value) => {
        signal.removeEventListener('abort', leave)
        resolve(value)
      }
      caller.reject = (reason) => {
        signal.removeEventListener('abort', leave)
        reject(reason)
      }
      signal.addEventListener('abort', leave)
    }
    if (existing === undefined) {
      this.#flights.set(key, flight)
      const land = (tell: (caller: Caller<V>) => void) => {
        if (flight.inTable) this.forget(key)
        for (const each of flight.callers) tell(each)
      }
      this.#call(load, flight.controller.signal).then(
        (value) => land((each) => each.resolve(value)),
        (error) => land((each) => each.reject(error)),
      )
    }
    return promise
  }

  forget(key: string): void {
    const flight = this.#flights.get(key)
    if (flight === undefined) return
    flight.inTable = false
    this.#flights.delete(key)
  }

  async #call(load: Load<V>, signal: AbortSignal): Promise<V> {
    return load(signal)
  }
}
