// What must hold of snapshots: what they are, what stands behind them, and that they keep the log short.

import type { KeptSnapshot } from './log-ledger.ts'
import { type LogView, nameEntry, type Ruling, type Seat } from './log-seat.ts'
import { isState, type MachineState } from './log-state.ts'
import { tellState, told } from './log-words.ts'

/** The bound that raft-storage sets. */
const MAX_DONE_ENTRIES = 32

/** A snapshot that a node puts onto its disk, or sends. */
export interface Written {
  readonly entry: number
  readonly snapshot: KeptSnapshot
  readonly where: 'puts' | 'sends'
}

/** What all nodes together have come to. */
export interface Common {
  /** by index: what all entries up to there have come to */
  readonly states: readonly (MachineState | undefined)[]
  /** by index: what some node has taken for committed first */
  readonly chosen: readonly ({ readonly term: number } | undefined)[]
  /** by index and term: the term of what stands before it */
  readonly known: ReadonlyMap<number, { readonly before: number }>
}

/** What a node with snapshots shows, keeps and sends. */
export function compacted(
  { disk, name }: Seat,
  now: LogView,
  written: readonly Written[],
  last: number,
  { states, chosen, known }: Common,
): Ruling | undefined {
  for (const { entry, snapshot, where } of written) {
    const { lastIndex, lastTerm, state } = snapshot
    const right = states[lastIndex]
    const term = lastIndex === 0 ? 0 : (chosen[lastIndex]?.term ?? lastTerm)
    if (right !== undefined && isState(state, right) && lastTerm === term) continue
    const isEarly = right === undefined
    return {
      fault: 'snapshot',
      entry,
      expected: isEarly
        ? `a snapshot of what is committed: ${name} has committed up to ${now.commitIndex}`
        : `a snapshot up to ${lastIndex}, of term ${term}, with ${tellState(right)}`,
      got: `${name} ${where} one up to ${lastIndex}${isEarly ? '' : `, of term ${lastTerm}, with ${tellState(state)}`}`,
    }
  }
  if (now.state === undefined) return undefined
  const behind = written.length > 0 && disk.snapshot !== undefined ? disk.at(disk.snapshot.lastIndex + 1) : undefined
  if (disk.snapshot !== undefined && behind !== undefined) {
    const { lastIndex, lastTerm } = disk.snapshot
    const before = known.get(nameEntry(lastIndex + 1, behind.term))?.before
    if (before !== undefined && before !== lastTerm)
      return {
        fault: 'matching',
        entry: last,
        expected: told(lastIndex + 1, behind.term, behind.command, before),
        got: `${name} keeps it behind a snapshot that ends in term ${lastTerm}`,
      }
  }
  const right = states[now.commitIndex]
  if (right !== undefined && !isState(now.state, right))
    return {
      fault: 'state',
      entry: last,
      expected: `${name}, which has done all up to ${now.commitIndex}, with ${tellState(right)}`,
      got: tellState(now.state),
    }
  const done = Math.min(now.commitIndex, disk.lastIndex) - disk.dropped
  if (done > MAX_DONE_ENTRIES)
    return {
      fault: 'short',
      entry: last,
      expected: `at most ${MAX_DONE_ENTRIES} entries that are committed in the log of ${name}`,
      got: `${done}, up to ${now.commitIndex}`,
    }
  return undefined
}
