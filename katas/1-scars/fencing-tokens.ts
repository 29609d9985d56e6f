/**
 * A lock that ends by itself, and a storage that does not believe in locks. Whoever holds the lock has a number, its
 * token, and writes it on everything that it sends to the storage; the storage takes nothing from a holder of the past.
 *
 * Two nodes are yours: the lock service and the storage. Workers are others, who may sleep for minutes in the middle of a
 * write. Nodes crash and come back with what they had synced; messages are lost, late, and come twice; a timer may go off long
 * after its time.
 */

import type { Context, Node, NodeId } from '#world'

/**
 * How long a worker takes a lease for its own: from when it *sent* the question that was answered with Granted or Renewed,
 * by its own clock.
 */
export const LEASE_MS = 1_000

/** No clock in the house gains or loses more than this share of the true time. */
export const MAX_DRIFT = 0.05

/** From a worker to the lock service. The answer goes back to it, with the same `request`. */
export type LockRequest =
  /** answered with Granted, or with Refused while anybody's lease may still run, the asker's own included */
  | { readonly type: 'Acquire'; readonly request: number }
  /** makes the lease last from now on; answered with Renewed, or with Lost */
  | { readonly type: 'Renew'; readonly request: number; readonly token: number }
  /** lets go of it; answered with Released, or with Lost */
  | { readonly type: 'Release'; readonly request: number; readonly token: number }

export type LockReply =
  /** `token`: a whole number, higher than in every Granted before */
  | { readonly type: 'Granted'; readonly request: number; readonly token: number }
  | { readonly type: 'Refused'; readonly request: number }
  | { readonly type: 'Renewed' | 'Released'; readonly request: number; readonly token: number }
  /** the sender does not hold the lock with this token: nothing has changed */
  | { readonly type: 'Lost'; readonly request: number; readonly token: number }

/** From a worker to the storage. */
export interface Write {
  readonly type: 'Write'
  readonly request: number
  readonly token: number
  readonly value: string
}

export type WriteReply =
  | { readonly type: 'Written'; readonly request: number }
  /** a newer token has written, or this very token in another worker's hand: nothing has changed */
  | { readonly type: 'Stale'; readonly request: number }

export type Message = LockRequest | LockReply | Write | WriteReply

/** What a lock service shows of itself: the last grant. Token 0: there was none. */
export interface LockView {
  readonly token: number
  /** whom it was given to, until it was released; null: nobody */
  readonly holder: NodeId | null
}

/** What a storage shows of itself: the last write that it took. Token 0: there was none. */
export interface StorageView {
  readonly token: number
  readonly writer: NodeId | null
  readonly value: string | null
}

/** Starts a lock service: first of all, and again after every crash. Its clock goes on while it is down. */
export function bootLock(context: Context<Message>): Node<Message> {
  throw new Error(`TODO: grant one lease at a time, each with a higher token; disk of ${context.self}: context.disk`)
}

/** Starts a storage: first of all, and again after every crash. */
export function bootStorage(context: Context<Message>): Node<Message> {
  throw new Error(`TODO: take no write of an old token; disk of ${context.self}: context.disk`)
}
