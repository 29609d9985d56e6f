// Drives one circuit breaker through a script: calls begin and end at given times, and everything that can settle without
// time passing settles after each step. Time is a clock that is set by hand, because it must also be able to step back.

import { CircuitBreaker, type CircuitBreakerOptions, CircuitOpenError } from '#kata/7-resilience/circuit-breaker'
import { type Attempt, attempt, manualClock, refusal, type Settled, settle, watch } from '../../kit/driver.ts'

export type Options = Omit<CircuitBreakerOptions, 'clock'>

export interface Script {
  options: Options
  steps: Step[]
}

/** How an action ends; 'throws' is before it has returned a promise. */
export type Ending = 'succeeds' | 'fails' | 'fails with undefined' | 'throws'

export type Step =
  /** so many calls at once, which stay on their way until a later step ends them; they are numbered from 1 */
  | { atMs: number; begin: number }
  /** the call of that number comes back */
  | { atMs: number; end: number; as: 'succeeds' | 'fails' }
  /** so many calls, one after another, each on its way for `tookMs` */
  | { atMs: number; run: Ending; times: number; tookMs: number }
  | { atMs: number; look: 'state' }

/** What came of one step. */
export interface Seen {
  /** how often an action was called */
  called: number
  /** callers who were turned away without their action being called */
  refused: number
  /** afterwards */
  state: string
}

/** What a caller sees who is turned away. */
export interface Refusal {
  /** whether it is an instance of the CircuitOpenError that the submission exports */
  named: boolean
  name: string
  retryAfterMs: unknown
}

export async function run(script: Script): Promise<Seen[]> {
  return (await playAll(script)).map(({ seen }) => seen)
}

/** For each step, the errors of those who were turned away. */
export async function refusals(script: Script): Promise<Refusal[][]> {
  return (await playAll(script)).map(({ refusals }) => refusals)
}

async function playAll({ options, steps }: Script) {
  const player = playerOf(options)
  const played: Awaited<ReturnType<typeof player.play>>[] = []
  for (const step of steps) played.push(await player.play(step))
  return played
}

/** One call of `execute`, watched from its beginning. */
interface Call {
  /** ends the action */
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** how often the action was called so far */
  readonly called: () => number
  readonly settled: () => Settled<unknown>
  /** `execute` itself threw, before there was a promise */
  readonly thrown: boolean
}

/** @param called how often the action of the same call was called */
type Fallback = (error: unknown, called: number) => unknown

/** Plays steps on one breaker, and remembers the calls that are on their way. */
function playerOf(options: Options) {
  const time = manualClock(0)
  const breaker = new CircuitBreaker({ ...options, clock: time.clock })
  const onTheirWay: Call[] = []

  /** @param thrown what the action throws before it returns a promise, if anything */
  const begin = (thrown?: { error: unknown }, fallback?: Fallback): Call => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // Of a call that was refused, nobody waits for this promise.
    promise.catch(() => {})
    let called = 0
    const action = () => {
      called++
      if (thrown !== undefined) throw thrown.error
      return promise
    }
    const call = { resolve, reject, called: () => called }
    try {
      const settled = watch(
        fallback === undefined ? breaker.execute(action) : breaker.execute(action, (error) => fallback(error, called)),
      )
      return { ...call, settled: () => finished(settled()), thrown: false }
    } catch (error) {
      if (error instanceof Error) refusal(error)
      return { ...call, settled: () => ({ state: 'rejected', error }), thrown: true }
    }
  }

  const play = async (step: Step): Promise<{ seen: Seen; refusals: Refusal[] }> => {
    time.set(step.atMs)
    const begun: Call[] = []
    if ('begin' in step) {
      for (let i = 0; i < step.begin; i++) begun.push(begin())
      onTheirWay.push(...begun)
      await settle()
    } else if ('end' in step) {
      const call = onTheirWay[step.end - 1]
      if (step.as === 'succeeds') call?.resolve(undefined)
      else call?.reject(new Error('failed'))
      await settle()
    } else if ('run' in step) {
      for (let i = 0; i < step.times; i++) {
        const call = begin(step.run === 'throws' ? { error: new Error('thrown') } : undefined)
        begun.push(call)
        if (step.tookMs > 0) await settle()
        time.set(time.clock() + step.tookMs)
        if (step.run === 'succeeds') call.resolve(undefined)
        else call.reject(step.run === 'fails with undefined' ? undefined : new Error('failed'))
        await settle()
      }
    }
    const turnedAway = begun.filter((call) => call.called() === 0 && call.settled().state === 'rejected')
    const called = begun.reduce((sum, call) => sum + call.called(), 0)
    const seen = { called, refused: turnedAway.length, state: String(breaker.state) }
    return { seen, refusals: turnedAway.map((call) => refusalOf(call.settled())) }
  }

  return { time, breaker, begin, play }
}

/** @throws the error itself if it is the `TODO` of a stub, which no contract allows */
function finished(settled: Settled<unknown>): Settled<unknown> {
  if (settled.state === 'rejected' && settled.error instanceof Error) refusal(settled.error)
  return settled
}

function refusalOf(settled: Settled<unknown>): Refusal {
  const error = settled.state === 'rejected' ? settled.error : undefined
  const { name, retryAfterMs } = (error instanceof Error ? error : {}) as Partial<CircuitOpenError>
  return { named: error instanceof CircuitOpenError, name: String(name), retryAfterMs }
}

