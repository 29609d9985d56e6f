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

export function run(script: Script): number[] {
  const play = player(script)
  return script.calls.map((call) => play(call))
}

/** A limiter and its clock: plays one call. */
function player({ limit, windowMs, startMs }: Omit<Script, 'calls'>): (call: Call) => number {
  const time = manualClock(startMs)
  const limiter = new SlidingWindowCounter({ limit, windowMs, clock: time.clock })
  return (call) => {
    time.set(call.atMs)
    if ('ask' in call) return limiter.retryAfterMs()
    let granted = 0
    while (granted < call.take && limiter.tryAcquire()) granted++
    return granted
  }
}

/** Two scripts of which the contract says that they must come to the same. */
export function twins({ one, other }: { one: Script; other: Script }): { one: number[]; other: number[] } {
  return { one: run(one), other: run(other) }
}

/**
 * Plays a script on a clock that steps back, and beside it on one that stands still at the last grant instead. A question
 * at a time after the last grant is left out: what it leaves behind when the clock is put right is another promise's
 * concern.
 */
export function steppingBack(script: Script): { call: Call; behindMs: number; stepping: number; still: number }[] {
  const [stepping, still] = [player(script), player(script)]
  let lastMs = Number.NEGATIVE_INFINITY
  return script.calls.flatMap((call) => {
    if ('ask' in call && call.atMs > lastMs) return []
    const atMs = Math.max(call.atMs, lastMs)
    const answers = { call, behindMs: atMs - call.atMs, stepping: stepping(call), still: still({ ...call, atMs }) }
    if ('take' in call && answers.stepping > 0) lastMs = atMs
    return [answers]
  })
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
