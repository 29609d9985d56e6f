// Drives one token bucket through a script of calls at given times.

import { TokenBucket } from '#kata/2-foundation/token-bucket'
import { type Attempt, attempt, manualClock } from '../../kit/driver.ts'

export interface Script {
  capacity: number
  refillPerSecond: number
  /** what the clock shows when the bucket is made, ms */
  startMs: number
  calls: Call[]
}

export type Call =
  | { atMs: number; take: number }
  | { atMs: number; ask: number }
  /** single tokens, until one is refused or `most` were granted; answers how many were */
  | { atMs: number; drain: 'all'; most: number }

export function run({ capacity, refillPerSecond, startMs, calls }: Script): (boolean | number)[] {
  const time = manualClock(startMs)
  const bucket = new TokenBucket({ capacity, refillPerSecond, clock: time.clock })
  return calls.map((call) => {
    time.set(call.atMs)
    // One is what is meant when nothing is said.
    if ('take' in call) return call.take === 1 ? bucket.tryTake() : bucket.tryTake(call.take)
    if ('ask' in call) return call.ask === 1 ? bucket.retryAfterMs() : bucket.retryAfterMs(call.ask)
    let granted = 0
    while (granted < call.most && bucket.tryTake()) granted++
    return granted
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

/** Asks for the wait, then tries one millisecond early on one bucket and on time on another with the same past. */
export function waits({ script, count }: { script: Script; count: number }): {
  waitMs: number
  early: boolean | undefined
  onTime: boolean | undefined
} {
  const atMs = script.calls.at(-1)?.atMs ?? script.startMs
  const after = (call: Call) => run({ ...script, calls: [...script.calls, call] }).at(-1)
  const waitMs = after({ atMs, ask: count }) as number
  if (!Number.isFinite(waitMs)) return { waitMs, early: undefined, onTime: undefined }
  return {
    waitMs,
    early: waitMs > 0 ? (after({ atMs: atMs + waitMs - 1, take: count }) as boolean) : undefined,
    onTime: after({ atMs: atMs + waitMs, take: count }) as boolean,
  }
}

/** Makes a bucket from what may be nonsense. */
export function construct({
  capacity,
  refillPerSecond,
}: {
  capacity: number
  refillPerSecond: number
}): Attempt<string> {
  return attempt(() => {
    new TokenBucket({ capacity, refillPerSecond, clock: () => 0 })
    return 'a bucket'
  })
}

type Nonsense = { take: number } | { ask: number }

/**
 * Makes calls of which all but the last two may be nonsense, on a clock that stands still.
 * @returns the answers, and what the last two come to on a bucket that has not been bothered
 */
export function misuse({ capacity, calls }: { capacity: number; calls: Nonsense[] }): {
  answers: Attempt<boolean | number>[]
  undisturbed: Attempt<boolean | number>[]
} {
  const play = (some: Nonsense[]) => {
    const bucket = new TokenBucket({ capacity, refillPerSecond: 1, clock: () => 0 })
    return some.map((call) =>
      attempt(() => ('take' in call ? bucket.tryTake(call.take) : bucket.retryAfterMs(call.ask))),
    )
  }
  return { answers: play(calls), undisturbed: play(calls.slice(-2)) }
}
