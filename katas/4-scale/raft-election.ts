/**
 * One node of a cluster that elects a leader, by the rules of Raft: at most one leader a term, and soon another one when
 * it is gone. Nodes crash and come back with what they had synced; messages are lost, late, and come twice.
 *
 * What the leader does with its office, `raft-replication` adds to this file: the log is on the disk already, and until
 * then nobody writes to it.
 */

import type { Context, Node, NodeId } from '#world'

/** A leader says that it is there each time that so many milliseconds have passed, and as soon as it is elected. */
export const HEARTBEAT_MS = 50

/**
 * Who has heard of no leader for so long stands for election, in the next term, and who stands without an outcome stands
 * again. Drawn anew each time, whole milliseconds, both ends included; a node that ticks may be a tick late.
 */
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

/** "Vote for me in this term; my log ends like this." */
export interface RequestVote {
  readonly type: 'RequestVote'
  readonly term: number
  /** how many entries the candidate's log has: the index of the last one, counted from 1 */
  readonly lastLogIndex: number
  /** term of the last one; 0 for an empty log */
  readonly lastLogTerm: number
}

export interface Vote {
  readonly type: 'Vote'
  /** the voter's own, after it has seen the request */
  readonly term: number
  readonly granted: boolean
}

/** "I lead this term." */
export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: number
}

export interface AppendReply {
  readonly type: 'AppendReply'
  /** the follower's own, so that a leader of an old term learns that it is over */
  readonly term: number
  /** whether it takes the sender for its leader */
  readonly success: boolean
}

export type Message = RequestVote | Vote | AppendEntries | AppendReply

/** What has to survive a crash. It is kept on the disk under the key `ballot`, and may be there before the first boot. */
export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

/** An entry of the log on the disk (`context.disk.log`), as far as an election is concerned. */
export interface Entry {
  readonly term: number
}

/** What a node shows of itself. */
export interface View {
  readonly role: 'follower' | 'candidate' | 'leader'
  /** the highest that it has seen; 0 at first */
  readonly term: number
  /** whom it has voted for in this term, itself included; null: nobody */
  readonly votedFor: NodeId | null
  /** who leads this term, as far as it knows; null: nobody */
  readonly leader: NodeId | null
}

/**
 * Starts a node: first of all, and again after every crash. It begins as a follower, with the ballot that it finds, or in
 * term 0. Every RequestVote and every AppendEntries is answered.
 *
 * @param context all that it has of the world outside
 */
export function boot(context: Context<Message>): Node<Message> {
  throw new Error(`TODO: read the term and the vote of ${context.self}, and wait for a leader`)
}
