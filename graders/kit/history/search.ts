// The search for a linearization of one part of a history: Wing and Gong's, with Lowe's memory of configurations that
// have led nowhere. What may come next is what began before the first answer that is still to be explained; one that
// fits is lifted out of the list, and put back when nothing after it fits.
//
// A configuration is a set of operations and a state. Of it only 64 bits are remembered: the exclusive or of a random
// number for each operation (as in Zobrist's chess tables) and one for the state, so that a step costs two operations.
// Two configurations with the same 64 bits would be taken for one, and what is linearizable called not: the caller
// therefore asks twice before it believes a no.

import type { Model } from './models.ts'
import { type History, type Operation, textOf } from './operation.ts'
import { pairMap } from './pair-map.ts'
import { visited } from './visited.ts'

export interface Search {
  /** Goes on for so many steps. */
  run(steps: number): 'yes' | 'no' | 'paused'
  readonly steps: number
  /** the linearization that explains most answers so far, as indices into the history; only of a search that keeps it */
  best(): Explained
}

export interface Explained {
  readonly order: readonly number[]
  /** none of these can come next, and one of them must */
  readonly stuck: readonly number[]
}

const NEVER = 0
/** Memo of a transition: not known is -1, impossible is this, else the state + 1. */
const IMPOSSIBLE = 0

export function search<State, Input, Output>(
  history: History<Input, Output>,
  model: Model<State, Input, Output>,
  seed: number,
  { keepsBest = false }: { readonly keepsBest?: boolean } = {},
): Search {
  const { entries, pendingEntries } = entriesOf(history)
  const count = entries.length
  const HEAD = count + pendingEntries.length
  const PENDING_HEAD = HEAD + 1
  /** by entry: the operation, and the entry of its answer; -1 for an answer, NEVER for one that never came */
  const opOf = new Int32Array(HEAD)
  const answerOf = new Int32Array(HEAD).fill(-1)
  const placeOf = new Float64Array(HEAD)
  const next = new Int32Array(HEAD + 2)
  const previous = new Int32Array(HEAD + 2)

  const chain = (head: number, from: number, to: number) => {
    let last = head
    for (let i = from; i < to; i++) {
      next[last] = i
      previous[i] = last
      last = i
    }
    next[last] = head
    previous[head] = last
  }
  chain(HEAD, 0, count)
  chain(PENDING_HEAD, count, HEAD)
  const callOf = new Int32Array(history.length)
  for (const [i, { op, isAnswer, place }] of [...entries, ...pendingEntries].entries()) {
    opOf[i] = op
    placeOf[i] = place
    if (isAnswer) answerOf[callOf[op] as number] = i
    else {
      callOf[op] = i
      if (i >= count) answerOf[i] = NEVER
    }
  }

  const effectOf = transitions(history, model)
  const [opHigh, opLow] = randomWords(history.length, seed)
  const stateSeed = mix(seed ^ 0x5bd1e995)
  /** of each that was never answered, its bit */
  const bitOf = new Int32Array(history.length).fill(-1)
  for (const [bit, { op }] of pendingEntries.entries()) bitOf[op] = bit
  const taken = new Int32Array((pendingEntries.length + 31) >> 5)
  const seen = visited(taken.length, history.length)

  const stackEntry = new Int32Array(history.length)
  const stackState = new Int32Array(history.length)
  let depth = 0
  let state = 0
  let high = 0
  let low = 0
  let steps = 0
  /** answers explained, and most ever */
  let explained = 0
  let most = -1
  let bestOrder: number[] = []
  let bestStuck: number[] = []
  let entry = next[HEAD] as number
  /** the place of the first answer that is not explained, while what was never answered is tried; else -1 */
  let before = -1

  const lift = (at: number) => {
    next[previous[at] as number] = next[at] as number
    previous[next[at] as number] = previous[at] as number
  }
  const unlift = (at: number) => {
    next[previous[at] as number] = at
    previous[next[at] as number] = at
  }
  const isFresh = (candidate: number, op: number): boolean => {
    take(op)
    const isNew = seen.isNew(high ^ mix(stateSeed ^ candidate), low ^ mix(~stateSeed ^ candidate), taken)
    take(op)
    return isNew
  }
  /** Puts it into the configuration, or out of it. */
  const take = (op: number) => {
    const bit = bitOf[op] as number
    if (bit >= 0) taken[bit >> 5] = (taken[bit >> 5] as number) ^ (1 << (bit & 31))
    else {
      high ^= opHigh[op] as number
      low ^= opLow[op] as number
    }
  }
  /**
   * Whether what was never answered and came just before might as well have come later, or not at all: without it, this
   * operation answers the same and leads to the same. Then it is tried there, and only there.
   */
  const isEarly = (op: number, after: number, isAnswered: boolean): boolean => {
    if (depth === 0 || (stackEntry[depth - 1] as number) < count) return false
    const without = effectOf(stackState[depth - 1] as number, op) - 1
    if (without < 0) return false
    if (without === after) return true
    const before = opOf[stackEntry[depth - 1] as number] as number
    return isAnswered && effectOf(without, before) - 1 === after
  }
  /** The first answer in the list: all before it are calls. */
  const firstAnswer = (): number => {
    let at = next[HEAD] as number
    while (answerOf[at] !== -1) at = next[at] as number
    return at
  }
  const keepBest = () => {
    if (!keepsBest || explained <= most) return
    most = explained
    bestOrder = Array.from(stackEntry.subarray(0, depth), (at) => opOf[at] as number)
    bestStuck = []
    if (next[HEAD] === HEAD) return
    const end = firstAnswer()
    for (let at = next[HEAD] as number; at !== end; at = next[at] as number) bestStuck.push(opOf[at] as number)
  }

  const run = (budget: number): 'yes' | 'no' | 'paused' => {
    const until = steps + budget
    while (next[HEAD] !== HEAD) {
      if (steps >= until) return 'paused'
      const isPendingPhase = before >= 0
      if (isPendingPhase ? entry !== PENDING_HEAD && (placeOf[entry] as number) < before : answerOf[entry] !== -1) {
        steps++
        const op = opOf[entry] as number
        const after = effectOf(state, op) - 1
        // What was never answered and changes nothing explains nothing.
        const isVain = after < 0 || (isPendingPhase && after === state) || isEarly(op, after, !isPendingPhase)
        if (!isVain && isFresh(after, op)) {
          stackEntry[depth] = entry
          stackState[depth] = state
          depth++
          state = after
          take(op)
          lift(entry)
          if (!isPendingPhase) {
            lift(answerOf[entry] as number)
            explained++
          }
          before = -1
          entry = next[HEAD] as number
        } else entry = next[entry] as number
        continue
      }
      if (!isPendingPhase) {
        // Everything that was answered is tried first: most of what was not never happened.
        before = placeOf[entry] as number
        entry = next[PENDING_HEAD] as number
        continue
      }
      keepBest()
      if (depth === 0) return 'no'
      depth--
      entry = stackEntry[depth] as number
      state = stackState[depth] as number
      take(opOf[entry] as number)
      if (entry < count) {
        unlift(answerOf[entry] as number)
        explained--
      }
      unlift(entry)
      before = entry < count ? -1 : (placeOf[firstAnswer()] as number)
      entry = next[entry] as number
    }
    keepBest()
    return 'yes'
  }

  return {
    run,
    get steps() {
      return steps
    },
    best: () => ({ order: bestOrder, stuck: bestStuck }),
  }
}

