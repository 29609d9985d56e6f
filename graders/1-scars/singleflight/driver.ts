// Drives one Singleflight through a script in virtual time, and writes down who heard what, and when. Each caller brings a
// load of its own, so that it shows whose load ran.

import { Singleflight } from '#kata/1-scars/singleflight'
import { attempt, type Settled, virtualTime, watch } from '../../kit/driver.ts'

export interface Script {
  /** in order of time; steps of one time happen in one turn of the event loop, with no chance for anything in between */
  steps: Step[]
}

/** Callers are numbered in the order in which the script names them. */
export type Step =
  | Call
  /** aborts the signal of a caller; `with` is the reason, in place of an error of its own */
  | { atMs: number; abort: number; with?: { plain: Plain } }
  | { atMs: number; forget: string }
  | { atMs: number; count: true }

export interface Call {
  /**
   * when it calls: at that time, or in the very moment in which another caller hears what became of its call, or in which
   * the signal of another caller's load aborts
   */
  atMs: number | { heard: number } | { aborted: number }
  key: string
  load: {
    takesMs: number
    /** `plain` returns a value that is no promise; `throws` does not get as far as a promise */
    ends: 'value' | 'error' | 'plain' | 'throws'
    /** what it comes to instead of an object or an error of its own */
    with?: { plain: Plain }
    /** stops when its signal aborts, and rejects with its reason */
    heeds?: boolean
  }
  /** the caller whose signal it comes with */
  signal?: number
}

export type Plain = undefined | null | boolean | number | string

/** A value or an error: made by the load of a caller, the reason that a caller's signal was aborted with, or another. */
export type Thing = { load: number } | { reason: number } | { plain: Plain } | { other: string }

export interface Heard {
  atMs: number
  how: 'value' | 'error' | 'thrown'
  what: Thing
}

export interface Timeline {
  /** by caller; null for one who has never heard anything */
  callers: (Heard | null)[]
  /** by the caller who brought it; a load that has landed no longer has a signal to speak of */
  loads: { ranAtMs: number[]; abortedAtMs: number | null }[]
  /** `inFlight` at each counting step */
  counts: number[]
  /** by caller: listeners left on its signal, which has not been aborted */
  listeners: number[]
}

