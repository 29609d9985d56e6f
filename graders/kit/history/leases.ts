// Locks with leases and fencing tokens. A lease alone protects nothing: whoever holds one may sleep through its end and
// then write. So three things are held apart: that no two hold it at once, that every grant has a higher token than those
// before it, and that the resource takes nothing from a token that is lower than one it has seen.

import { isPending, type Operation, precedes, when } from './operation.ts'

export type LeaseInput =
  /** asks for the lock; its answer is a {@link Grant}, or null where it was refused */
  | { readonly op: 'acquire' }
  /** lets go of it */
  | { readonly op: 'release'; readonly token: number }
  /** works on the resource; its answer is whether that was let through */
  | { readonly op: 'access'; readonly token: number }

export interface Grant {
  readonly token: number
  /** the lease is over at this time of the world's true clock; without it, it is held until it is let go */
  readonly until?: number
}

export type LeaseOperation = Operation<LeaseInput, Grant | boolean | null | undefined>

export interface LeaseFault {
  readonly kind: 'held-twice' | 'token-reused' | 'token-not-higher' | 'stale-access' | 'refused'
  readonly operations: readonly LeaseOperation[]
  readonly why: readonly string[]
}

interface Held {
  readonly operation: LeaseOperation
  readonly token: number
  /** held for certain from here */
  readonly from: number
  /** to here */
  readonly to: number
}

/** The first fault of each kind that there is. */
export function leaseFaults(history: readonly LeaseOperation[]): LeaseFault[] {
  const faults = new Map<LeaseFault['kind'], LeaseFault>()
  const found = (kind: LeaseFault['kind'], what: string, ...operations: LeaseOperation[]) => {
    if (!faults.has(kind)) faults.set(kind, { kind, operations, why: [what, ...operations.map(tell)] })
  }
  const byStart = history.toSorted((a, b) => a.start - b.start)
  const grants = byStart.flatMap((operation): Held[] => {
    const { input, output, end, client } = operation
    if (input.op !== 'acquire' || end === undefined || typeof output !== 'object' || output === null) return []
    const released = byStart.find(
      (one) => one.input.op === 'release' && one.client === client && one.input.token === output.token,
    )
    const to = Math.min(output.until ?? Number.POSITIVE_INFINITY, released?.start ?? Number.POSITIVE_INFINITY)
    return [{ operation, token: output.token, from: end, to }]
  })
  for (const [i, one] of grants.entries())
    for (const other of grants.slice(i + 1)) {
      const [before, after] = one.from <= other.from ? [one, other] : [other, one]
      if (after.from < before.to && after.from < after.to)
        found('held-twice', 'Two held it at once:', before.operation, after.operation)
      if (one.token === other.token) found('token-reused', 'Two grants have one token:', one.operation, other.operation)
      else if (precedes(one.operation, other.operation) && one.token > other.token)
        found('token-not-higher', 'The later grant has the lower token:', one.operation, other.operation)
    }

  const accesses = byStart.filter(({ input }) => input.op === 'access')
  for (const access of accesses) {
    if (isPending(access)) continue
    const newer = (one: LeaseOperation) => tokenOf(one) > tokenOf(access)
    if (access.output === true) {
      const seen = accesses.find((one) => one.output === true && newer(one) && precedes(one, access))
      if (seen !== undefined) found('stale-access', 'It was let through after a newer token had been:', seen, access)
    } else if (!accesses.some((one) => one !== access && newer(one) && !precedes(access, one)))
      found('refused', 'It was refused, though no newer token had come:', access)
  }
  return [...faults.values()]
}

const tokenOf = ({ input }: LeaseOperation): number => (input.op === 'acquire' ? -1 : input.token)

function tell(operation: LeaseOperation): string {
  const { client, input, output } = operation
  const call = input.op === 'acquire' ? 'acquire()' : `${input.op}(token ${input.token})`
  return `  client ${client}: ${call}${isPending(operation) ? '' : answer(output)}   ${when(operation)}`
}

function answer(output: LeaseOperation['output']): string {
  if (output === undefined) return ''
  if (output === null || output === false) return ' → refused'
  if (output === true) return ' → done'
  return ` → token ${output.token}${output.until === undefined ? '' : `, until ${output.until}`}`
}
