// What a referee knows of one node at one moment, and what a message that has come says of the log there.

import type { Broken } from '../simulate.ts'
import type { History } from '../world/history.ts'
import type { ElectionMessage, RaftView } from './election-rules.ts'
import type { DiskModel, LogEntry } from './log-ledger.ts'

export interface LogView extends RaftView {
  readonly commitIndex: number
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
export type Append = Extract<LogMessage, { type: 'AppendEntries' }>
export type Reply = Extract<LogMessage, { type: 'AppendReply' }>

export type LogHistory = History<LogView, LogMessage>

/** Which of the promises a fault belongs to. */
export type Fault =
  | 'matching'
  | 'acknowledged'
  | 'majority'
  | 'own term'
  | 'follower commits'
  | 'kept'
  | 'client'
  | 'elections'
  | 'hints'

export interface Ruling extends Broken {
  readonly fault: Fault
}

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
  readonly message: Append
  readonly from: number
  readonly isCurrent: boolean
  readonly fits: boolean
  /** the first index at which the log here differs from the leader's; Infinity: none is known */
  readonly contradiction: number
  readonly hint: { readonly conflictTerm: number; readonly conflictIndex: number }
}

export function meet(disk: DiskModel, from: number, message: Append, isCurrent: boolean): Met {
  const { prevLogIndex, prevLogTerm, entries } = message
  const own = disk.termAt(prevLogIndex)
  const isThere = prevLogIndex <= disk.lastIndex
  const fits = prevLogIndex <= disk.dropped || (isThere && own === prevLogTerm)
  const odd = entries.findIndex(({ term }, k) => {
    const index = prevLogIndex + 1 + k
    return index > disk.dropped && index <= disk.lastIndex && disk.termAt(index) !== term
  })
  const contradiction = !isCurrent
    ? Number.POSITIVE_INFINITY
    : isThere && !fits
      ? prevLogIndex
      : odd < 0
        ? Number.POSITIVE_INFINITY
        : prevLogIndex + 1 + odd
  return { message, from, isCurrent, fits, contradiction, hint: hintOf(disk, prevLogIndex) }
}

export function hintOf(disk: DiskModel, prevLogIndex: number): Met['hint'] {
  if (prevLogIndex > disk.lastIndex) return { conflictTerm: 0, conflictIndex: disk.lastIndex + 1 }
  const conflictTerm = disk.termAt(prevLogIndex)
  let conflictIndex = prevLogIndex
  while (conflictIndex > disk.dropped + 1 && disk.termAt(conflictIndex - 1) === conflictTerm) conflictIndex--
  return { conflictTerm, conflictIndex }
}
