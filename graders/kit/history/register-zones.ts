// Linearizability of a register whose writes are all of different values, without a search: Gibbons and Korach's zones.
// A write and the reads of its value form a cluster, which any linearization tells in one piece. Of two clusters one must
// come first; each must come before the other exactly if an operation of each was over before one of the other began.
// Then there is no order, and those four operations (or fewer) are the whole reason.

import { type RegisterInput, register } from './models.ts'
import { type History, type Operation, precedes, when } from './operation.ts'

export type RegisterOperation = Operation<RegisterInput, unknown>

export type RegisterZones =
  | { readonly verdict: 'yes' }
  | {
      readonly verdict: 'no'
      /** the operations that it is about, in the order of {@link why} */
      readonly operations: readonly RegisterOperation[]
      readonly why: readonly string[]
    }

/** A write (none for the first value) and the reads of its value. */
interface Cluster {
  readonly value: unknown
  readonly write: RegisterOperation | undefined
  /** the operation that was over first, and when */
  over: RegisterOperation | undefined
  overAt: number
  /** the operation that began last, and when */
  begun: RegisterOperation | undefined
  begunAt: number
}

/**
 * @param history values are compared as keys of a Map are: numbers and strings
 * @throws {RangeError} where two writes are of one value, or one is of the first: then only a search can tell
 */
export function registerZones(history: History<RegisterInput, unknown>, init: unknown = null): RegisterZones {
  const clusters = new Map<unknown, Cluster>()
  // The first value was written before everything.
  const first: Cluster = cluster(init, undefined, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)
  clusters.set(init, first)
  for (const operation of history) {
    const { input, start, end } = operation
    if (input.op !== 'write') continue
    if (clusters.has(input.value)) throw new RangeError(`two writes of ${String(input.value)}`)
    clusters.set(input.value, cluster(input.value, operation, end ?? Number.POSITIVE_INFINITY, start))
  }
  for (const read of history) {
    // Who was never told anything read nothing.
    if (read.input.op !== 'read' || read.end === undefined) continue
    const of = clusters.get(read.output)
    if (of === undefined) return no([read], `nobody has ever written ${tellValue(read.output)}:`, [tell(read)])
    if (of.write !== undefined && precedes(read, of.write))
      return no([read, of.write], 'a value was read before it was written:', [tell(read), tell(of.write)])
    if (read.end < of.overAt) [of.over, of.overAt] = [read, read.end]
    if (read.start > of.begunAt) [of.begun, of.begunAt] = [read, read.start]
  }

  // Of clusters that end before they begin (all of it overlaps in a moment) none conflicts with another.
  const forward = [...clusters.values()].filter((one) => one.overAt < one.begunAt).sort((a, b) => a.overAt - b.overAt)
  for (const [i, one] of forward.entries()) {
    const after = forward[i + 1]
    if (after !== undefined && conflict(one, after)) return bothFirst(one, after)
  }
  for (const one of clusters.values()) {
    if (one.overAt < one.begunAt) continue
    // Forward zones do not overlap by now: only the last that begins before this one ends can hold it.
    const around = lastBefore(forward, one.begunAt)
    if (around !== undefined && conflict(around, one)) return bothFirst(around, one)
  }
  return { verdict: 'yes' }
}

const cluster = (value: unknown, write: RegisterOperation | undefined, overAt: number, begunAt: number): Cluster => ({
  value,
  write,
  over: write,
  overAt,
  begun: write,
  begunAt,
})

const conflict = (a: Cluster, b: Cluster): boolean => a.overAt < b.begunAt && b.overAt < a.begunAt

function lastBefore(sorted: readonly Cluster[], time: number): Cluster | undefined {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as Cluster).overAt < time) low = middle + 1
    else high = middle
  }
  return sorted[low - 1]
}

function bothFirst(a: Cluster, b: Cluster): RegisterZones {
  const involved = [a.over, b.begun, b.over, a.begun].filter((one) => one !== undefined)
  const line = (before: Cluster, after: Cluster) => [
    `${tellValue(before.value)} came before ${tellValue(after.value)}:`,
    `  ${before.over === undefined ? 'it was there from the start' : tell(before.over)}`,
    `  ${tell(after.begun as RegisterOperation)}`,
  ]
  return {
    verdict: 'no',
    operations: [...new Set(involved)],
    why: [...line(a, b), `${tellValue(b.value)} came before ${tellValue(a.value)}, too:`, ...line(b, a).slice(1)],
  }
}

const no = (operations: RegisterOperation[], why: string, lines: readonly string[]): RegisterZones => ({
  verdict: 'no',
  operations,
  why: [why.charAt(0).toUpperCase() + why.slice(1), ...lines.map((line) => `  ${line}`)],
})

const tellValue = (value: unknown): string => register.tell({ op: 'write', value }).slice('write('.length, -1)

function tell(operation: RegisterOperation): string {
  const answer = operation.end === undefined ? undefined : { value: operation.output }
  return `client ${operation.client}: ${register.tell(operation.input, answer)}   ${when(operation)}`
}
