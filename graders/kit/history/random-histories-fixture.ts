// Histories by the thousand, from a seed: true ones (an object that is there, asked by clients that overlap) and ones with
// an answer changed, and the definition of linearizability, followed to the letter, to hold the checkers against.

import type { Model } from './models.ts'
import { type History, type Operation, textOf } from './operation.ts'

/** mulberry32: whole numbers below n */
export function draws(seed: number): (n: number) => number {
  let state = seed >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
}

export interface Plan<State, Input, Output> {
  readonly model: Model<State, Input, Output>
  readonly clients: number
  readonly count: number
  /** the i-th operation of all */
  input(draw: (n: number) => number, i: number): Input
  /** in how many of a hundred the client gives up waiting */
  readonly givesUp?: number
  /** a wrong answer in the place of a right one */
  spoil?(draw: (n: number) => number, output: Output): Output
  /** how many answers of a hundred are spoilt */
  readonly spoilt?: number
}

/** Each operation happens at one moment between its start and its end; some never happen, and some are lied about. */
export function randomHistory<State, Input, Output>(
  plan: Plan<State, Input, Output>,
  seed: number,
): Operation<Input, Output>[] {
  const { model, clients, count, givesUp = 0, spoilt = 0 } = plan
  const draw = draws(seed)
  const history: Operation<Input, Output>[] = []
  /** by client: what is under way, and whether it has happened */
  const open: ({ input: Input; start: number; happened: { output: Output } | undefined } | undefined)[] = []
  const states = new Map<string, State>()
  let time = 0
  let asked = 0
  for (let idle = 0; history.length < count && idle < 1_000; idle++) {
    const client = draw(clients)
    // Several things may be at one time.
    if (draw(4) > 0) time++
    const one = open[client]
    if (one === undefined) {
      if (asked < count) open[client] = { input: plan.input(draw, asked++), start: time, happened: undefined }
      continue
    }
    const part = model.partOf?.(one.input) ?? ''
    if (one.happened === undefined && draw(100) >= givesUp) {
      const effect = model.apply(states.has(part) ? (states.get(part) as State) : model.init, one.input)
      if (effect === undefined) continue
      states.set(part, effect.state)
      one.happened = { output: effect.output }
      idle = 0
      if (draw(2) === 0) continue
    }
    open[client] = undefined
    idle = 0
    const asked_ = { client, input: one.input, start: one.start }
    if (one.happened === undefined || draw(100) < givesUp) history.push(asked_)
    else {
      const { output } = one.happened
      const told = draw(100) < spoilt && plan.spoil !== undefined ? plan.spoil(draw, output) : output
      history.push({ ...asked_, output: told, end: time })
    }
  }
  return history
}

/** The definition: every order that real time allows, with and without each of what was never answered. */
export function isLinearizable<State, Input, Output>(
  history: History<Input, Output>,
  model: Model<State, Input, Output>,
): boolean {
  const go = (state: State, rest: History<Input, Output>): boolean => {
    if (rest.every(({ end }) => end === undefined)) return true
    return rest.some((one, i) => {
      if (rest.some(({ end }) => end !== undefined && end < one.start)) return false
      const effect = model.apply(state, one.input)
      if (effect === undefined || (one.end !== undefined && textOf(effect.output) !== textOf(one.output))) return false
      return go(effect.state, rest.toSpliced(i, 1))
    })
  }
  const parts = Map.groupBy(history, ({ input }) => model.partOf?.(input))
  return [...parts.values()].every((part) => go(model.init, part))
}
