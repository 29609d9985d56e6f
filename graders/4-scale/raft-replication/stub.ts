/**
 * One node of a cluster that keeps one log: what clients ask for is written by a majority, in one order, for good. Who is
 * elected leads; entries go out from there, and come back as acknowledged.
 *
 * Begin with your own `raft-election.ts`, or with its reference (`kata solution raft-election`): put all that stands there
 * from `boot` on in the place of `boot` here. All Raft katas are a chain of this kind: the contract of `boot` stays, and
 * types only grow; what you have built so far goes on working, and holds here, too.
 */

import type { Context, Node, NodeId } from '#world'

export const HEARTBEAT_MS = 50
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

/** What a client wants to have done. What it means is not the log's business. */
export type Command = string

/**
 * What the log on the disk (`context.disk.log`) holds. The first entry has index 1, and lies at place 0 there. A new leader
 * appends one with no command: with it, what it has inherited can be committed before any client comes.
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

/** "I lead this term; after the entry before come these." Without entries: a heartbeat, with all else as ever. */
export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: number
  /** index of the entry just before `entries`; 0 where they begin the log */
  readonly prevLogIndex: number
  /** its term; 0 where there is none */
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  /** up to where the leader has committed */
  readonly leaderCommit: number
}

/** Every AppendEntries is answered. */
export interface AppendReply {
  readonly type: 'AppendReply'
  readonly term: number
  /** whether the sender leads this term, and the log here holds the entry before `entries` */
  readonly success: boolean
  /** up to where this log is known to be the leader's, and safe; it may be less than was sent. 0 without success */
  readonly matchIndex: number
  /** without success: term of the entry here at prevLogIndex; 0 where there is none, and else */
  readonly conflictTerm: number
  /** without success: index of the first entry here of that term, or one after the end of the log; 0 else, or to an old leader */
  readonly conflictIndex: number
}

export type Message = RequestVote | Vote | AppendEntries | AppendReply

/** On the disk under the key `ballot`. */
export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

/**
 * What a client is told (`context.reply`). Who does not lead refuses at once: the command will not be done. A leader answers
 * when it has committed the command, and with its index. Who stops leading before that says nothing: nobody knows.
 */
export type Answer =
  | { readonly ok: true; readonly index: number }
  /** `leader`: whom to ask instead, if known */
  | { readonly ok: false; readonly leader: NodeId | null }

export interface View {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly votedFor: NodeId | null
  readonly leader: NodeId | null
  /** up to where it knows the log to be committed; 0 at first, and again after a crash. It never falls */
  readonly commitIndex: number
}

/**
 * Starts a node: first of all, and again after every crash.
 *
 * @param context all that it has of the world outside. Its `onRequest(request, command)` is what a client asks
 */
export function boot(context: Context<Message>): Node<Message, Command> {
  throw new Error(`TODO: put your election here, then let ${context.self} keep a log`)
}
