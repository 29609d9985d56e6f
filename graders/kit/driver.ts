// What drivers are written with. It runs beside the submission, in the subject process, and is loaded before the realm is
// closed. A driver turns one plain input into calls on the submission and one plain answer; it never judges.

import { settle } from './engine.ts'

export { settle }

/** What one call came to, as plain data. */
export type Attempt<T> = { returned: T } | { threw: string; message: string }

/**
 * Makes a call that the contract allows to throw. A `TODO` of the stub is not part of any contract: it goes on up.
 * @returns the value, or the error's name and message
 */
export function attempt<T>(call: () => T): Attempt<T> {
  try {
    return { returned: call() }
  } catch (error) {
    return refusal(error)
  }
}

/** The error as plain data. @throws the error itself if it is a `TODO`, or no error at all. */
export function refusal(error: unknown): { threw: string; message: string } {
  if (!(error instanceof Error) || error.message.startsWith('TODO')) throw error
  return { threw: error.name, message: error.message }
}

/** A clock that stands still until it is told otherwise, in whole milliseconds. */
export interface ManualClock {
  /** what a submission is given: reads the time, and cannot be tampered with */
  readonly clock: () => number
  set(nowMs: number): void
}

export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs
  return Object.freeze({
    clock: Object.freeze(() => nowMs),
    set(toMs: number) {
      nowMs = toMs
    },
  })
}

/** One promise of a submission, watched from the moment that it was made. */
export type Settled<T> = { state: 'pending' } | { state: 'fulfilled'; value: T } | { state: 'rejected'; error: unknown }

/**
 * Watches a promise without leaving it unhandled: what it came to so far, and when.
 * @param onSettled called once, at the moment (of the virtual clock) when it settles
 */
export function watch<T>(promise: PromiseLike<T>, onSettled?: (settled: Settled<T>) => void): () => Settled<T> {
  let settled: Settled<T> = { state: 'pending' }
  const keep = (now: Settled<T>) => {
    // A thenable of a submission may call back twice; a promise settles once.
    if (settled.state !== 'pending') return
    settled = now
    onSettled?.(now)
  }
  promise.then(
    (value) => keep({ state: 'fulfilled', value }),
    (error: unknown) => keep({ state: 'rejected', error }),
  )
  return () => settled
}

/**
 * Time for asynchronous katas: a clock to read and a way to wait, both virtual. Nothing real passes; a run of an hour
 * takes microseconds and is the same every time.
 */
export interface VirtualTime {
  readonly clock: () => number
  /** Resolves when the virtual clock has come that far. Costs O(log waiting). */
  readonly sleep: (ms: number) => Promise<void>
  /** Runs an action at a time; actions of one time run in the order in which they were planned. */
  at(timeMs: number, action: () => void): void
  /** Lets time pass, action by action, every promise settled in between, until nothing is planned any more. */
  run(): Promise<void>
}

/** @param limit how many planned actions may run before the run is called endless */
export function virtualTime(startMs = 0, limit = 100_000): VirtualTime {
  let nowMs = startMs
  let order = 0
  // A binary heap by (time, order): plain arrays with a sort would make long scripts quadratic.
  const heap: { timeMs: number; order: number; action: () => void }[] = []
  const before = (a: number, b: number) => {
    const x = heap[a] as (typeof heap)[number]
    const y = heap[b] as (typeof heap)[number]
    return x.timeMs < y.timeMs || (x.timeMs === y.timeMs && x.order < y.order)
  }
  const swap = (a: number, b: number) => {
    const held = heap[a] as (typeof heap)[number]
    heap[a] = heap[b] as (typeof heap)[number]
    heap[b] = held
  }
  const at = (timeMs: number, action: () => void) => {
    heap[heap.length] = { timeMs: Math.max(timeMs, nowMs), order: order++, action }
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!before(i, parent)) break
      swap(i, parent)
      i = parent
    }
  }
  const take = () => {
    const first = heap[0] as (typeof heap)[number]
    const last = heap.pop() as (typeof heap)[number]
    if (heap.length > 0) {
      heap[0] = last
      for (let i = 0; ; ) {
        let least = i
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && before(child, least)) least = child
        if (least === i) break
        swap(i, least)
        i = least
      }
    }
    return first
  }
  return Object.freeze({
    clock: Object.freeze(() => nowMs),
    sleep: Object.freeze((ms: number) => new Promise<void>((resolve) => at(nowMs + ms, resolve))),
    at,
    async run() {
      await settle()
      for (let actions = 0; heap.length > 0; actions++) {
        if (actions >= limit) throw new Error(`more than ${limit} timed actions: time never comes to rest`)
        const { timeMs, action } = take()
        nowMs = timeMs
        action()
        await settle()
      }
    },
  })
}
