// Is there an order of the operations, each at one moment between its call and its answer, in which one copy of the object
// would have given these answers? The tiny face of the checker: a history and a model go in, one of three verdicts comes out.
//
//   const found = linearizable(history, kv)
//   if (found.verdict === 'no') throw new BrokenPromise(found.why, …)

import type { Model } from './models.ts'
import { type History, isPending, type Operation, when } from './operation.ts'
import { search } from './search.ts'

export type Linearizability<Input, Output> =
  | { readonly verdict: 'yes'; readonly steps: number }
  /** the steps ran out: neither is known */
  | { readonly verdict: 'unknown'; readonly steps: number }
  | ({ readonly verdict: 'no'; readonly steps: number } & NoReason<Input, Output>)

/** Why not: what can be explained of the shortest beginning that cannot be explained as a whole. */
export interface NoReason<Input, Output> {
  /** the part of the object that it is about, where the model has parts */
  readonly part?: string
  /** the longest linearization found, in its order; an answer that came after that beginning is left out */
  readonly explained: readonly Operation<Input, Output>[]
  /** one of these must come next, and none can */
  readonly stuck: readonly Operation<Input, Output>[]
  /** the same in lines, a dozen at most */
  readonly why: readonly string[]
}

export interface LinearizableOptions {
  /** transitions tried, over all parts; {@link MAX_STEPS} unless told. A no is asked for twice */
  readonly maxSteps?: number
}

/** About a second where states are small; a long queue's are not, and each state that is met is kept. */
const MAX_STEPS = 2_000_000
/**
 * Parts take turns: one that explodes must not keep another from saying no. The first turn is enough for what is
 * linearizable, nearly always; each is longer than the one before, so that turns are few.
 */
const FIRST_TURN = 4_096
const SEEDS = [0x2545f491, 0x6c8e9cf5] as const

export function linearizable<State, Input, Output>(
  history: History<Input, Output>,
  model: Model<State, Input, Output>,
  { maxSteps = MAX_STEPS }: LinearizableOptions = {},
): Linearizability<Input, Output> {
  const parts = [...partsOf(history, model)].map(([name, part]) => ({
    name,
    part,
    found: search(part, model, SEEDS[0]),
  }))
  let open = parts
  let steps = 0
  for (let turn = FIRST_TURN; open.length > 0; turn *= 2) {
    const paused: typeof parts = []
    for (const one of open) {
      const before = one.found.steps
      const verdict = one.found.run(Math.min(turn, maxSteps - steps))
      steps += one.found.steps - before
      if (verdict === 'paused') paused.push(one)
      if (verdict === 'no') {
        // Two configurations of one hash would make a no of a yes: two seeds do not agree on such an accident.
        const again = search(one.part, model, SEEDS[1])
        const second = again.run(one.found.steps * 2 + FIRST_TURN)
        steps += again.steps
        if (second === 'paused') return { verdict: 'unknown', steps }
        if (second === 'no') return { verdict: 'no', steps, ...reasonOf(one.name, one.part, model, one.found.steps) }
      }
    }
    if (paused.length > 0 && steps >= maxSteps) return { verdict: 'unknown', steps }
    open = paused
  }
  return { verdict: 'yes', steps }
}

function partsOf<Input, Output>(
  history: History<Input, Output>,
  { partOf }: Pick<Model<unknown, Input, Output>, 'partOf'>,
): Map<string | undefined, Operation<Input, Output>[]> {
  const parts = new Map<string | undefined, Operation<Input, Output>[]>()
  for (const operation of history) {
    const name = partOf?.(operation.input)
    const part = parts.get(name)
    if (part === undefined) parts.set(name, [operation])
    else part.push(operation)
  }
  return parts
}

/** The shortest beginning that has no linearization: every longer one has none either, so it is found by halving. */
function reasonOf<State, Input, Output>(
  name: string | undefined,
  part: History<Input, Output>,
  model: Model<State, Input, Output>,
  steps: number,
): NoReason<Input, Output> {
  const ends = [...new Set(part.flatMap(({ end }) => end ?? []))].sort((a, b) => a - b)
  const most = steps * 2 + FIRST_TURN
  let [shortest, originals] = [part, part]
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const time = ends[middle] as number
    const asked = part.filter(({ start }) => start <= time)
    const beginning = asked.map((operation) => answeredBy(operation, time))
    const verdict = search(beginning, model, SEEDS[1]).run(most)
    // Where the steps run out, the shortest so far is told: it is as true, only longer.
    if (verdict === 'paused') break
    if (verdict === 'yes') low = middle + 1
    else {
      high = middle
      shortest = beginning
      originals = asked
    }
  }
  const found = search(shortest, model, SEEDS[1], { keepsBest: true })
  found.run(most)
  const { order, stuck } = found.best()
  const of = (indices: readonly number[]) => indices.map((i) => shortest[i] as Operation<Input, Output>)
  const reason = { explained: of(order), stuck: of(stuck) }
  const line = (i: number) => {
    const operation = shortest[i] as Operation<Input, Output>
    const answer = isPending(operation) ? undefined : { value: operation.output as Output }
    const told = model.tell(operation.input, answer)
    return `  client ${operation.client}: ${told}   ${when(originals[i] as Operation)}`
  }
  const byEnd = stuck.toSorted((a, b) => (shortest[a]?.end ?? 0) - (shortest[b]?.end ?? 0))
  return { ...(name === undefined ? {} : { part: name }), ...reason, why: tell(order.map(line), byEnd.map(line)) }
}

/** What was known at that moment: an answer that came later had not come. */
function answeredBy<Input, Output>(operation: Operation<Input, Output>, time: number): Operation<Input, Output> {
  if (operation.end === undefined || operation.end <= time) return operation
  const { end: _, output: __, ...asked } = operation
  return asked
}

const MAX_TOLD = 4

function tell(explained: readonly string[], stuck: readonly string[]): string[] {
  const last = explained.slice(-MAX_TOLD)
  const first = stuck.slice(0, MAX_TOLD)
  const [earlier, more] = [explained.length - last.length, stuck.length - first.length]
  return [
    explained.length === 0 ? 'Nothing can come first.' : 'This much can be told one after the other:',
    ...(earlier === 0 ? [] : [`  … ${earlier} before`]),
    ...last,
    stuck.length === 1 ? 'Then this must come, and cannot:' : 'Then one of these must come, and none can:',
    ...first,
    ...(more === 0 ? [] : [`  … ${more} more`]),
  ]
}
