// breaks: Only the holder renews and releases
// because: a release is not put on the disk: after a crash the lock is its old holder's again, and a late renewal keeps it so.

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

/** The longest that a worker's lease may be, by the service's clock: theirs as slow and its own as fast as clocks may be. */
const HELD_MS = Math.ceil((LEASE_MS * (1 + MAX_DRIFT)) / (1 - MAX_DRIFT))

interface Lease {
  readonly token: number
  readonly holder: NodeId | null
  /** by the service's own clock, which goes on while it is down */
  readonly untilMs: number
}

/** One record, so that no crash can come between its parts. */
const LEASE = 'lease'

export function bootLock({ disk, now, send }: Context<Message>): Node<Message> {
  let lease = disk.get<Lease>(LEASE) ?? { token: 0, holder: null, untilMs: 0 }

  function keep(next: Lease): void {
    lease = next
    disk.put(LEASE, next)
    disk.sync()
  }

  const isHeld = () => lease.holder !== null && now() < lease.untilMs
  const isHolder = (who: NodeId, token: number) => lease.holder === who && lease.token === token

  return {
    onMessage(from, message) {
      const { type, request } = message
      if (type === 'Acquire') {
        // Also its holder is refused: it asks because it has crashed, and its past may still be on the way to the storage.
        if (isHeld()) return send(from, { type: 'Refused', request })
        keep({ token: lease.token + 1, holder: from, untilMs: now() + HELD_MS })
        send(from, { type: 'Granted', request, token: lease.token })
      } else if (type === 'Renew' || type === 'Release') {
        const { token } = message
        if (!isHolder(from, token)) return send(from, { type: 'Lost', request, token })
        if (type === 'Renew') keep({ ...lease, untilMs: now() + HELD_MS })
        else lease = { ...lease, holder: null }
        send(from, { type: type === 'Renew' ? 'Renewed' : 'Released', request, token })
      }
    },
    onTimer() {},
    inspect: (): LockView => ({ token: lease.token, holder: lease.holder }),
  }
}

const LAST = 'last'

export function bootStorage({ disk, send }: Context<Message>): Node<Message> {
  let last = disk.get<StorageView>(LAST) ?? { token: 0, writer: null, value: null }

  return {
    onMessage(from, message) {
      if (message.type !== 'Write') return
      const { request, token, value } = message
      if (token < last.token || (token === last.token && from !== last.writer))
        return send(from, { type: 'Stale', request })
      // The token lands with the value: a storage that forgot it would let the past write once more.
      last = { token, writer: from, value }
      disk.put(LAST, last)
      disk.sync()
      send(from, { type: 'Written', request })
    },
    onTimer() {},
    inspect: (): StorageView => last,
  }
}
