/**
 * One node of a cluster whose log does not grow for ever: what has been done is kept as a snapshot of the state, and the
 * entries before it are dropped. Who has missed them is sent the snapshot. And a crash may come between any two writes.
 *
 * Begin with your own `raft-replication.ts`, or with its reference: put all that stands there from `boot` on in the place of
 * `boot` here.
 */

import type { Context, Node, NodeId } from '#world'

export const HEARTBEAT_MS = 50
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

/** The log on the disk never holds more entries than this that are committed already, between any two things that happen. */
export const MAX_DONE_ENTRIES = 32

export type Command = string

/** What all commands so far have come to. Here no more than how many there were, and a fingerprint of them in their order. */
export interface State {
  readonly done: number
  readonly fingerprint: number
}

/** Before the first command. */
export const START: State = { done: 0, fingerprint: 0 }

/** What a command makes of a state. An entry without a command changes nothing. */
export function apply({ done, fingerprint }: State, command: Command): State {
  let mixed = fingerprint
  for (let i = 0; i < command.length; i++) mixed = Math.imul(mixed ^ command.charCodeAt(i), 0x01000193)
  return { done: done + 1, fingerprint: Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) }
}

/** All entries up to `lastIndex`, done. On the disk under the key `snapshot`, one at a time; there may be none. */
export interface Snapshot {
  readonly lastIndex: number
  /** of the entry at lastIndex */
  readonly lastTerm: number
  readonly state: State
}

/**
 * What the log on the disk holds. The entry of index i lies at place i - 1 there, for as long as it is kept: `log.drop(until)`
 * drops those before place `until`, and moves no other; where the log ends before that, it goes on there.
 */
export interface Entry {
  readonly term: number
  readonly command: Command | null
}

export interface RequestVote {
  readonly type: 'RequestVote'
  readonly term: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
}

export interface Vote {
  readonly type: 'Vote'
  readonly term: number
  readonly granted: boolean
}

export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: number
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  readonly leaderCommit: number
}

/** "What you would need next I have dropped; this is what it has come to." It is answered by an AppendReply. */
export interface InstallSnapshot extends Snapshot {
  readonly type: 'InstallSnapshot'
  readonly term: number
}

export interface AppendReply {
  readonly type: 'AppendReply'
  readonly term: number
  readonly success: boolean
  /** up to where this log, the snapshot before it included, is known to be the leader's, and safe. 0 without success */
  readonly matchIndex: number
  /** as in raft-replication; what is covered by the snapshot is the leader's anyhow, and fits */
  readonly conflictTerm: number
  readonly conflictIndex: number
}

export type Message = RequestVote | Vote | AppendEntries | InstallSnapshot | AppendReply

/** On the disk under the key `ballot`. */
export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

export type Answer =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly leader: NodeId | null }

export interface View {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly votedFor: NodeId | null
  readonly leader: NodeId | null
  /** up to where it knows the log to be committed, and has done it; after a crash what its snapshot covers, at least */
  readonly commitIndex: number
  /** what the entries up to there have come to */
  readonly state: State
}

/** Starts a node: first of all, and again after every crash, with what is on its disk. */
export function boot(context: Context<Message>): Node<Message, Command> {
  throw new Error(`TODO: put your log here, then let ${context.self} drop what it has done`)
}
