// breaks: Nodes that can reach each other soon agree
// because: when it has said the same for three seconds it says no more, and whoever was cut off for longer never hears of it.

import type { Context, Node, NodeId, RequestId } from '#world'

export type Counts = Readonly<Record<NodeId, number>>

export interface PNState {
  readonly up: Counts
  readonly down: Counts
}

export class GCounter {
  readonly #replica: NodeId
  readonly #counts = new Map<NodeId, number>()

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
    for (const [replica, count] of Object.entries(state))
      if (count > (this.#counts.get(replica) ?? 0)) this.#counts.set(replica, count)
  }
}

export class PNCounter {
  readonly #up: GCounter
  readonly #down: GCounter

  constructor(replica: NodeId) {
    this.#up = new GCounter(replica)
    this.#down = new GCounter(replica)
  }

  add(by: number): void {
    if (by < 0) this.#down.increment(-by)
    else this.#up.increment(by)
  }

  get value(): number {
    return this.#up.value - this.#down.value
  }

  state(): PNState {
    return { up: this.#up.state(), down: this.#down.state() }
  }

  merge({ up, down }: PNState): void {
    this.#up.merge(up)
    this.#down.merge(down)
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
const TIMES = 30

export function boot(context: Context<PNState>): Node<PNState, Add> {
  return new Replica(context)
}

class Replica implements Node<PNState, Add> {
  readonly #context: Context<PNState>
  readonly #counter: PNCounter
  /** how often this is still said */
  #times = TIMES

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
    this.#times = TIMES
  }

  onMessage(_from: NodeId, state: PNState): void {
    this.#counter.merge(state)
  }

  onTimer(): void {
    const state = this.#counter.state()
    if (this.#times-- > 0) for (const peer of this.#context.peers) this.#context.send(peer, state)
    this.#context.setTimer(GOSSIP, GOSSIP_MS)
  }

  inspect(): View {
    return { value: this.#counter.value, ...this.#counter.state() }
  }
}
