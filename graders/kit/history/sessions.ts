// Session guarantees (Terry and others, 1994) and causal consistency, as a client can see them: each says which writes a
// read must not be behind. What a session must not be behind of grows by its own writes, by what it has read, and by what
// the writer of that had written or read before; which of these, is all that tells one guarantee from another.
//
// Values written to one key are unique. Which of two writes to a key is the newer one, the store says (`order`: its log,
// its versions); without that, only what causally came before is older.

import { show } from '../broken.ts'
import { isPending, type Operation, when } from './operation.ts'

export type SessionInput =
  | { readonly op: 'read'; readonly key: string }
  | { readonly op: 'write'; readonly key: string; readonly value: unknown }

/** `client` is the session. A read of a key without a value answers `null`. */
export type SessionOperation = Operation<SessionInput, unknown>

export type Guarantee = 'read-your-writes' | 'monotonic-reads' | 'monotonic-writes' | 'writes-follow-reads' | 'causal'

export interface SessionFault {
  readonly guarantee: Guarantee
  /** what was written, and how it came that the last one had to know of it */
  readonly operations: readonly SessionOperation[]
  readonly why: readonly string[]
}

interface Rule {
  /** the session's own writes */
  readonly own: boolean
  /** the writes whose values it has read */
  readonly read: boolean
  /** whoever reads a write must not be behind of what its writer had, before it: */
  readonly carries: 'nothing' | 'written' | 'read' | 'all'
}

const RULES: Readonly<Record<Guarantee, Rule>> = {
  'read-your-writes': { own: true, read: false, carries: 'nothing' },
  'monotonic-reads': { own: false, read: true, carries: 'nothing' },
  'monotonic-writes': { own: false, read: false, carries: 'written' },
  'writes-follow-reads': { own: false, read: false, carries: 'read' },
  causal: { own: true, read: true, carries: 'all' },
}

export interface SessionOptions {
  /** by key, the values in the order in which the store has settled them, oldest first */
  readonly order?: ReadonlyMap<string, readonly unknown[]>
}

/** The first fault of each of these guarantees that there is. */
export function sessionFaults(
  history: readonly SessionOperation[],
  guarantees: readonly Guarantee[],
  { order }: SessionOptions = {},
): SessionFault[] {
  const told = story(history)
  if ('fault' in told) return guarantees.map((guarantee) => ({ guarantee, ...told.fault }))
  const isOlder = order === undefined ? causallyOlder(told) : olderBy(order)
  return guarantees.flatMap((guarantee) => faultOf(guarantee, told.steps, isOlder) ?? [])
}

interface Step {
  readonly operation: SessionOperation
  /** of a read: the write whose value it returned; none for a key without a value */
  readonly from: SessionOperation | undefined
}
interface Told {
  /** each after what it reads, and each session in its order */
  readonly steps: readonly Step[]
}

type IsOlder = (write: SessionOperation | undefined, than: SessionOperation) => boolean

/** Puts what the sessions did into one order, in which a value is written before it is read. */
function story(history: readonly SessionOperation[]): Told | { fault: Omit<SessionFault, 'guarantee'> } {
  const writes = new Map<string, Map<unknown, SessionOperation>>()
  const sessions = new Map<number, SessionOperation[]>()
  for (const operation of history.toSorted((a, b) => a.start - b.start)) {
    const { client, input } = operation
    // A read that was never answered saw nothing; a write may be seen all the same.
    if (input.op === 'read' && isPending(operation)) continue
    sessions.set(client, [...(sessions.get(client) ?? []), operation])
    if (input.op === 'read') continue
    const ofKey = writes.get(input.key) ?? new Map<unknown, SessionOperation>()
    if (ofKey.has(input.value)) throw new RangeError(`two writes of ${show(input.value)} to ${show(input.key)}`)
    writes.set(input.key, ofKey.set(input.value, operation))
  }
  const steps: Step[] = []
  const done = new Set<SessionOperation>()
  const rest = [...sessions.values()].map((operations) => ({ operations, next: 0 }))
  for (let moved = true; moved; ) {
    moved = false
    for (const session of rest)
      for (; session.next < session.operations.length; session.next++, moved = true) {
        const operation = session.operations[session.next] as SessionOperation
        const { input, output } = operation
        const from = input.op === 'read' && output !== null ? writes.get(input.key)?.get(output) : undefined
        if (input.op === 'read' && output !== null && from === undefined)
          return { fault: { operations: [operation], why: ['Nobody has written what was read:', tell(operation)] } }
        if (from !== undefined && !done.has(from)) break
        done.add(operation)
        steps.push({ operation, from })
      }
  }
  const stuck = rest.flatMap(({ operations, next }) => operations[next] ?? [])
  if (stuck.length === 0) return { steps }
  const why = ['Each of these reads what comes of another one later:', ...stuck.map(tell)]
  return { fault: { operations: stuck, why } }
}

