// Drives one circuit breaker through a script: calls begin and end at given times, and everything that can settle without
// time passing settles after each step. Time is a clock that is set by hand, because it must also be able to step back.

import { CircuitBreaker, type CircuitBreakerOptions, CircuitOpenError } from '#kata/7-resilience/circuit-breaker'
import { type Attempt, attempt, manualClock, refusal, type Settled, settle, watch } from '../../kit/driver.ts'

export type Options = Omit<CircuitBreakerOptions, 'clock'>

export interface Script {
  options: Options
  steps: Step[]
}

/** How an action ends; 'throws' does so before it has returned a promise. */
export type Ending = 'succeeds' | 'fails' | 'fails with undefined' | 'throws'

export type Step =
  /** so many calls at once, which are on their way until a later step ends them; they are numbered from 1 */
  | { atMs: number; begin: number }
  /** the call of that number comes back */
  | { atMs: number; end: number; as: 'succeeds' | 'fails' }
  /** so many calls, one after another, each on its way for `tookMs` */
  | { atMs: number; run: Ending; times: number; tookMs: number }
  | { atMs: number; look: 'state' }

/** What came of one step. */
export interface Seen {
  /** actions that were called */
  called: number
  /** callers who were turned away at once, their action not called */
  refused: number
  /** afterwards */
  state: string
}

/** What a caller sees who is turned away. */
export type Refusal = { name: string; retryAfterMs: number } | { name: string; message: string }

interface Called {
  readonly settled: () => Settled<unknown>
  /** it threw before there was a promise */
  readonly thrown: boolean
}

/** Plays steps on one breaker, and remembers the calls that are on their way. */
function player(options: Options) {
  const time = manualClock(0)
  const breaker = new CircuitBreaker({ ...options, clock: time.clock })
  const onTheirWay: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = []
  let called = 0

  const execute = (action: () => Promise<unknown>, fallback?: (error: unknown) => unknown): Called => {
    try {
      return { settled: watch(breaker.execute(action, fallback)), thrown: false }
    } catch (error) {
      refusal(error)
      return { settled: () => ({ state: 'rejected', error }), thrown: true }
    }
  }

  const begin = (ending?: Ending) => {
    const own = Promise.withResolvers<unknown>()
    const calledBefore = called
    const call = execute(() => {
      called++
      if (ending === 'throws') throw new Error('thrown')
      return own.promise
    })
    return { call, own, refused: () => called === calledBefore && call.settled().state === 'rejected' }
  }

  return {
    time,
    breaker,
    execute,
    async play(step: Step): Promise<{ seen: Seen; refusals: Refusal[] }> {
      time.set(step.atMs)
      const calledBefore = called
      let turnedAway: Called[] = []
      if ('begin' in step) {
        const begun = Array.from({ length: step.begin }, () => {
          const { call, own } = begin()
          onTheirWay.push(own)
          return call
        })
        await settle()
        turnedAway = begun.filter((call) => call.settled().state === 'rejected')
      } else if ('end' in step) {
        const own = onTheirWay[step.end - 1]
        if (step.as === 'succeeds') own?.resolve(undefined)
        else own?.reject(new Error('failed'))
        await settle()
      } else if ('run' in step) {
        for (let i = 0; i < step.times; i++) {
          const { call, own, refused } = begin(step.run)
          await settle()
          if (refused()) turnedAway.push(call)
          time.set(time.clock() + step.tookMs)
          if (step.run === 'succeeds') own.resolve(undefined)
          // A call that was refused or that threw has nobody who waits for this.
          own.promise.catch(() => {})
          if (step.run !== 'succeeds') own.reject(step.run === 'fails with undefined' ? undefined : new Error('failed'))
          await settle()
        }
      } else await settle()
      const seen = { called: called - calledBefore, refused: turnedAway.length, state: String(breaker.state) }
      return { seen, refusals: turnedAway.map(told) }
    },
  }
}

function told(call: Called): Refusal {
  const settled = call.settled()
  const error = settled.state === 'rejected' ? settled.error : undefined
  if (error instanceof CircuitOpenError) return { name: error.name, retryAfterMs: error.retryAfterMs }
  return error instanceof Error ? { name: error.name, message: error.message } : { name: 'no Error', message: '' }
}

async function playAll({ options, steps }: Script) {
  const { play } = player(options)
  const played: Awaited<ReturnType<typeof play>>[] = []
  for (const step of steps) played.push(await play(step))
  return played
}

export async function run(script: Script): Promise<Seen[]> {
  return (await playAll(script)).map(({ seen }) => seen)
}

/** For each step, the errors of those who were turned away. */
export async function refusals(script: Script): Promise<Refusal[][]> {
  return (await playAll(script)).map(({ refusals }) => refusals)
}
