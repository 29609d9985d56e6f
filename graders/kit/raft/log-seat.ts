// What a referee knows of one node at one moment, and what a message that has come says of the log there.

import type { Broken } from '../simulate.ts'
import type { History } from '../world/history.ts'
import type { ElectionMessage, RaftView } from './election-rules.ts'
import type { DiskModel, KeptSnapshot, LogEntry } from './log-ledger.ts'

export interface LogView extends RaftView {
  readonly commitIndex: number
  /** of a node that makes snapshots: what it has come to */
  readonly state?: unknown
}

export type LogMessage =
  | Extract<ElectionMessage, { type: 'RequestVote' | 'Vote' }>
  | {
      readonly type: 'AppendEntries'
      readonly term: number
      readonly prevLogIndex: number
      readonly prevLogTerm: number
      readonly entries: readonly LogEntry[]
      readonly leaderCommit: number
    }
  | {
      readonly type: 'AppendReply'
      readonly term: number
      readonly success: boolean
      readonly matchIndex: number
      readonly conflictTerm: number
      readonly conflictIndex: number
    }
  | Install
export type Install = { readonly type: 'InstallSnapshot'; readonly term: number } & KeptSnapshot
export type Append = Extract<LogMessage, { type: 'AppendEntries' }>
export type Reply = Extract<LogMessage, { type: 'AppendReply' }>

export type LogHistory = History<LogView, LogMessage>

/** Which of the promises a fault belongs to. */
export type LogFault =
  | 'matching'
  | 'acknowledged'
  | 'majority'
  | 'own term'
  | 'follower commits'
  | 'kept'
  | 'client'
  | 'elections'
  | 'hints'
/** Of those who make snapshots. */
export type SnapshotFault = 'short' | 'dropped' | 'snapshot' | 'state'
export type Fault = LogFault | SnapshotFault

export interface Ruling extends Broken {
  readonly fault: Fault
}

/** Entries of one index and term are one entry. */
export const nameEntry = (index: number, term: number): number => index * 65_536 + term

/** One node, as far as it can be seen. */
export interface Seat {
  readonly name: string
  readonly disk: DiskModel
  /** before the step that is being looked at; undefined: it has shown nothing since it booted */
  view: LogView | undefined
  /** the highest commitIndex that it has ever shown */
  claimed: number
  /** of its office: up to where each follower has acknowledged */
  readonly acks: Map<number, number>
  /** of the term that it follows: up to where its log was found to be the leader's, and what that has committed */
  following: { term: number; matched: number; heard: number }
  /** requests that it has appended as a leader, and not answered: the index of each */
  readonly open: Map<number, number>
}

/** What a message that has come says of the log here, before anything is done about it. */
export interface Met {
  /** a snapshot says as much as an append of nothing behind its last entry, which fits everywhere */
  readonly message: Append
  readonly from: number
  readonly isCurrent: boolean
  readonly fits: boolean
  /** the first index at which the log here differs from the leader's; Infinity: none is known */
  readonly contradiction: number
  readonly hints: readonly Hint[]
}

/** What a refusal says of the log. */
export interface Hint {
  readonly conflictTerm: number
  readonly conflictIndex: number
}

export function meet(disk: DiskModel, from: number, message: Append, isCurrent: boolean): Met {
  const { prevLogIndex, prevLogTerm, entries } = message
  const own = disk.termAt(prevLogIndex)
  const isThere = prevLogIndex <= disk.lastIndex
  const covered = disk.snapshot?.lastIndex ?? 0
  const fits = prevLogIndex <= covered || (isThere && own === prevLogTerm)
  const odd = entries.findIndex(({ term }, k) => {
    const index = prevLogIndex + 1 + k
    return index > covered && index <= disk.lastIndex && disk.termAt(index) !== term
  })
  const first = isThere && !fits ? prevLogIndex : odd < 0 ? Number.POSITIVE_INFINITY : prevLogIndex + 1 + odd
  const contradiction = isCurrent ? first : Number.POSITIVE_INFINITY
  return { message, from, isCurrent, fits, contradiction, hints: hintsOf(disk, prevLogIndex) }
}

export function meetSnapshot(disk: DiskModel, from: number, message: Install, isCurrent: boolean): Met {
  const { term, lastIndex, lastTerm } = message
  const append: Append = {
    type: 'AppendEntries',
    term,
    prevLogIndex: lastIndex,
    prevLogTerm: lastTerm,
    entries: [],
    leaderCommit: lastIndex,
  }
  // What stands up to there may not go before the snapshot is written; what stands behind something else may.
  const contradicts = isCurrent && lastIndex <= disk.lastIndex && disk.termAt(lastIndex) !== lastTerm
  const contradiction = contradicts ? lastIndex + 1 : Number.POSITIVE_INFINITY
  return { ...meet(disk, from, append, isCurrent), fits: true, contradiction }
}

/** Entries may be there still that a snapshot covers: to go back to the first of them is right, and to stop behind it is, too. */
export function hintsOf(disk: DiskModel, prevLogIndex: number): Hint[] {
  if (prevLogIndex > disk.lastIndex) return [{ conflictTerm: 0, conflictIndex: disk.lastIndex + 1 }]
  const conflictTerm = disk.termAt(prevLogIndex)
  return [disk.snapshot?.lastIndex ?? 0, disk.dropped].map((covered) => {
    let conflictIndex = prevLogIndex
    while (conflictIndex > covered + 1 && disk.termAt(conflictIndex - 1) === conflictTerm) conflictIndex--
    return { conflictTerm, conflictIndex }
  })
}
