/**
 * Two logs. A grant's token is its place in the log of the lock service, which grows with renewals and releases as well: so
 * tokens have gaps, and can never come twice. What was before the last entry, nobody needs.
 */

import type { Context, Node, NodeId } from '#world'

export const LEASE_MS = 1_000
export const MAX_DRIFT = 0.05

export type LockRequest =
  | { readonly type: 'Acquire'; readonly request: number }
  | { readonly type: 'Renew'; readonly request: number; readonly token: number }
  | { readonly type: 'Release'; readonly request: number; readonly token: number }

export type LockReply =
  | { readonly type: 'Granted'; readonly request: number; readonly token: number }
  | { readonly type: 'Refused'; readonly request: number }
  | { readonly type: 'Renewed' | 'Released'; readonly request: number; readonly token: number }
  | { readonly type: 'Lost'; readonly request: number; readonly token: number }

export interface Write {
  readonly type: 'Write'
  readonly request: number
  readonly token: number
  readonly value: string
}

export type WriteReply =
  | { readonly type: 'Written'; readonly request: number }
  | { readonly type: 'Stale'; readonly request: number }

export type Message = LockRequest | LockReply | Write | WriteReply

export interface LockView {
  readonly token: number
  readonly holder: NodeId | null
}

export interface StorageView {
  readonly token: number
  readonly writer: NodeId | null
  readonly value: string | null
}

interface Entry {
  /** the place of the grant that this is about */
  readonly token: number
  readonly holder: NodeId | null
  readonly atMs: number
}

const NOBODY: Entry = { token: 0, holder: null, atMs: 0 }
const SHARE = (1 + MAX_DRIFT) / (1 - MAX_DRIFT)

export function bootLock({ disk, now, send }: Context<Message>): Node<Message> {
  const { log } = disk
  const last = (): Entry => log.at<Entry>(log.length - 1) ?? NOBODY
  const append = (entry: Entry) => {
    log.append(entry)
    disk.sync()
  }

  function reply(from: NodeId, message: LockRequest): LockReply {
    const { request } = message
    const { token, holder, atMs } = last()
    if (message.type === 'Acquire') {
      const isOver = now() - atMs > LEASE_MS * SHARE
      if (holder !== null && !isOver) return { type: 'Refused', request }
      const place = log.length + 1
      append({ token: place, holder: from, atMs: now() })
      return { type: 'Granted', request, token: place }
    }
    if (holder !== from || token !== message.token) return { type: 'Lost', request, token: message.token }
    append({ token, holder: message.type === 'Renew' ? from : null, atMs: now() })
    return { type: message.type === 'Renew' ? 'Renewed' : 'Released', request, token }
  }

  return {
    onMessage(from, message) {
      if (message.type === 'Acquire' || message.type === 'Renew' || message.type === 'Release')
        send(from, reply(from, message))
    },
    onTimer() {},
    inspect(): LockView {
      const { token, holder } = last()
      return { token, holder }
    },
  }
}

export function bootStorage({ disk, send }: Context<Message>): Node<Message> {
  const { log } = disk
  const last = (): StorageView => log.at<StorageView>(log.length - 1) ?? { token: 0, writer: null, value: null }
  return {
    onMessage(from, message) {
      if (message.type !== 'Write') return
      const { token, writer } = last()
      if (message.token < token || (message.token === token && from !== writer)) {
        send(from, { type: 'Stale', request: message.request })
        return
      }
      log.append({ token: message.token, writer: from, value: message.value })
      disk.sync()
      send(from, { type: 'Written', request: message.request })
    },
    onTimer() {},
    inspect: last,
  }
}
