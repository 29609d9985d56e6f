// Another right answer: each stretch of a state is an object, which answers for itself. A call keeps the stretch in which
// it began and reports to that one only, so that a late result goes to an object that nobody asks any more: no generation
// has to be counted. The closed stretch remembers when the failures were (numbers of calls, in order), not every outcome.

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

/** One stretch of time in one state. */
interface Stretch {
  readonly name: CircuitState
  /** lets one call in @throws {CircuitOpenError} */
  admit(): void
  /** told of each call that it let in */
  ended(succeeded: boolean): void
}

export class CircuitBreaker {
  private readonly options: CircuitBreakerOptions
  private stretch: Stretch

  constructor(options: CircuitBreakerOptions) {
    whole(options.windowCalls, 10_000, 'windowCalls')
    whole(options.minimumCalls, options.windowCalls, 'minimumCalls')
    whole(options.failurePercent, 100, 'failurePercent')
    whole(options.slowCallMs, 1e9, 'slowCallMs')
    whole(options.openMs, 1e9, 'openMs')
    whole(options.trialCalls, 10_000, 'trialCalls')
    this.options = options
    this.stretch = this.closed()
  }

  get state(): CircuitState {
    return this.current().name
  }

  execute<T>(action: () => Promise<T>, fallback?: (error: unknown) => T | Promise<T>): Promise<T> {
    if (typeof action !== 'function') return Promise.reject(new TypeError('action must be a function'))
    if (fallback !== undefined && typeof fallback !== 'function')
      return Promise.reject(new TypeError('fallback must be a function'))
    const answer = this.call(action)
    return fallback === undefined ? answer : answer.catch(fallback)
  }

  private call<T>(action: () => Promise<T>): Promise<T> {
    const { clock, slowCallMs } = this.options
    const stretch = this.current()
    try {
      stretch.admit()
    } catch (refusal) {
      return Promise.reject(refusal)
    }
    const startMs = clock()
    return new Promise<T>((resolve) => resolve(action())).then(
      (value) => {
        stretch.ended(clock() - startMs < slowCallMs)
        return value
      },
      (error: unknown) => {
        stretch.ended(false)
        throw error
      },
    )
  }

  /** The stretch of now: an open one whose time is up has become half-open. */
  private current(): Stretch {
    if (this.stretch instanceof Open && this.stretch.leftMs() <= 0) this.stretch = this.halfOpen()
    return this.stretch
  }

  private enter(from: Stretch, to: () => Stretch): void {
    if (this.stretch === from) this.stretch = to()
  }

  private closed(): Stretch {
    const { windowCalls, minimumCalls, failurePercent } = this.options
    const failed: number[] = []
    let oldest = 0
    let calls = 0
    const stretch: Stretch = {
      name: 'closed',
      admit() {},
      ended: (succeeded) => {
        calls++
        if (!succeeded) failed.push(calls)
        while ((failed[oldest] ?? calls) <= calls - windowCalls) oldest++
        // The dead part is cut off when it is half of the list, so that a call costs a constant on average.
        if (oldest > windowCalls) {
          failed.splice(0, oldest)
          oldest = 0
        }
        const remembered = Math.min(calls, windowCalls)
        const failures = failed.length - oldest
        if (remembered >= minimumCalls && 100 * failures >= failurePercent * remembered)
          this.enter(stretch, () => new Open(this.options))
      },
    }
    return stretch
  }

  private halfOpen(): Stretch {
    const { trialCalls, openMs } = this.options
    let begun = 0
    let succeededTrials = 0
    const stretch: Stretch = {
      name: 'half-open',
      admit() {
        if (begun === trialCalls) throw new CircuitOpenError(openMs)
        begun++
      },
      ended: (succeeded) => {
        if (!succeeded) this.enter(stretch, () => new Open(this.options))
        else if (++succeededTrials === trialCalls) this.enter(stretch, () => this.closed())
      },
    }
    return stretch
  }
}

class Open implements Stretch {
  readonly name = 'open'
  private readonly clock: Clock
  private readonly untilMs: number

  constructor({ clock, openMs }: CircuitBreakerOptions) {
    this.clock = clock
    this.untilMs = clock() + openMs
  }

  leftMs(): number {
    return this.untilMs - this.clock()
  }

  admit(): void {
    throw new CircuitOpenError(this.leftMs())
  }

  ended(): void {}
}

function whole(value: number, max: number, name: string): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return
  throw new RangeError(`${name} must be a whole number between 1 and ${max}`)
}
