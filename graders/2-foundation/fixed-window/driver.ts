// Drives one fixed-window counter through a script of calls at given times.

import { FixedWindow } from '#kata/2-foundation/fixed-window'
import { type Attempt, attempt, manualClock } from '../../kit/driver.ts'

export interface Script {
  limit: number
  windowMs: number
  /** what the clock shows when the counter is made, ms since 1970 */
  startMs: number
  calls: Call[]
}

/** A count, or nothing said, which is one. */
export type Count = number | 'unsaid'

export type Call = { atMs: number; take: Count } | { atMs: number; ask: Count } | { atMs: number; left: true }

export function run({ limit, windowMs, startMs, calls }: Script): (boolean | number)[] {
  const time = manualClock(startMs)
  const window = new FixedWindow({ limit, windowMs, clock: time.clock })
  return calls.map((call) => {
    time.set(call.atMs)
    if ('take' in call) return call.take === 'unsaid' ? window.tryAcquire() : window.tryAcquire(call.take)
    if ('ask' in call) return call.ask === 'unsaid' ? window.retryAfterMs() : window.retryAfterMs(call.ask)
    return window.remaining()
  })
}

/** The same script with and without the extra calls: what they change shows in the answers to the others. */
export function compare({ script, extra }: { script: Script; extra: Call[][] }): {
  without: (boolean | number)[]
  with: (boolean | number)[]
  extra: (boolean | number)[]
} {
  const calls = script.calls.flatMap((call, i) => [...(extra[i] ?? []), call])
  const isExtra = script.calls.flatMap((_, i) => [...(extra[i] ?? []).map(() => true), false])
  const answers = run({ ...script, calls })
  return {
    without: run(script),
    with: answers.filter((_, i) => !isExtra[i]),
    extra: answers.filter((_, i) => isExtra[i]),
  }
}

/** Makes a counter from what may be nonsense. */
export function construct({ limit, windowMs }: { limit: number; windowMs: number }): Attempt<string> {
  return attempt(() => {
    new FixedWindow({ limit, windowMs, clock: () => 0 })
    return 'a counter'
  })
}

type Nonsense = { take: number } | { ask: number }

/**
 * Makes calls of which all but the last two may be nonsense, on a clock that stands still.
 * @returns the answers, and what the last two come to on a counter that has not been bothered
 */
export function misuse({ limit, calls }: { limit: number; calls: Nonsense[] }): {
  answers: Attempt<boolean | number>[]
  undisturbed: Attempt<boolean | number>[]
} {
  const play = (some: Nonsense[]) => {
    const window = new FixedWindow({ limit, windowMs: 1000, clock: () => 5000 })
    return some.map((call) =>
      attempt(() => ('take' in call ? window.tryAcquire(call.take) : window.retryAfterMs(call.ask))),
    )
  }
  return { answers: play(calls), undisturbed: play(calls.slice(-2)) }
}
