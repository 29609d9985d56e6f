// Drives one limiter of many clients through scripts of calls at given times.

import { LeakyBucket } from '#kata/2-foundation/leaky-bucket'
import { type Attempt, attempt, manualClock } from '../../kit/driver.ts'

export interface Rate {
  clients: number
  requests: number
  periodMs: number
  burst: number
}

export interface Script extends Rate {
  /** what the clock shows when the limiter is made, ms since 1970 */
  startMs: number
  calls: Call[]
}

/** `take`, `ask`, `drain` and `spend` name the client. */
export type Call =
  | { atMs: number; take: number }
  | { atMs: number; ask: number }
  /** until one request is refused, or `most` were let through; answers how many were */
  | { atMs: number; drain: number; most: number }
  /** as many requests as a limiter of this kind lets a new client send at once, and not one more: none is refused */
  | { atMs: number; spend: number }

export function run(script: Script): (boolean | number)[] {
  const time = manualClock(script.startMs)
  const limiter = made(script, time.clock)
  return script.calls.map((call) => {
    time.set(call.atMs)
    if ('take' in call) return limiter.tryAcquire(call.take)
    if ('ask' in call) return limiter.retryAfterMs(call.ask)
    if ('drain' in call) return drained(limiter, call.drain, call.most)
    const most = drained(made(script, time.clock), call.spend, 3 * script.burst)
    return drained(limiter, call.spend, most)
  })
}

/** Each script on a limiter of its own. */
export const runEach = ({ scripts }: { scripts: Script[] }): (boolean | number)[][] => scripts.map(run)

/** Asks for the wait, then tries one millisecond early on one limiter and on time on another with the same past. */
export function waits({ script, client }: { script: Script; client: number }): {
  waitMs: number
  early: boolean | undefined
  onTime: boolean | undefined
} {
  const atMs = script.calls.at(-1)?.atMs ?? script.startMs
  const after = (call: Call) => run({ ...script, calls: [...script.calls, call] }).at(-1)
  const waitMs = after({ atMs, ask: client }) as number
  if (!Number.isFinite(waitMs)) return { waitMs, early: undefined, onTime: undefined }
  return {
    waitMs,
    early: waitMs > 0 ? (after({ atMs: atMs + waitMs - 1, take: client }) as boolean) : undefined,
    onTime: after({ atMs: atMs + waitMs, take: client }) as boolean,
  }
}

/** Makes a limiter from what may be nonsense. */
export const construct = (rate: Rate): Attempt<string> =>
  attempt(() => {
    made(rate, () => 0)
    return 'a limiter'
  })

type Nonsense = { take: number } | { ask: number }

/**
 * Makes calls of which all but the last two may be nonsense, on a clock that stands still.
 * @returns the answers, and what the last two come to on a limiter that has not been bothered
 */
export function misuse({ clients, calls }: { clients: number; calls: Nonsense[] }): {
  answers: Attempt<boolean | number>[]
  undisturbed: Attempt<boolean | number>[]
} {
  const play = (some: Nonsense[]) => {
    const limiter = made({ clients, requests: 1, periodMs: 1000, burst: 1 }, () => 5000)
    return some.map((call) =>
      attempt(() => ('take' in call ? limiter.tryAcquire(call.take) : limiter.retryAfterMs(call.ask))),
    )
  }
  return { answers: play(calls), undisturbed: play(calls.slice(-2)) }
}

const made = ({ clients, requests, periodMs, burst }: Rate, clock: () => number) =>
  new LeakyBucket({ clients, requests, periodMs, burst, clock })

function drained(limiter: LeakyBucket, client: number, most: number): number {
  let granted = 0
  while (granted < most && limiter.tryAcquire(client)) granted++
  return granted
}
