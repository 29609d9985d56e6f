// breaks: The last caller to leave stops the load and frees the key
// because: presses the button first and tidies up afterwards. Whoever listens to the abort and calls again joins the flight that is just being stopped.

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

  // No default for the options and no closure here: either would be made anew for every joiner.
  do(key: string, load: Load<V>, options?: CallOptions): Promise<V> {
    const signal = options?.signal
    if (signal?.aborted) return Promise.reject(signal.reason)
    const flight = this.#flights.get(key) ?? this.#takeOff(key, load)
    flight.waiting++
    // Who cannot leave counts as waiting for ever, and so keeps the load alive.
    return signal === undefined ? flight.landing : this.#untilLeft(key, flight, signal)
  }

  forget(key: string): void {
    this.#flights.delete(key)
  }

  /** The landing, or the reason of the signal, whichever is first. */
  #untilLeft(key: string, flight: Flight<V>, signal: AbortSignal): Promise<V> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason)
        flight.waiting--
        if (flight.waiting > 0) return
        flight.controller.abort()
        this.#remove(key, flight)
      }
      signal.addEventListener('abort', leave)
      flight.landing.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject)
    })
  }

  #takeOff(key: string, load: Load<V>): Flight<V> {
    const controller = new AbortController()
    const flight: Flight<V> = {
      // One microtask later, so that the flight is in the table before the load runs, and a throw becomes a rejection.
      landing: Promise.resolve()
        .then(() => load(controller.signal))
        .finally(() => this.#remove(key, flight)),
      controller,
      waiting: 0,
    }
    this.#flights.set(key, flight)
    return flight
  }

  #remove(key: string, flight: Flight<V>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}
