// breaks: A caller is constant work, however many wait and however much is in the air
// spends: O(n)
// because: the flights are a list that is searched by key: each caller pays for all that is in the air.

export type Load<V> = (signal: AbortSignal) => Promise<V> | V

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

interface Flight<V> {
  readonly key: string
  /** settles as the load does, when the key is free again; every caller hangs on it, so it is never unhandled */
  readonly landing: Promise<V>
  readonly controller: AbortController
  /** callers who have not gone */
  waiting: number
}

export class Singleflight<V> {
  readonly #flights: Flight<V>[] = []

  get inFlight(): number {
    return this.#flights.length
  }

  // No default for the options and no closure here: either would be made anew for every joiner.
  do(key: string, load: Load<V>, options?: CallOptions): Promise<V> {
    const signal = options?.signal
    if (signal?.aborted) return Promise.reject(signal.reason)
    const flight = this.#flights.find((one) => one.key === key) ?? this.#takeOff(key, load)
    flight.waiting++
    // Who cannot leave counts as waiting for ever, and so keeps the load alive.
    return signal === undefined ? flight.landing : this.#untilLeft(flight, signal)
  }

  forget(key: string): void {
    const at = this.#flights.findIndex((one) => one.key === key)
    if (at >= 0) this.#flights.splice(at, 1)
  }

  /** The landing, or the reason of the signal, whichever is first. */
  #untilLeft(flight: Flight<V>, signal: AbortSignal): Promise<V> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason)
        flight.waiting--
        if (flight.waiting > 0) return
        this.#remove(flight)
        flight.controller.abort()
      }
      signal.addEventListener('abort', leave)
      flight.landing.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject)
    })
  }

  #takeOff(key: string, load: Load<V>): Flight<V> {
    const controller = new AbortController()
    const flight: Flight<V> = {
      key,
      // One microtask later, so that the flight is in the table before the load runs, and a throw becomes a rejection.
      landing: Promise.resolve()
        .then(() => load(controller.signal))
        .finally(() => this.#remove(flight)),
      controller,
      waiting: 0,
    }
    this.#flights.push(flight)
    return flight
  }

  #remove(flight: Flight<V>): void {
    const at = this.#flights.indexOf(flight)
    if (at >= 0) this.#flights.splice(at, 1)
  }
}
