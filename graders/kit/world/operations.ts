// What clients saw of a run, as a history that can be checked: one operation each time that a client began one, with an end
// where it was answered. Times are steps: a client's next operation begins in a later step than its last one ended.

import { type Linearizability, linearizable } from '../history/linearizable.ts'
import type { Model } from '../history/models.ts'
import type { Operation } from '../history/operation.ts'
import type { Broken } from '../simulate.ts'
import type { Entry, History } from './history.ts'

export interface Spoken<Input, Output> {
  readonly operation: Operation<Input, Output>
  /** entries of the run: where it began, and where it was answered */
  readonly called: number
  readonly returned: number | undefined
}

/** How a kata's commands and answers are read. */
export interface Reading<Input, Output> {
  readonly input: (command: unknown) => Input
  readonly output: (result: unknown) => Output
}

export function operationsOf<Input, Output>(
  { entries }: History,
  { input, output }: Reading<Input, Output>,
): Spoken<Input, Output>[] {
  const spoken: Spoken<Input, Output>[] = []
  const open = new Map<number, number>()
  for (const [i, entry] of (entries as readonly Entry[]).entries()) {
    if (entry[2] === 'called') {
      const [step, , , client, , command] = entry
      open.set(client, spoken.length)
      spoken.push({ operation: { client, input: input(command), start: step }, called: i, returned: undefined })
    } else if (entry[2] === 'returned') {
      const [step, , , client, , result] = entry
      const place = open.get(client)
      const one = place === undefined ? undefined : spoken[place]
      if (one === undefined || place === undefined) continue
      const operation = { ...one.operation, output: output(result), end: step }
      spoken[place] = { ...one, operation, returned: i }
    }
  }
  return spoken
}

/** How many operations a broken history is told by, at most. */
const MAX_TOLD = 3

/**
 * The rule that what clients were told could have come of one copy, asked one thing after the other.
 * @param guided the same model for one history, in which nothing can happen that could not be explained later: each order
 *   that it has the model has too, and where the model has one, so has it. What was never answered may come anywhere, and
 *   a dozen of that is more orders than can be tried; a guide leaves the few that answers allow.
 * @returns what a client was told, and what it could have been told instead
 */
export function asOneCopy<State, Input, Output>(
  model: Model<State, Input, Output>,
  reading: Reading<Input, Output>,
  guided?: (operations: readonly Operation<Input, Output>[]) => Model<State, Input, Output>,
): (history: History) => Broken | undefined {
  return (history) => {
    const spoken = operationsOf(history, reading)
    const operations = spoken.map(({ operation }) => operation)
    const quick = guided === undefined ? undefined : linearizable(operations, guided(operations))
    if (quick?.verdict === 'yes') return undefined
    // The model itself tells best why not; where that is more than it can try, the guide knows.
    const whole = linearizable(operations, model)
    const found = whole.verdict === 'unknown' && quick !== undefined ? quick : whole
    return found.verdict === 'no' ? brokenBy(found, spoken, model, history) : undefined
  }
}

function brokenBy<State, Input, Output>(
  { explained, stuck }: Extract<Linearizability<Input, Output>, { verdict: 'no' }>,
  spoken: readonly Spoken<Input, Output>[],
  model: Model<State, Input, Output>,
  { entries }: History,
): Broken {
  const found = ({ client, start }: Operation<Input, Output>) =>
    spoken.find(({ operation }) => operation.client === client && operation.start === start)
  const state = explained.reduce((state, { input }) => model.apply(state, input)?.state ?? state, model.init)
  // Of those that cannot come next, who was answered last is who showed it.
  const wrong = stuck.flatMap((one) => found(one) ?? []).sort((a, b) => (b.returned ?? 0) - (a.returned ?? 0))
  const last = wrong.find(({ returned }) => returned !== undefined) ?? wrong[0]
  if (last === undefined) return { entry: -1, expected: 'answers as of one copy', got: 'others' }
  const { input, client, output } = last.operation
  const before = explained.slice(-MAX_TOLD).map((one) => tell(one, model))
  const legal = model.apply(state, input)
  const expected = legal === undefined ? 'nothing yet' : model.tell(input, { value: legal.output })
  const since = before.length === 0 ? 'nothing came before' : `before it came ${before.join(', then ')}`
  const started = entries[last.called]?.[0] ?? 0
  return {
    entry: last.returned ?? -1,
    expected: `client ${client + 1}, which asks in step ${started}, is told ${expected}: ${since}`,
    got: model.tell(input, { value: output as Output }),
  }
}

const tell = <State, Input, Output>(
  { client, input, output, end }: Operation<Input, Output>,
  model: Model<State, Input, Output>,
): string => `client ${client + 1}'s ${model.tell(input, end === undefined ? undefined : { value: output as Output })}`
