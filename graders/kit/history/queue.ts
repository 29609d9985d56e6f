// What can go wrong with a queue, each by its own name and with the operations that show it: an element that was taken
// twice, that nobody put in, that is gone, that overtook another, and an empty answer from a queue that was not.
//
// Values are unique. For a queue with one order these are the patterns of Henzinger, Sezgin and Vafeiadis (CONCUR 2013),
// the last one for a single element only: a history that passes may still not be linearizable, and
// `linearizable(history, fifoQueue)` knows. Here the reason has a name, and the work is O(n log n).

import { fifoQueue, type QueueInput } from './models.ts'
import { type History, type Operation, precedes, when } from './operation.ts'

export type QueueOperation = Operation<QueueInput, unknown>

export interface QueueFault {
  readonly kind: 'duplicated' | 'invented' | 'lost' | 'reordered' | 'not-empty'
  readonly operations: readonly QueueOperation[]
  readonly why: readonly string[]
}

export interface QueueContract {
  /** the same element may come again, as from a broker that hears no acknowledgement */
  readonly atLeastOnce?: boolean
  /** elements may overtake each other */
  readonly unordered?: boolean
  /** after the last operation nothing was left: what was put in and never came out is lost */
  readonly drained?: boolean
}

/** The first fault of each kind that there is. */
export function queueFaults(history: History<QueueInput, unknown>, contract: QueueContract = {}): QueueFault[] {
  const put = new Map<unknown, QueueOperation>()
  const taken = new Map<unknown, QueueOperation>()
  const faults = new Map<QueueFault['kind'], QueueFault>()
  const found = (kind: QueueFault['kind'], what: string, ...operations: QueueOperation[]) => {
    if (!faults.has(kind)) faults.set(kind, { kind, operations, why: [what, ...operations.map(tell)] })
  }
  for (const operation of history)
    if (operation.input.op === 'enqueue') {
      if (put.has(operation.input.value)) throw new RangeError(`two elements ${String(operation.input.value)}`)
      put.set(operation.input.value, operation)
    }
  const empties: QueueOperation[] = []
  let unanswered = 0
  for (const operation of history) {
    if (operation.input.op !== 'dequeue') continue
    if (operation.end === undefined) unanswered++
    else if (operation.output === null) empties.push(operation)
    else {
      const from = put.get(operation.output)
      const before = taken.get(operation.output)
      if (from === undefined) found('invented', 'Nobody put this in:', operation)
      else if (precedes(operation, from)) found('invented', 'It came out before it was put in:', operation, from)
      if (before === undefined) taken.set(operation.output, operation)
      else if (contract.atLeastOnce !== true)
        found('duplicated', 'One element came out twice:', ...(from === undefined ? [] : [from]), before, operation)
    }
  }
  const missing = [...put.values()].filter(({ input, end }) => end !== undefined && !taken.has(elementOf(input)))
  // Who asked and never heard may have got it: so many may be gone with the answers.
  if (contract.drained === true && missing.length > unanswered)
    found('lost', 'This was put in, and never came out:', missing[0] as QueueOperation)
  if (contract.unordered !== true) {
    const pair = overtaken(put, taken)
    if (pair !== undefined) found('reordered', 'The second overtook the first:', ...pair)
  }
  if (empties.length > 0) {
    const pair = notEmpty(put, taken, empties, unanswered)
    if (pair !== undefined) found('not-empty', 'It was called empty while this was in it:', ...pair)
  }
  return [...faults.values()]
}

const elementOf = (input: QueueInput): unknown => (input.op === 'enqueue' ? input.value : undefined)

/** Two elements put in one after the other and taken out the other way round. */
function overtaken(
  put: ReadonlyMap<unknown, QueueOperation>,
  taken: ReadonlyMap<unknown, QueueOperation>,
): QueueOperation[] | undefined {
  const both = [...taken].flatMap(([value, out]) => {
    const into = put.get(value)
    return into === undefined ? [] : [{ into, out }]
  })
  // By the start of the put: of all that were put in for certain before, the one that came out last is the one overtaken.
  const byStart = both.toSorted((a, b) => a.into.start - b.into.start)
  const byEnd = both.filter(({ into }) => into.end !== undefined).sort((a, b) => endOf(a.into) - endOf(b.into))
  let next = 0
  let latest: (typeof both)[number] | undefined
  for (const one of byStart) {
    for (; next < byEnd.length && endOf((byEnd[next] as typeof one).into) < one.into.start; next++) {
      const before = byEnd[next] as typeof one
      if (latest === undefined || before.out.start > latest.out.start) latest = before
    }
    if (latest !== undefined && precedes(one.out, latest.out)) return [latest.into, one.into, one.out, latest.out]
  }
  return undefined
}

/** An element that was in the queue from before such an answer was asked for until after it was given. */
function notEmpty(
  put: ReadonlyMap<unknown, QueueOperation>,
  taken: ReadonlyMap<unknown, QueueOperation>,
  empties: readonly QueueOperation[],
  unanswered: number,
): QueueOperation[] | undefined {
  for (const empty of empties)
    for (const [value, into] of put) {
      const out = taken.get(value)
      // One that never came out may have gone to somebody who never heard of it.
      if (!precedes(into, empty) || (out === undefined && unanswered > 0)) continue
      if (out === undefined || precedes(empty, out)) return [into, empty, ...(out === undefined ? [] : [out])]
    }
  return undefined
}

const endOf = ({ end }: QueueOperation): number => end ?? Number.POSITIVE_INFINITY

function tell(operation: QueueOperation): string {
  const answer = operation.end === undefined ? undefined : { value: operation.output }
  return `  client ${operation.client}: ${fifoQueue.tell(operation.input, answer)}   ${when(operation)}`
}
