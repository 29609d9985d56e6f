// Sequential objects: what one client alone would see. A history is linearizable if it can be told as if there were only
// one client. Each model is a first state and a function; there is no other state anywhere.

import { show } from '../broken.ts'

/** What an operation does to a state, and what it answers. */
export interface Effect<State, Output> {
  readonly state: State
  readonly output: Output
}

export interface Model<State, Input, Output> {
  readonly init: State
  /** undefined where it cannot happen in this state, such as taking a lock that is held */
  apply(state: State, input: Input): Effect<State, Output> | undefined
  /** operations on different parts do not touch each other, and are checked apart */
  partOf?(input: Input): string
  /** an operation as a person would write it; without the answer where there was none */
  tell(input: Input, output?: { readonly value: Output }): string
}

const answer = (output: { readonly value: unknown } | undefined): string =>
  output === undefined ? '' : ` → ${show(output.value)}`

export type RegisterInput = { readonly op: 'read' } | { readonly op: 'write'; readonly value: unknown }

/** One value; `null` before the first write. */
export const register: Model<unknown, RegisterInput, unknown> = {
  init: null,
  apply: (state, input) => (input.op === 'read' ? { state, output: state } : { state: input.value, output: undefined }),
  tell: (input, output) => (input.op === 'read' ? `read()${answer(output)}` : `write(${show(input.value)})`),
}

export type CasRegisterInput =
  | RegisterInput
  | { readonly op: 'cas'; readonly from: string | number | null; readonly to: string | number | null }

/** A register with compare-and-set, which answers whether it has set. */
export const casRegister: Model<unknown, CasRegisterInput, unknown> = {
  init: null,
  apply(state, input) {
    if (input.op !== 'cas') return register.apply(state, input)
    return state === input.from ? { state: input.to, output: true } : { state, output: false }
  },
  tell: (input, output) =>
    input.op === 'cas' ? `cas(${show(input.from)}, ${show(input.to)})${answer(output)}` : register.tell(input, output),
}

export type KvInput =
  | { readonly op: 'get' | 'delete'; readonly key: string }
  | { readonly op: 'put' | 'append'; readonly key: string; readonly value: string }

/** Keys with text values: `null` where there is none; `append` adds to what is there. */
export const kv: Model<string | null, KvInput, string | null | undefined> = {
  init: null,
  apply(state, input) {
    switch (input.op) {
      case 'get':
        return { state, output: state }
      case 'put':
        return { state: input.value, output: undefined }
      case 'append':
        return { state: `${state ?? ''}${input.value}`, output: undefined }
      case 'delete':
        return { state: null, output: undefined }
    }
  },
  partOf: ({ key }) => key,
  tell(input, output) {
    if (input.op === 'get') return `get(${show(input.key)})${answer(output)}`
    const value = 'value' in input ? `, ${show(input.value)}` : ''
    return `${input.op}(${show(input.key)}${value})`
  },
}

export type CounterInput = { readonly op: 'read' } | { readonly op: 'add'; readonly by: number }

/** A sum; `add` answers nothing. */
export const counter: Model<number, CounterInput, number | undefined> = {
  init: 0,
  apply: (state, input) =>
    input.op === 'read' ? { state, output: state } : { state: state + input.by, output: undefined },
  tell: (input, output) => (input.op === 'read' ? `read()${answer(output)}` : `add(${show(input.by)})`),
}

export type QueueInput = { readonly op: 'enqueue'; readonly value: unknown } | { readonly op: 'dequeue' }

/** First in, first out; `dequeue` answers `null` where it is empty. */
export const fifoQueue: Model<readonly unknown[], QueueInput, unknown> = {
  init: [],
  apply(state, input) {
    if (input.op === 'enqueue') return { state: [...state, input.value], output: undefined }
    const [first = null, ...rest] = state
    return { state: rest, output: first }
  },
  tell: (input, output) => (input.op === 'enqueue' ? `enqueue(${show(input.value)})` : `dequeue()${answer(output)}`),
}

export type MutexInput = { readonly op: 'lock' | 'unlock'; readonly by: string | number }

/** Held by one at a time; who waits has not happened yet, and only who holds it can let it go. */
export const mutex: Model<string | number | null, MutexInput, undefined> = {
  init: null,
  apply(holder, { op, by }) {
    if (op === 'lock') return holder === null ? { state: by, output: undefined } : undefined
    return holder === by ? { state: null, output: undefined } : undefined
  },
  tell: ({ op, by }) => `${op}() by ${show(by)}`,
}