interface Entry {
  readonly op: number
  readonly isAnswer: boolean
  /** in time: what is at the same time overlaps, so calls come before answers */
  readonly place: number
}

function entriesOf(history: History): { entries: Entry[]; pendingEntries: Entry[] } {
  // As they are written down, operations are nearly in the order of their starts, and so of their ends: sorted apart they
  // are sorted fast.
  const starts = new Float64Array(history.length)
  const ends = new Float64Array(history.length)
  for (let op = 0; op < history.length; op++) {
    const { start, end = Number.POSITIVE_INFINITY } = history[op] as Operation
    if (!(end >= start)) throw new RangeError(`operation ${op} ends before it starts`)
    starts[op] = start
    ends[op] = end
  }
  const by = (times: Float64Array) =>
    Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  const [byStart, byEnd] = [by(starts), by(ends)]
  const entries: Entry[] = []
  const pendingEntries: Entry[] = []
  let answers = 0
  let place = 0
  const answersBefore = (time: number) => {
    for (; answers < byEnd.length; answers++) {
      const op = byEnd[answers] as number
      const end = ends[op] as number
      if (end >= time || end === Number.POSITIVE_INFINITY) return
      entries.push({ op, isAnswer: true, place: place++ })
    }
  }
  for (const op of byStart) {
    answersBefore(starts[op] as number)
    const list = ends[op] === Number.POSITIVE_INFINITY ? pendingEntries : entries
    list.push({ op, isAnswer: false, place: place++ })
  }
  answersBefore(Number.POSITIVE_INFINITY)
  return { entries, pendingEntries }
}

/**
 * What each operation makes of each state that it was tried in, worked out once: the state + 1, or {@link IMPOSSIBLE} where
 * it cannot happen or would have answered something else.
 */
function transitions<State, Input, Output>(
  history: History<Input, Output>,
  model: Model<State, Input, Output>,
): (state: number, op: number) => number {
  /** of what was never answered, none: whatever the answer would have been fits */
  const answers = history.map(({ output, end }) => (end === undefined ? undefined : textOf(output)))
  const states: State[] = [model.init]
  const ids = new Map([[textOf(model.init), 0]])
  const known = pairMap(history.length)
  return (state, op) => {
    const memo = known.get(state, op)
    if (memo >= 0) return memo
    const effect = model.apply(states[state] as State, (history[op] as Operation<Input, Output>).input)
    const answer = answers[op]
    let after = IMPOSSIBLE
    if (effect !== undefined && (answer === undefined || textOf(effect.output) === answer)) {
      const text = textOf(effect.state)
      let id = ids.get(text)
      if (id === undefined) {
        id = states.push(effect.state) - 1
        ids.set(text, id)
      }
      after = id + 1
    }
    known.set(state, op, after)
    return after
  }
}

/** Two 32-bit words for each (splitmix32). */
function randomWords(count: number, seed: number): [Int32Array, Int32Array] {
  const draw = (stream: number) => {
    const words = new Int32Array(count)
    const start = mix(stream)
    for (let i = 0; i < count; i++) words[i] = mix(Math.imul(i + 1, 0x9e3779b9) ^ start)
    return words
  }
  return [draw(seed), draw(~seed)]
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
