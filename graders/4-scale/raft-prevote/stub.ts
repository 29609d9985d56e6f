/**
 * One node of a cluster that elects a leader, and leaves it in office: who cannot win an election does not begin one. Before
 * a node raises its term it asks who would vote for it; whoever hears a leader says no.
 *
 * It begins where `raft-election` ends: take your file (or the reference) and add to it. The log is on the disk
 * already, and nobody writes to it.
 */

import type { Context, Node, NodeId } from '#world'

/** A leader says that it is there each time that so many milliseconds have passed, and as soon as it is elected. */
export const HEARTBEAT_MS = 50

/**
 * Who has heard of no leader for so long asks who would vote for it, and who has asked or stood without an outcome asks
 * again. Drawn anew each time, whole milliseconds, both ends included; a node that ticks may be a tick late.
 *
 * Who has heard its leader less than `least` ago, or is the leader, hears a leader. A leader that was elected, and then
 * answered by a majority (itself included), longer ago than `most` is a follower without a leader by its next heartbeat,
 * in the same term.
 */
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

/** "Would you vote for me in the next term?" Changes nothing for either, whatever the terms are. */
export interface RequestPreVote {
  readonly type: 'RequestPreVote'
  /** the one after the sender's own, in which it would stand; nobody is in it yet for having been asked */
  readonly nextTerm: number
  /** as in a RequestVote */
  readonly lastLogIndex: number
  readonly lastLogTerm: number
}

export interface PreVote {
  readonly type: 'PreVote'
  /** the voter's own, so that who asks in an old one learns that it is over */
  readonly term: number
  /** as it was asked */
  readonly nextTerm: number
  /** no promise: everybody who asks may be told yes */
  readonly granted: boolean
}

/** "Vote for me in this term; my log ends like this." Who hears a leader refuses, and stays in its own term. */
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

export type Message = RequestPreVote | PreVote | RequestVote | Vote | AppendEntries | AppendReply

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
  /** `precandidate`: asks who would vote for it, and is still in its old term */
  readonly role: 'follower' | 'precandidate' | 'candidate' | 'leader'
  /** the highest that it has seen, other than in what candidates ask while it hears a leader; 0 at first */
  readonly term: number
  /** whom it has voted for in this term, itself included; null: nobody */
  readonly votedFor: NodeId | null
  /** who leads this term, as far as it knows; null: nobody, as for everybody who asks or stands */
  readonly leader: NodeId | null
}

/**
 * Starts a node: first of all, and again after every crash. It begins as a follower, with the ballot that it finds, or in
 * term 0. Every RequestPreVote, RequestVote and AppendEntries is answered.
 *
 * @param context all that it has of the world outside
 */
export function boot(context: Context<Message>): Node<Message> {
  throw new Error(`TODO: begin with your raft-election, and have ${context.self} ask before it stands`)
}
