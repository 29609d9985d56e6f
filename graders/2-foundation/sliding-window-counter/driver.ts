// Drives one sliding-window counter through a script of calls at given times.

import { SlidingWindowCounter } from '#kata/2-foundation/sliding-window-counter'
import { type Attempt, attempt, manualClock } from '../../kit/driver.ts'

export interface Script {
  limit: number
  windowMs: number
  /** what the clock shows when the limiter is made, ms */
  startMs: number
  calls: Call[]
}

/** `take`: requests, one after another, until one is refused; answers how many were granted. `ask`: for the wait. */
export type Call = { atMs: number; take: number } | { atMs: number; ask: true }

export function run({ limit, windowMs, startMs, calls }: Script): number[] {
  const time = manualClock(startMs)
  const limiter = new SlidingWindowCounter({ limit, windowMs, clock: time.clock })
  return calls.map((call) => {
    time.set(call.atMs)
    if ('ask' in call) return limiter.retryAfterMs()
    let granted = 0
    while (granted < call.take && limiter.tryAcquire()) granted++
    return granted
  })
}

/** Two scripts of which the contract says that they must come to the same. */
export function twins({ one, other }: { one: Script; other: Script }): { one: number[]; other: number[] } {
  return { one: run(one), other: run(other) }
}

/** Asks for the wait, then tries one millisecond early on one limiter and on time on another with the same past. */
export function waits(script: Script): { waitMs: number; early: boolean | undefined; onTime: boolean | undefined } {
  const atMs = script.calls.at(-1)?.atMs ?? script.startMs
  const after = (call: Call) => run({ ...script, calls: [...script.calls, call] }).at(-1) as number
  const waitMs = after({ atMs, ask: true })
  if (!Number.isSafeInteger(waitMs) || waitMs < 0) return { waitMs, early: undefined, onTime: undefined }
  return {
    waitMs,
    early: waitMs > 0 ? after({ atMs: atMs + waitMs - 1, take: 1 }) === 1 : undefined,
    onTime: after({ atMs: atMs + waitMs, take: 1 }) === 1,
  }
}

/** Many clients, each with a limiter of its own and the times of its requests. Answers '1' (granted) and '0' for each. */
export function traffic({
  limit,
  windowMs,
  clients,
}: {
  limit: number
  windowMs: number
  clients: number[][]
}): string[] {
  return clients.map((times) => {
    const time = manualClock(times[0] ?? 0)
    const limiter = new SlidingWindowCounter({ limit, windowMs, clock: time.clock })
    let answers = ''
    for (const atMs of times) {
      time.set(atMs)
      answers += limiter.tryAcquire() ? '1' : '0'
    }
    return answers
  })
}

/** Makes a limiter from what may be nonsense. */
export function construct({ limit, windowMs }: { limit: number; windowMs: number }): Attempt<string> {
  return attempt(() => {
    new SlidingWindowCounter({ limit, windowMs, clock: () => 0 })
    return 'a limiter'
  })
}
