// Another right answer: running totals. `totals` holds how many of all outcomes up to each of the latest ones have failed,
// so that the failures in the window are the difference of two totals. A call's stretch of the state is known by a token,
// an object that is compared by identity; there is no number to count up and no state that is called open.

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

type Token = { readonly trial: boolean }

export class CircuitBreaker {
  private readonly options: Readonly<CircuitBreakerOptions>
  /** failures among all outcomes up to each of the latest ones, by number of the outcome modulo the ring's size */
  private readonly totals: Float64Array
  private outcomes = 0
  private token: Token = { trial: false }
  private openedAtMs: number | undefined
  private readonly trials = { begun: 0, succeeded: 0 }

  constructor(options: CircuitBreakerOptions) {
    const { windowCalls, minimumCalls, failurePercent, slowCallMs, openMs, trialCalls } = options
    check({ windowCalls, trialCalls }, 10_000)
    check({ minimumCalls }, windowCalls)
    check({ failurePercent }, 100)
    check({ slowCallMs, openMs }, 1_000_000_000)
    this.options = options
    this.totals = new Float64Array(windowCalls + 1)
  }

  get state(): CircuitState {
    if (this.token.trial) return 'half-open'
    if (this.openedAtMs === undefined) return 'closed'
    return this.remainingMs(this.openedAtMs) > 0 ? 'open' : 'half-open'
  }

  execute = async <T>(action: () => Promise<T>, fallback?: (error: unknown) => T | Promise<T>): Promise<T> => {
    if (typeof action !== 'function') throw new TypeError(`action is ${typeof action}, and must be a function`)
    if (fallback !== undefined && typeof fallback !== 'function')
      throw new TypeError(`fallback is ${typeof fallback}, and must be a function`)
    const refusal = this.refusal()
    let error: unknown = refusal
    if (refusal === undefined) {
      const token = this.token
      const begunMs = this.options.clock()
      try {
        const value = await action()
        this.report(token, this.options.clock() - begunMs >= this.options.slowCallMs)
        return value
      } catch (thrown) {
        this.report(token, true)
        error = thrown
      }
    }
    if (fallback === undefined) throw error
    return await fallback(error)
  }

  private remainingMs(openedAtMs: number): number {
    return openedAtMs + this.options.openMs - this.options.clock()
  }

  /** Takes a trial place where one is needed. */
  private refusal(): CircuitOpenError | undefined {
    const { openMs, trialCalls } = this.options
    if (this.openedAtMs !== undefined) {
      const waitMs = this.remainingMs(this.openedAtMs)
      if (waitMs > 0) return new CircuitOpenError(waitMs)
      this.openedAtMs = undefined
      this.token = { trial: true }
      this.trials.begun = this.trials.succeeded = 0
    }
    if (!this.token.trial) return undefined
    if (this.trials.begun >= trialCalls) return new CircuitOpenError(openMs)
    this.trials.begun += 1
    return undefined
  }

  private report(token: Token, failed: boolean): void {
    if (token !== this.token) return
    if (token.trial) {
      if (failed) this.open()
      else if (++this.trials.succeeded >= this.options.trialCalls) {
        this.token = { trial: false }
        this.outcomes = 0
        this.totals[0] = 0
      }
      return
    }
    const { windowCalls, minimumCalls, failurePercent } = this.options
    const { length } = this.totals
    const before = this.totals[this.outcomes % length] as number
    this.outcomes++
    this.totals[this.outcomes % length] = before + (failed ? 1 : 0)
    const remembered = Math.min(this.outcomes, windowCalls)
    const failures =
      (this.totals[this.outcomes % length] as number) - (this.totals[(this.outcomes - remembered) % length] as number)
    if (remembered >= minimumCalls && failures * 100 >= remembered * failurePercent) this.open()
  }

  private open(): void {
    this.openedAtMs = this.options.clock()
    this.token = { trial: false }
  }
}

function check(numbers: Record<string, number>, max: number): void {
  for (const [name, value] of Object.entries(numbers))
    if (!(Number.isInteger(value) && 1 <= value && value <= max))
      throw new RangeError(`${name} = ${value} is not a whole number from 1 to ${max}`)
}