/** By place in the order that the store has settled. A value that is not in it has no place, and nothing is said of it. */
function olderBy(order: NonNullable<SessionOptions['order']>): IsOlder {
  const places = new Map([...order].map(([key, values]) => [key, new Map(values.map((value, i) => [value, i]))]))
  const placeOf = ({ input }: SessionOperation) =>
    input.op === 'write' ? places.get(input.key)?.get(input.value) : undefined
  return (write, than) => {
    const b = placeOf(than)
    if (write === undefined) return b !== undefined
    const a = placeOf(write)
    return a !== undefined && b !== undefined && a < b
  }
}

/** By causality: what its writer knew of when it wrote. */
function causallyOlder({ steps }: Told): IsOlder {
  /** by session, how many of its operations are known to have come before; of each write, when it was written */
  const clocks = new Map<number, Map<number, number>>()
  const stamps = new Map<SessionOperation, { readonly clock: ReadonlyMap<number, number>; readonly count: number }>()
  for (const { operation, from } of steps) {
    const clock = clocks.get(operation.client) ?? new Map<number, number>()
    clocks.set(operation.client, clock)
    for (const [session, count] of (from && stamps.get(from)?.clock) ?? [])
      clock.set(session, Math.max(clock.get(session) ?? 0, count))
    const count = (clock.get(operation.client) ?? 0) + 1
    clock.set(operation.client, count)
    if (operation.input.op === 'write') stamps.set(operation, { clock: new Map(clock), count })
  }
  return (write, than) =>
    write === undefined ||
    (write !== than &&
      (stamps.get(than)?.clock.get(write.client) ?? 0) >= (stamps.get(write)?.count ?? Number.POSITIVE_INFINITY))
}

/** Writes to one key that none of the others is known to be newer than, and how the session came to know of each. */
type Known = Map<string, Map<SessionOperation, readonly SessionOperation[]>>

function faultOf(guarantee: Guarantee, steps: readonly Step[], isOlder: IsOlder): SessionFault | undefined {
  const rule = RULES[guarantee]
  /** by session, what its reads must not be behind of, and what its next write takes along */
  const knows = new Map<number, Known>()
  const takes = new Map<number, Known>()
  const carried = new Map<SessionOperation, Known>()
  const of = (all: Map<number, Known>, client: number): Known => {
    const known = all.get(client) ?? new Map()
    all.set(client, known)
    return known
  }
  const learn = (known: Known, write: SessionOperation, by: readonly SessionOperation[]) => {
    const ofKey = known.get(write.input.key) ?? new Map<SessionOperation, readonly SessionOperation[]>()
    known.set(write.input.key, ofKey)
    for (const other of ofKey.keys()) {
      if (other === write || isOlder(write, other)) return
      if (isOlder(other, write)) ofKey.delete(other)
    }
    ofKey.set(write, by)
  }
  const learnAll = (known: Known, more: Known | undefined, by: SessionOperation) => {
    for (const ofKey of more?.values() ?? [])
      for (const [write, how] of ofKey) learn(known, write, how.at(-1) === by ? how : [...how.slice(0, 2), by])
  }
  for (const { operation, from } of steps) {
    const known = of(knows, operation.client)
    const taken = of(takes, operation.client)
    if (operation.input.op === 'write') {
      // The store may have settled a write before one that it follows.
      const [wrong] = [...(taken.get(operation.input.key)?.keys() ?? [])].filter((write) => isOlder(operation, write))
      if (wrong !== undefined) return fault(guarantee, wrong, [], operation, undefined)
      const along: Known = new Map()
      learnAll(along, taken, operation)
      carried.set(operation, along)
      if (rule.own) learn(known, operation, [])
      if (rule.carries === 'written' || rule.carries === 'all') learn(taken, operation, [])
      continue
    }
    for (const [write, how] of known.get(operation.input.key) ?? [])
      if (write !== from && isOlder(from, write)) return fault(guarantee, write, how, operation, from)
    if (from === undefined) continue
    if (rule.read) learn(known, from, [operation])
    if (rule.carries !== 'nothing') learnAll(known, carried.get(from), operation)
    if (rule.carries === 'read' || rule.carries === 'all') {
      learn(taken, from, [operation])
      learnAll(taken, carried.get(from), operation)
    }
  }
  return undefined
}

function fault(
  guarantee: Guarantee,
  write: SessionOperation,
  how: readonly SessionOperation[],
  last: SessionOperation,
  from: SessionOperation | undefined,
): SessionFault {
  const operations = [write, ...how, last]
  const what =
    last.input.op === 'write'
      ? 'The last of these was put before the first:'
      : `The last of these must know of the first, and saw ${from === undefined ? 'nothing' : 'an older value'}:`
  const older = from === undefined ? [] : [`Older: ${tell(from).trim()}`]
  return { guarantee, operations, why: [what, ...operations.map(tell), ...older] }
}

function tell(operation: SessionOperation): string {
  const { client, input, output } = operation
  const call =
    input.op === 'write'
      ? `write(${show(input.key)}, ${show(input.value)})`
      : `read(${show(input.key)}) → ${show(output)}`
  return `  session ${client}: ${call}   ${when(operation)}`
}
