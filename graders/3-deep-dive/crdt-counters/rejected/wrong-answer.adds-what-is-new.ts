// breaks: Order, grouping and repetition of merges change nothing
// because: GCounter adds the difference to what it heard last, and last is not most; PNCounter was written later, and is right.

import type { Context, Node, NodeId, RequestId } from '#world'

export type Counts = Readonly<Record<NodeId, number>>

export interface PNState {
  readonly up: Counts
  readonly down: Counts
}

export class GCounter {
  readonly #replica: NodeId
  readonly #counts = new Map<NodeId, number>()
  readonly #heard = new Map<NodeId, number>()

  constructor(replica: NodeId) {
    this.#replica = replica
  }

  increment(by: number): void {
    const count = (this.#counts.get(this.#replica) ?? 0) + by
    if (!Number.isSafeInteger(by) || by < 0 || !Number.isSafeInteger(count))
      throw new RangeError(`by must be a whole number from 0 on that still fits, not ${by}`)
    this.#counts.set(this.#replica, count)
  }

  get value(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  state(): Counts {
    return Object.fromEntries(this.#counts)
  }

  merge(state: Counts): void {
    for (const [replica, count] of Object.entries(state)) {
      const news = Math.max(0, count - (this.#heard.get(replica) ?? 0))
      this.#heard.set(replica, count)
      this.#counts.set(replica, (this.#counts.get(replica) ?? 0) + news)
    }
  }
}

export class PNCounter {
  readonly #replica: NodeId
  readonly #counts = new Map<NodeId, { up: number; down: number }>()

  constructor(replica: NodeId) {
    this.#replica = replica
  }

  add(by: number): void {
    const { up, down } = this.#counts.get(this.#replica) ?? { up: 0, down: 0 }
    const next = { up: up + Math.max(0, by), down: down + Math.max(0, -by) }
    if (!Number.isSafeInteger(by) || !Number.isSafeInteger(next.up) || !Number.isSafeInteger(next.down))
      throw new RangeError(`by must be a whole number that still fits, not ${by}`)
    this.#counts.set(this.#replica, next)
  }

  get value(): number {
    let sum = 0
    for (const { up, down } of this.#counts.values()) sum += up - down
    return sum
  }

  state(): PNState {
    const all = [...this.#counts]
    return {
      up: Object.fromEntries(all.map(([replica, { up }]) => [replica, up])),
      down: Object.fromEntries(all.map(([replica, { down }]) => [replica, down])),
    }
  }

  merge(state: PNState): void {
    for (const replica of new Set([...Object.keys(state.up), ...Object.keys(state.down)])) {
      const { up, down } = this.#counts.get(replica) ?? { up: 0, down: 0 }
      const theirs = { up: state.up[replica] ?? 0, down: state.down[replica] ?? 0 }
      this.#counts.set(replica, { up: Math.max(up, theirs.up), down: Math.max(down, theirs.down) })
    }
  }
}

export interface Add {
  readonly add: number
}

export interface View extends PNState {
  readonly value: number
}

export const GOSSIP_MS = 100

const COUNTS = 'counts'
const GOSSIP = 'gossip'

export function boot(context: Context<PNState>): Node<PNState, Add> {
  return new Replica(context)
}

class Replica implements Node<PNState, Add> {
  readonly #context: Context<PNState>
  readonly #counter: PNCounter

  constructor(context: Context<PNState>) {
    this.#context = context
    this.#counter = new PNCounter(context.self)
    const kept = context.disk.get<PNState>(COUNTS)
    if (kept !== undefined) this.#counter.merge(kept)
    context.setTimer(GOSSIP, GOSSIP_MS)
  }

  onRequest(request: RequestId, { add }: Add): void {
    this.#counter.add(add)
    this.#context.disk.put(COUNTS, this.#counter.state())
    this.#context.disk.sync()
    this.#context.reply(request, this.#counter.value)
  }

  onMessage(_from: NodeId, state: PNState): void {
    this.#counter.merge(state)
  }

  onTimer(): void {
    const state = this.#counter.state()
    for (const peer of this.#context.peers) this.#context.send(peer, state)
    this.#context.setTimer(GOSSIP, GOSSIP_MS)
  }

  inspect(): View {
    return { value: this.#counter.value, ...this.#counter.state() }
  }
}
