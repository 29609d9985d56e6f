// breaks: A call leaves nothing behind, however it ends
// spends: 23 bytes
// because: calls on their way are kept in a set, and only those that succeed are taken out of it again.

export type Clock = () => number

export type CircuitState = 'closed' | 'open' | 'half-open'

export interface CircuitBreakerOptions {
  readonly windowCalls: number
  readonly minimumCalls: number
  readonly failurePercent: number
  readonly slowCallMs: number
  readonly openMs: number
  readonly trialCalls: number
  readonly clock: Clock
}

export class CircuitOpenError extends Error {
  override readonly name: string = 'CircuitOpenError'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super(`The circuit is open: come back in ${retryAfterMs} ms.`)
    this.retryAfterMs = retryAfterMs
  }
}

const MAX_CALLS = 10_000
const MAX_MS = 1_000_000_000

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  /** 1 where a call failed; cells are overwritten in turn */
  readonly #ring: Uint8Array
  /** for an orderly shutdown */
  readonly #onTheirWay = new Set<object>()
  #next = 0
  #recorded = 0
  #failures = 0
  #entered: CircuitState = 'closed'
  #generation = 0
  #openUntilMs = 0
  #placesLeft = 0
  #successesMissing = 0

  constructor(options: CircuitBreakerOptions) {
    checkWhole('windowCalls', options.windowCalls, MAX_CALLS)
    checkWhole('minimumCalls', options.minimumCalls, options.windowCalls)
    checkWhole('failurePercent', options.failurePercent, 100)
    checkWhole('slowCallMs', options.slowCallMs, MAX_MS)
    checkWhole('openMs', options.openMs, MAX_MS)
    checkWhole('trialCalls', options.trialCalls, MAX_CALLS)
    this.#options = { ...options }
    this.#ring = new Uint8Array(options.windowCalls)
  }

  get state(): CircuitState {
    return this.#entered === 'open' && this.#msUntilTrials() <= 0 ? 'half-open' : this.#entered
  }

  async execute<T>(action: () => Promise<T>, fallback?: (error: unknown) => T | Promise<T>): Promise<T> {
    checkFunction('action', action)
    if (fallback !== undefined) checkFunction('fallback', fallback)
    try {
      this.#admit()
      const generation = this.#generation
      const startMs = this.#options.clock()
      let returned = false
      try {
        const call = { startMs }
        this.#onTheirWay.add(call)
        const value = await action()
        this.#onTheirWay.delete(call)
        returned = true
        return value
      } finally {
        const tookMs = this.#options.clock() - startMs
        if (generation === this.#generation) this.#count(returned && tookMs < this.#options.slowCallMs)
      }
    } catch (error) {
      if (fallback === undefined) throw error
      return fallback(error)
    }
  }

  /** Lets one call in. @throws {CircuitOpenError} */
  #admit(): void {
    if (this.#entered === 'closed') return
    if (this.#entered === 'open') {
      const waitMs = this.#msUntilTrials()
      if (waitMs > 0) throw new CircuitOpenError(waitMs)
      this.#enter('half-open')
    }
    if (this.#placesLeft === 0) throw new CircuitOpenError(this.#options.openMs)
    this.#placesLeft--
  }

  /** Counts the outcome of a call that began in this generation; such a one began closed or half-open. */
  #count(succeeded: boolean): void {
    if (this.#entered === 'half-open') {
      if (!succeeded) this.#enter('open')
      else if (--this.#successesMissing === 0) this.#enter('closed')
      return
    }
    const { windowCalls, minimumCalls, failurePercent } = this.#options
    if (this.#recorded === windowCalls) this.#failures -= this.#ring[this.#next] as number
    else this.#recorded++
    this.#ring[this.#next] = succeeded ? 0 : 1
    if (!succeeded) this.#failures++
    this.#next = (this.#next + 1) % windowCalls
    // Whole numbers on both sides: as fractions, 29 failures of 100 would be less than 29 per cent.
    if (this.#recorded >= minimumCalls && this.#failures * 100 >= failurePercent * this.#recorded) this.#enter('open')
  }

  /** Every stretch begins with all counts fresh, also those that it does not use. */
  #enter(state: CircuitState): void {
    this.#entered = state
    this.#generation++
    this.#openUntilMs = this.#options.clock() + this.#options.openMs
    this.#placesLeft = this.#successesMissing = this.#options.trialCalls
    // The ring need not be wiped: a cell is read only when the window is full, and by then it has been overwritten.
    this.#recorded = this.#failures = 0
  }

  #msUntilTrials(): number {
    return this.#openUntilMs - this.#options.clock()
  }
}

function checkWhole(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max)
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`)
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${typeof value}`)
}
