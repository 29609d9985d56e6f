// breaks: A failure reaches everybody who waited, and nobody else
// breaks: A forgotten flight serves its own callers and leaves the newer one alone
// breaks: The last caller to leave stops the load and frees the key
// breaks: Nothing is left behind
// because: `finally` makes a new promise, which fails, too, with nobody to catch it: one failed load ends the process.

export type Load<V> = (signal: AbortSignal) => Promise<V> | V

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

interface Flight<V> {
  /** settles as the load does, when the key is free again; every caller hangs on it, so it is never unhandled */
  readonly landing: Promise<V>
  readonly controller: AbortController
  /** callers who have not gone */
  waiting: number
}

export class Singleflight<V> {
  // A Map, because an object is born with keys: `constructor`, `__proto__`.
  readonly #flights = new Map<string, Flight<V>>()

  get inFlight(): number {
    return this.#flights.size
  }

  do(key: string, load: Load<V>, { signal }: CallOptions = {}): Promise<V> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const flight = this.#flights.get(key) ?? this.#takeOff(key, load)
    flight.waiting++
    // Who cannot leave counts as waiting for ever, and so keeps the load alive.
    if (signal === undefined) return flight.landing
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason)
        flight.waiting--
        if (flight.waiting > 0) return
        this.#remove(key, flight)
        flight.controller.abort()
      }
      signal.addEventListener('abort', leave)
      flight.landing.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject)
    })
  }

  forget(key: string): void {
    this.#flights.delete(key)
  }

  #takeOff(key: string, load: Load<V>): Flight<V> {
    const controller = new AbortController()
    const flight: Flight<V> = {
      // One microtask later, so that the flight is in the table before the load runs, and a throw becomes a rejection.
      landing: Promise.resolve().then(() => load(controller.signal)),
      controller,
      waiting: 0,
    }
    this.#flights.set(key, flight)
    flight.landing.finally(() => this.#remove(key, flight))
    return flight
  }

  #remove(key: string, flight: Flight<V>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}