/** One caller, who comes to a breaker that stands in some state, with or without a fallback. */
export interface Visit {
  options: Options
  /** 'open' and 'half-open' (all places given away) refuse; 'left' is closed when the call begins and open when it ends */
  meets: 'closed' | 'left' | 'open' | 'half-open'
  action: 'succeeds' | 'fails' | 'throws'
  /** what the action brings, or fails with */
  brings: string | number | boolean | null | undefined
  tookMs: number
  fallback: 'none' | 'returns' | 'resolves' | 'throws' | 'rejects'
  /** what a fallback brings that does not fail */
  instead: Visit['brings']
}

/** Who got what. 'own' is the very thing that the action brought or failed with. */
export interface Answer {
  called: number
  fallbackCalls: number
  fallbackGot: 'nothing' | 'own error' | 'the refusal' | 'another error'
  /** where the breaker stood, after one more failing call, while a fallback that takes its time had not yet answered */
  stateAfterOneMore: string
  caller: string
}

export async function visit(visit: Visit): Promise<Answer> {
  const { options, meets, action, brings } = visit
  const { time, begin, play } = playerOf(options)
  const failing = (times: number): Step => ({ atMs: time.clock(), run: 'fails', times, tookMs: 0 })
  if (meets === 'open' || meets === 'half-open') await play(failing(options.windowCalls))
  if (meets === 'half-open') await play({ atMs: options.openMs, begin: options.trialCalls })

  const answer: Answer = { called: 0, fallbackCalls: 0, fallbackGot: 'nothing', stateAfterOneMore: '', caller: '' }
  const later = Promise.withResolvers<unknown>()
  later.promise.catch(() => {})
  const fallbackError = new Error('the fallback failed')
  const fallback: Fallback = (error, called) => {
    answer.fallbackCalls++
    answer.fallbackGot = called === 0 ? 'the refusal' : Object.is(error, brings) ? 'own error' : 'another error'
    if (visit.fallback === 'throws') throw fallbackError
    return visit.fallback === 'returns' ? visit.instead : later.promise
  }
  const call = begin(
    action === 'throws' ? { error: brings } : undefined,
    visit.fallback === 'none' ? undefined : fallback,
  )
  await settle()
  if (meets === 'left') await play(failing(options.windowCalls))
  time.set(time.clock() + visit.tookMs)
  if (action === 'succeeds') call.resolve(brings)
  else call.reject(brings)
  await settle()
  answer.stateAfterOneMore = (await play(failing(1))).seen.state
  if (visit.fallback === 'resolves') later.resolve(visit.instead)
  else later.reject(fallbackError)
  await settle()
  answer.called = call.called()
  answer.caller = callerOf(
    call,
    brings,
    answer.fallbackCalls > 0 ? { value: visit.instead, error: fallbackError } : undefined,
  )
  return answer
}

/** @param fallback what the fallback brings or fails with, if it was called */
function callerOf(call: Call, brings: unknown, fallback?: { value: unknown; error: Error }): string {
  const settled = call.settled()
  if (call.thrown) return 'an error thrown before there was a promise'
  if (settled.state === 'pending') return 'nothing, for ever'
  if (settled.state === 'fulfilled') {
    if (fallback !== undefined && Object.is(settled.value, fallback.value)) return "the fallback's value"
    return Object.is(settled.value, brings) ? "the action's own value" : 'another value'
  }
  if (fallback !== undefined && settled.error === fallback.error) return "the fallback's error"
  if (call.called() === 0) return 'a refusal'
  return Object.is(settled.error, brings) ? "the action's own error" : 'another error'
}

/** Makes a breaker of what may be nonsense. */
export function construct(options: Options): Attempt<string> {
  return attempt(() => {
    new CircuitBreaker({ ...options, clock: () => 0 })
    return 'a breaker'
  })
}

/** A call of `execute` with something that is no function. */
export type Nonsense = { action: unknown } | { fallback: unknown }

/**
 * Plays a script twice, once with nonsense before one of its steps.
 * @returns what became of the nonsense, and both accounts of the script
 */
export async function misuse({
  script,
  before,
  nonsense,
}: {
  script: Script
  before: number
  nonsense: Nonsense[]
}): Promise<{
  errors: { threw: string; message: string; called: number }[]
  with: Seen[]
  without: Seen[]
}> {
  const { time, breaker, play } = playerOf(script.options)
  const errors: { threw: string; message: string; called: number }[] = []
  const seen: Seen[] = []
  for (const [i, step] of script.steps.entries()) {
    time.set(step.atMs)
    if (i === before)
      for (const bad of nonsense) {
        let called = 0
        const good = async () => void called++
        const [action, fallback] = 'action' in bad ? [bad.action, good] : [good, bad.fallback]
        const error = await failureOf(() => breaker.execute(action as typeof good, fallback as typeof good))
        errors.push({ ...error, called })
      }
    seen.push((await play(step)).seen)
  }
  return { errors, with: seen, without: await run(script) }
}

async function failureOf(execute: () => Promise<unknown>): Promise<{ threw: string; message: string }> {
  try {
    const settled = watch(execute())
    await settle()
    const { state, error } = { error: undefined, ...finished(settled()) }
    return error instanceof Error ? refusal(error) : { threw: state, message: '' }
  } catch (error) {
    return { ...refusal(error), threw: 'an error before there was a promise' }
  }
}