export async function play({ steps }: Script): Promise<Timeline> {
  const time = virtualTime()
  const flights = new Singleflight<unknown>()
  const calls = steps.filter((step) => 'load' in step)
  const signals = calls.map((_, n) => countedSignal(new Error(`${name(n)} has left`)))
  const things = new Map<unknown, Thing>(signals.map(({ reason }, n) => [reason, { reason: n }]))
  const timeline: Timeline = {
    callers: calls.map(() => null),
    loads: calls.map(() => ({ ranAtMs: [], abortedAtMs: null })),
    counts: [],
    listeners: [],
  }
  let todo: unknown

  const thing = (value: unknown): Thing =>
    things.get(value) ??
    (Object(value) === value
      ? { other: value instanceof Error ? `${value.name}: ${value.message}`.slice(0, 60) : 'an object' }
      : { plain: value as Plain })

  const hear = (n: number, how: Heard['how'], what: Thing) => {
    timeline.callers[n] = { atMs: time.clock(), how, what }
    follow('heard', n)
  }

  /** Makes the calls that wait for this moment. */
  const follow = (what: 'heard' | 'aborted', n: number) => {
    for (const [m, { atMs }] of calls.entries())
      if (typeof atMs === 'object' && what in atMs && Object.values(atMs)[0] === n) make(calls[m] as Call, m)
  }

  const make = (call: Call, n: number) => {
    const signal = call.signal === undefined ? {} : { signal: signals[call.signal]?.signal }
    const made = attempt(() => Promise.resolve(flights.do(call.key, loadOf(call, n), signal)))
    if ('threw' in made) return hear(n, 'thrown', { other: made.message.slice(0, 60) })
    watch(made.returned, (settled: Settled<unknown>) => {
      if (settled.state === 'fulfilled') hear(n, 'value', thing(settled.value))
      if (settled.state !== 'rejected') return
      if (settled.error instanceof Error && settled.error.message.startsWith('TODO')) todo = settled.error
      hear(n, 'error', thing(settled.error))
    })
  }

  const loadOf = ({ load: { takesMs, ends, with: given, heeds } }: Call, n: number) => {
    const seen = timeline.loads[n] as Timeline['loads'][number]
    return (signal: AbortSignal): unknown => {
      const fails = ends === 'error' || ends === 'throws'
      const end = given ? given.plain : fails ? new Error(`load${name(n)} has failed`) : { from: `load${name(n)}` }
      if (given === undefined) things.set(end, { load: n })
      seen.ranAtMs.push(time.clock())
      if (ends === 'throws') throw end
      if (ends === 'plain') return end
      return new Promise((resolve, reject) => {
        // A well-behaved load: it takes its listener away when it is done.
        const over = () => signal.removeEventListener('abort', stop)
        const land = () => {
          over()
          ;(fails ? reject : resolve)(end)
        }
        const stop = () => {
          seen.abortedAtMs ??= time.clock()
          if (heeds) reject(signal.reason)
          follow('aborted', n)
        }
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop)
        time.at(time.clock() + takesMs, land)
      })
    }
  }

  const take = (step: Step) => {
    if ('load' in step) make(step, calls.indexOf(step))
    else if ('abort' in step) signals[step.abort]?.abort(step.with)
    else if ('forget' in step) flights.forget(step.forget)
    else timeline.counts.push(flights.inFlight)
  }
  const timed = steps.filter((step) => typeof step.atMs === 'number')
  for (const atMs of new Set(timed.map((step) => step.atMs as number)))
    time.at(atMs, () => timed.filter((step) => step.atMs === atMs).forEach(take))
  await time.run()
  if (todo !== undefined) throw todo
  timeline.listeners = signals.map(({ signal, listening }) => (signal.aborted ? 0 : listening()))
  return timeline
}

/** A crowd calls for one key, wave after wave, one each millisecond; then the load lands. */
export async function crowd({ waves }: { waves: number[] }): Promise<{ loads: number; served: number }> {
  const time = virtualTime()
  const flights = new Singleflight<object>()
  const page = { from: 'the load' }
  const seen = { loads: 0, served: 0 }
  const load = () => {
    seen.loads++
    return new Promise<object>((resolve) => time.at(waves.length, () => resolve(page)))
  }
  for (const [atMs, callers] of waves.entries())
    time.at(atMs, () => {
      for (let i = 0; i < callers; i++)
        watch(flights.do('home', load), (settled) => {
          if (settled.state === 'fulfilled' && settled.value === page) seen.served++
        })
    })
  await time.run()
  return seen
}

const name = (n: number) => String.fromCharCode(65 + n)

/** An abort signal that knows how many listeners wait for its abort and have not been taken away again. */
function countedSignal(reason: Error) {
  const controller = new AbortController()
  const { signal } = controller
  const { addEventListener, removeEventListener } = signal
  const listeners = new Set<unknown>()
  Object.defineProperties(signal, {
    addEventListener: {
      value(...given: Parameters<typeof addEventListener>) {
        const [type, listener, options] = given
        if (type === 'abort') listeners.add(listener)
        // The other way to take a listener away.
        if (typeof options === 'object') options.signal?.addEventListener('abort', () => listeners.delete(listener))
        return addEventListener.apply(signal, given)
      },
    },
    removeEventListener: {
      value(...given: Parameters<typeof removeEventListener>) {
        if (given[0] === 'abort') listeners.delete(given[1])
        return removeEventListener.apply(signal, given)
      },
    },
  })
  const abort = (instead?: { plain: Plain }) => controller.abort(instead === undefined ? reason : instead.plain)
  return { signal, reason, abort, listening: () => listeners.size }
}
