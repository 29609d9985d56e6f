/**
 * One node of a replicated key-value service: values that outlive machines, commands that are executed once however often
 * they are sent, and reads that never see the past. Beneath it is Raft; `raft-election` and `raft-replication` are about
 * that. Here the log is given, and what stands on it is yours.
 */

import type { NodeId, RequestId } from '#world'

/** What clients ask. A client does one thing after the other, and numbers its writes; it may send one again, to anybody. */
export type Command =
  | { readonly type: 'Get'; readonly key: string }
  | {
      readonly type: 'Put' | 'Append'
      readonly key: string
      /** Put: the value from now on; Append: what is put behind the one that is there */
      readonly value: string
      readonly client: number
      /** higher for each write of this client; the same for the same write */
      readonly sequence: number
    }

export type Result =
  /** Get: the value, null where there is none. Put, Append: the value that was there before. */
  | { readonly type: 'Done'; readonly value: string | null }
  /** Nothing has been done, and nothing will be. `leader`: who might do it, as far as this node knows */
  | { readonly type: 'NotLeader'; readonly leader: NodeId | null }

/** The log beneath: Raft, with all that belongs to it. Only a leader's log grows; what is committed is committed for good. */
export interface Log {
  readonly self: NodeId
  /** who leads the current term, as far as this node knows. It may have been deposed and not have heard of it */
  leader(): NodeId | null
  term(): number
  /**
   * Appends a command, if this node leads.
   *
   * @returns the index that it has in this log, from 1; undefined where this node does not lead. Another leader may
   * put something else there, before it is committed
   */
  propose(command: Command): number | undefined
  /** index of the last entry that this node knows to be committed; a new leader may not know of the last ones yet */
  commitIndex(): number
  /** term of the entry at an index; 0 where there is none */
  termAt(index: number): number
  /** Asks the others whether this node still leads. Once a majority has said so, `onConfirmed(ticket)` is called; else never. */
  confirm(ticket: number): void
  /** Tells a client. */
  reply(request: RequestId, result: Result): void
}

/** A key-value service on one node. */
export interface Service {
  onRequest(request: RequestId, command: Command): void
  /**
   * The next entry is committed: each once, in the order of the log, on every node.
   *
   * @param term in which it was appended
   * @param command null: a leader's first entry, for itself
   */
  onCommitted(index: number, term: number, command: Command | null): void
  /** When `confirm(ticket)` was called this node led, and was still the leader afterwards. */
  onConfirmed(ticket: number): void
  /** All that what is committed so far has come to, as plain data. After a crash only what follows is told again. */
  snapshot(): unknown
}

/**
 * Starts the service of one node: first of all, and again after every crash.
 *
 * A Get is answered by a leader only, without an entry in the log. A write that is sent again is answered with what it was
 * answered first, or would have been. Of a write that is older than the last one of its client nothing is promised, but that
 * it is not executed again.
 *
 * @param log all that it has of the world outside
 * @param snapshot what `snapshot()` returned last before the crash; undefined where there is none
 */
export function serve(log: Log, snapshot: unknown): Service {
  throw new Error(`TODO: serve from what is committed on ${log.self}, after ${String(snapshot)}`)
}
