/**
 * A circuit breaker: it watches how the calls to a dependency end, stops calling when too many fail, and later lets a
 * few trial calls find out whether it may go on.
 *
 *   closed     every call is made; how the latest ones ended is remembered
 *   open       no call is made, for `openMs`
 *   half-open  exactly `trialCalls` calls are made: all succeed → closed, one fails → open
 *
 * A call **fails** if its action throws, if the promise rejects (with whatever), or if it is slow: `slowCallMs` or more
 * from its beginning to its end. Otherwise it succeeds. It counts when it ends, and only for the stretch of the state in
 * which it began: if the breaker has changed its state meanwhile, even there and back, the outcome changes nothing.
 *
 * There is no timer. An action that never settles keeps its trial place for ever: give actions a timeout.
 */

/** Reads the time in whole milliseconds. It may stand still, jump, or step back (NTP does that). */
export type Clock = () => number

export type CircuitState = 'closed' | 'open' | 'half-open'

export interface CircuitBreakerOptions {
  /** while closed, the outcomes of so many latest calls are remembered: a whole number, 1 to 10,000 */
  readonly windowCalls: number
  /** it never opens on fewer outcomes than this since it closed: a whole number, 1 to `windowCalls` */
  readonly minimumCalls: number
  /** it opens when at least so many per cent of the remembered outcomes are failures: a whole number, 1 to 100 */
  readonly failurePercent: number
  /** a call that takes so long has failed, whatever it brings: whole milliseconds, 1 to 1,000,000,000 */
  readonly slowCallMs: number
  /** how long it stays open: whole milliseconds, 1 to 1,000,000,000 */
  readonly openMs: number
  /** calls that half-open lets in, and that must all succeed: a whole number, 1 to 10,000 */
  readonly trialCalls: number
  /** Times are differences of two readings: what ends before it began took no time, and an open period lasts until the
   *  clock shows its end. */
  readonly clock: Clock
}

/** What a refused caller gets. Given complete. */
export class CircuitOpenError extends Error {
  override readonly name: string = 'CircuitOpenError'
  /** open: milliseconds until trial calls are let in; half-open: `openMs`, because nobody can know */
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super(`The circuit is open: come back in ${retryAfterMs} ms.`)
    this.retryAfterMs = retryAfterMs
  }
}

export class CircuitBreaker {
  /** @throws {RangeError} naming the option that is not a whole number in its range */
  constructor(options: CircuitBreakerOptions) {
    throw new Error(`TODO: begin closed, with nothing remembered, and keep ${Object.keys(options).join(', ')}`)
  }

  /** What a call made now would meet: 'half-open' as soon as `openMs` are over, also if nobody has called since. */
  get state(): CircuitState {
    throw new Error('TODO: say closed, open or half-open')
  }

  /**
   * Calls the action, or refuses at once without calling it: while open, and while half-open when all trial places of
   * this stretch are given away (an ended trial does not give its place back).
   *
   * After every outcome that counts, a success too, a closed breaker looks whether it must open. It has counted before
   * the fallback is called; how a fallback ends is never counted, and neither is a refusal.
   *
   * Never throws by itself: every error comes through the promise.
   *
   * @param fallback called with the error when the action fails with one, or with the CircuitOpenError of a refusal. A
   * slow call that brings a value needs none: its caller gets the value.
   * @returns what the action brings, or what the fallback brings
   * @throws {unknown} the fallback's error; without a fallback the action's own error, or a CircuitOpenError
   * @throws {TypeError} naming `action` or `fallback` if that is given and no function, in every state; nothing is then
   * called, counted or given away
   * Cost: O(1) beside the action, however large the window is; when a call has ended, nothing of it is left but its outcome.
   */
  async execute<T>(action: () => Promise<T>, fallback?: (error: unknown) => T | Promise<T>): Promise<T> {
    throw new Error(`TODO: call ${action.name || 'the action'} or refuse; ${fallback ? 'use' : 'there is no'} fallback`)
  }
}
