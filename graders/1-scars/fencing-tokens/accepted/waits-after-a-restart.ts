/**
 * Keeps no renewals. The disk has the last token and whose it is; after a crash the lock service takes it that the holder
 * renewed in the very last moment, and lets nobody in for as long as that would last. A renewal costs no disk, a restart
 * costs a lease's time.
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

/** Waited by this clock, a worker's lease is over by any clock. */
const PATIENCE_MS = LEASE_MS * 1.15

interface Grant {
  readonly token: number
  readonly holder: NodeId | null
}

export function bootLock(context: Context<Message>): Node<Message> {
  return new LockService(context)
}

class LockService implements Node<Message> {
  readonly #context: Context<Message>
  #grant: Grant
  #heardAtMs: number

  constructor(context: Context<Message>) {
    this.#context = context
    this.#grant = context.disk.get<Grant>('grant') ?? { token: 0, holder: null }
    this.#heardAtMs = context.now()
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case 'Acquire':
        this.#acquire(from, message.request)
        break
      case 'Renew':
      case 'Release':
        this.#context.send(from, this.#change(from, message))
        break
      default:
    }
  }

  onTimer(): void {}

  inspect(): LockView {
    return this.#grant
  }

  #acquire(from: NodeId, request: number): void {
    const { holder, token } = this.#grant
    if (holder !== null && this.#context.now() - this.#heardAtMs <= PATIENCE_MS) {
      this.#context.send(from, { type: 'Refused', request })
      return
    }
    this.#heardAtMs = this.#context.now()
    this.#keep({ token: token + 1, holder: from })
    this.#context.send(from, { type: 'Granted', request, token: token + 1 })
  }

  #change(from: NodeId, { type, token, request }: Extract<LockRequest, { token: number }>): LockReply {
    if (from !== this.#grant.holder || token !== this.#grant.token) return { type: 'Lost', request, token }
    if (type === 'Renew') {
      this.#heardAtMs = this.#context.now()
      return { type: 'Renewed', request, token }
    }
    this.#keep({ token, holder: null })
    return { type: 'Released', request, token }
  }

  #keep(grant: Grant): void {
    this.#grant = grant
    this.#context.disk.put('grant', grant)
    this.#context.disk.sync()
  }
}

export function bootStorage({ disk, send }: Context<Message>): Node<Message> {
  const contents = (): StorageView => disk.get<StorageView>('contents') ?? { token: 0, writer: null, value: null }
  return {
    onMessage(from, message) {
      if (message.type !== 'Write') return
      const { token, value, request } = message
      const has = contents()
      const isNewer = token > has.token
      const isSame = token === has.token && from === has.writer
      if (isNewer || isSame) {
        disk.put('contents', { token, writer: from, value })
        disk.sync()
      }
      send(from, { type: isNewer || isSame ? 'Written' : 'Stale', request })
    },
    onTimer() {},
    inspect: contents,
  }
}
