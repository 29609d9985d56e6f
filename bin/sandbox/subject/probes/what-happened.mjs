// What can be read from the touches of one run, when it is over: words that two threads touched without an order between
// them, and why those who sleep were never woken. Pure functions over the record.

import { ATOMIC_CHANGE, ATOMIC_READ, ATOMIC_WRITE, NOTIFY, WAIT, WOKEN, WRITE } from './access-kinds.mjs'

const MAX_TOLD = 8
/** More than any buffer has bytes: one number names a byte of a buffer. */
const PER_BUFFER = 2 ** 40

/**
 * Pairs of touches of one word by two threads, of which one writes and not both are atomic, with nothing that orders them
 * (vector clocks, as in FastTrack). On another processor they may come the other way round, or half.
 * @param {readonly Touch[]} touches @param {number} threads
 */
export function racesIn(touches, threads) {
  const clocks = Array.from({ length: threads }, (_, t) => Array.from({ length: threads }, (_, u) => (t === u ? 1 : 0)))
  /** @type {Map<number, number[]>} what a word hands on: the clock of who released it last */
  const released = new Map()
  /** @type {Map<number, number[]>} the clocks of those who notified */
  const notified = new Map()
  /** @type {Map<number, Past>} */
  const bytes = new Map()
  const found = new Map()
  const clockOf = (/** @type {number} */ t) => /** @type {number[]} */ (clocks[t])
  const join = (/** @type {number[]} */ to, /** @type {readonly number[] | undefined} */ from) =>
    from?.forEach((tick, t) => {
      if (tick > (to[t] ?? 0)) to[t] = tick
    })
  const tick = (/** @type {number} */ t) => {
    const clock = clockOf(t)
    clock[t] = (clock[t] ?? 0) + 1
  }

  for (const touch of touches) {
    const { thread, kind, id, offset } = touch
    const clock = clockOf(thread)
    const word = id * PER_BUFFER + offset
    if (kind === NOTIFY) {
      const handed = notified.get(word) ?? []
      join(handed, clock)
      notified.set(word, handed)
      tick(thread)
    }
    if (kind === WOKEN) join(clock, notified.get(word))
    if (kind > ATOMIC_CHANGE) continue
    const isAtomic = kind >= ATOMIC_READ
    const writes = kind === WRITE || kind === ATOMIC_WRITE || kind === ATOMIC_CHANGE
    if (kind === ATOMIC_READ || kind === ATOMIC_CHANGE) join(clock, released.get(word))
    for (let i = 0; i < touch.bytes; i++) {
      const past = bytes.get(word + i) ?? { wrote: undefined, read: [] }
      bytes.set(word + i, past)
      const others = writes ? [past.wrote, ...past.read] : [past.wrote]
      for (const other of others) {
        if (other === undefined || other.thread === thread || (isAtomic && other.isAtomic)) continue
        if (other.tick <= (clock[other.thread] ?? 0)) continue
        const key = `${id} ${offset} ${other.line} ${touch.line}`
        if (found.size < MAX_TOLD && !found.has(key))
          found.set(key, {
            buffer: id,
            byteOffset: offset,
            first: placeOf(other),
            second: { thread, line: touch.line },
          })
      }
      const now = { thread, line: touch.line, isAtomic, tick: clock[thread] ?? 0 }
      if (writes) {
        past.wrote = now
        past.read = []
      } else past.read[thread] = now
    }
    if (kind === ATOMIC_WRITE || kind === ATOMIC_CHANGE) {
      released.set(word, [...clock])
      tick(thread)
    }
  }
  return [...found.values()]
}

const placeOf = (/** @type {{ thread: number, line: number }} */ { thread, line }) => ({ thread, line })

/**
 * Of each thread that sleeps at the end: where, and what others did to its word: changed it without a notify, or notified
 * before it slept.
 * @param {readonly Touch[]} touches @param {readonly number[]} asleep
 */
export function waitsIn(touches, asleep) {
  return asleep.map((thread) => {
    const since = touches.findLastIndex((touch) => touch.kind === WAIT && touch.thread === thread)
    const wait = /** @type {Touch} */ (touches[since])
    const ofWord = (/** @type {Touch} */ touch) => touch.id === wait.id && touch.offset === wait.offset
    const isWrite = (/** @type {Touch} */ { kind }) => kind === WRITE || kind === ATOMIC_WRITE || kind === ATOMIC_CHANGE
    const changed = touches.findLast((touch, i) => i > since && isWrite(touch) && ofWord(touch))
    const early = touches.findLast((touch, i) => i < since && touch.kind === NOTIFY && ofWord(touch))
    return {
      thread,
      line: wait.line,
      buffer: wait.id,
      byteOffset: wait.offset,
      ...(changed === undefined ? {} : { changedBy: placeOf(changed) }),
      ...(early === undefined ? {} : { notifiedBefore: placeOf(early) }),
    }
  })
}

/** One number for a whole run: the same interleaving gives the same. @param {readonly Touch[]} touches */
export function hashOf(touches) {
  let hash = 0x811c9dc5
  for (const { thread, kind, bytes, id, offset, line } of touches)
    for (const part of [thread, kind, bytes, id, offset, line]) hash = Math.imul(hash ^ part, 0x01000193)
  return hash >>> 0
}

/**
 * @typedef {ReturnType<typeof import('./lock-step.mjs').recordOf>} Touch
 * @typedef {{ thread: number, line: number, isAtomic: boolean, tick: number }} Trace
 * @typedef {{ wrote: Trace | undefined, read: (Trace | undefined)[] }} Past
 */
