// breaks: Who joins without a signal needs little memory
// spends: 1,672 bytes
// because: each caller is an async call that races the flight, with promises of its own, also one that cannot leave.

// An async method that races the flight against the caller's own signal. Everybody who goes, with an answer or without,
// is counted in one `finally`; the table holds numbers of flights beside the flights, and a flight goes by its number.

export type Load<V> = (signal: AbortSignal) => Promise<V> | V

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

type Flight<V> = { id: number; outcome: Promise<V>; stop: AbortController; aboard: number; landed: boolean }

export class Singleflight<V> {
  readonly #table = new Map<string, Flight<V>>()
  #lastId = 0

  get inFlight(): number {
    return this.#table.size
  }

  async do(key: string, load: Load<V>, { signal }: CallOptions = {}): Promise<V> {
    signal?.throwIfAborted()
    let flight = this.#table.get(key)
    if (flight === undefined) {
      flight = this.#start(key, load)
      this.#table.set(key, flight)
    }
    flight.aboard += 1
    const gone = Promise.withResolvers<never>()
    const onAbort = () => gone.reject(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([flight.outcome, gone.promise])
    } finally {
      signal?.removeEventListener('abort', onAbort)
      flight.aboard -= 1
      if (flight.aboard === 0 && !flight.landed) {
        this.#drop(key, flight.id)
        flight.stop.abort(signal?.reason)
      }
    }
  }

  forget(key: string): void {
    this.#table.delete(key)
  }

  #start(key: string, load: Load<V>): Flight<V> {
    const id = ++this.#lastId
    const stop = new AbortController()
    const run = async () => {
      await null
      try {
        return await load(stop.signal)
      } finally {
        flight.landed = true
        this.#drop(key, id)
      }
    }
    const flight: Flight<V> = { id, outcome: run(), stop, aboard: 0, landed: false }
    return flight
  }

  #drop(key: string, id: number): void {
    if (this.#table.get(key)?.id === id) this.#table.delete(key)
  }
}
