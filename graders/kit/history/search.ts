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

  const { classOf, effectOf } = transitions(history, model)
  const [opHigh, opLow] = randomWords(history.length, seed)
  const stateSeed = mix(seed ^ 0x5bd1e995)
  /** of each that was never answered, its bit */
  const bitOf = new Int32Array(history.length).fill(-1)
  for (const [bit, { op }] of pendingEntries.entries()) bitOf[op] = bit
  const taken = new Int32Array((pendingEntries.length + 31) >> 5)
  const seen = visited(taken.length)

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
  const isEarly = (kind: number, after: number, isAnswered: boolean): boolean => {
    if (depth === 0 || (stackEntry[depth - 1] as number) < count) return false
    const without = effectOf(stackState[depth - 1] as number, kind) - 1
    if (without < 0) return false
    if (without === after) return true
    const before = classOf[opOf[stackEntry[depth - 1] as number] as number] as number
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
        const kind = classOf[op] as number
        const after = effectOf(state, kind) - 1
        // What was never answered and changes nothing explains nothing.
        const isVain = after < 0 || (isPendingPhase && after === state) || isEarly(kind, after, !isPendingPhase)
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
  const times = new Float64Array(2 * history.length)
  for (const [op, { start, end }] of history.entries()) {
    if (!(start >= 0 || start < 0) || (end !== undefined && !(end >= start)))
      throw new RangeError(`operation ${op} ends before it starts`)
    times[2 * op] = start
    times[2 * op + 1] = end ?? Number.POSITIVE_INFINITY
  }
  const order = Array.from(times.keys()).sort(
    (a, b) => (times[a] as number) - (times[b] as number) || (a & 1) - (b & 1) || a - b,
  )
  const entries: Entry[] = []
  const pendingEntries: Entry[] = []
  for (const [place, at] of order.entries()) {
    const op = at >> 1
    const isAnswer = (at & 1) === 1
    if ((history[op] as Operation).end !== undefined) entries.push({ op, isAnswer, place })
    else if (!isAnswer) pendingEntries.push({ op, isAnswer, place })
  }
  return { entries, pendingEntries }
}

/** Operations of one input and answer are one class; each pair of state and class is worked out once. */
function transitions<State, Input, Output>(history: History<Input, Output>, model: Model<State, Input, Output>) {
  const classes = new Map<string, number>()
  const inputs: Input[] = []
  /** undefined for what was never answered: whatever the answer would have been fits */
  const outputs: (string | undefined)[] = []
  const classOf = Int32Array.from(history, ({ input, output, end }) => {
    const told = end === undefined ? undefined : textOf(output)
    const text = `${textOf(input)} ${told}`
    const known = classes.get(text)
    if (known !== undefined) return known
    classes.set(text, inputs.length)
    outputs.push(told)
    return inputs.push(input) - 1
  })
  const states: State[] = [model.init]
  const stateIds = new Map([[textOf(model.init), 0]])
  const known = pairMap()
  const effectOf = (state: number, kind: number): number => {
    const memo = known.get(state, kind)
    if (memo >= 0) return memo
    const effect = model.apply(states[state] as State, inputs[kind] as Input)
    const told = outputs[kind]
    let after = IMPOSSIBLE
    if (effect !== undefined && (told === undefined || textOf(effect.output) === told)) {
      const text = textOf(effect.state)
      let id = stateIds.get(text)
      if (id === undefined) {
        id = states.push(effect.state) - 1
        stateIds.set(text, id)
      }
      after = id + 1
    }
    known.set(state, kind, after)
    return after
  }
  return { classOf, effectOf }
}

/** Two 32-bit words for each (splitmix32). */
function randomWords(count: number, seed: number): [Int32Array, Int32Array] {
  const draw = (stream: number) =>
    Int32Array.from({ length: count }, (_, i) => mix(Math.imul(i + 1, 0x9e3779b9) ^ mix(stream)))
  return [draw(seed), draw(~seed)]
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
