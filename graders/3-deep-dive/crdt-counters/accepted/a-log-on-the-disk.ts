// Rows by place instead of maps, a sum that is kept up to date instead of being computed, a log of requests on the disk that
// is counted again after a crash, and gossip with one peer after the other, each once a period.

import type { Context, Node, NodeId } from '#world'

export type Counts = Readonly<Record<NodeId, number>>

export interface PNState {
  readonly up: Counts
  readonly down: Counts
}

export class GCounter {
  /** place of each replica in the rows; this one's is 0 */
  readonly #places: Map<NodeId, number>
  readonly #names: NodeId[]
  readonly #rows: number[] = [0]
  #sum = 0

  constructor(replica: NodeId) {
    this.#names = [replica]
    this.#places = new Map([[replica, 0]])
  }

  increment(by: number): void {
    const isCount = Number.isInteger(by) && by >= 0
    if (!isCount || by > Number.MAX_SAFE_INTEGER - (this.#rows[0] ?? 0)) throw new RangeError(`bad by: ${by}`)
    this.#raise(0, (this.#rows[0] ?? 0) + by)
  }

  get value(): number {
    return this.#sum
  }

  state(): Counts {
    const counts: Record<NodeId, number> = {}
    for (const [place, name] of this.#names.entries()) counts[name] = this.#rows[place] ?? 0
    return Object.freeze(counts)
  }

  merge(state: Counts): void {
    for (const name of Object.keys(state)) {
      let place = this.#places.get(name)
      if (place === undefined) {
        place = this.#names.push(name) - 1
        this.#places.set(name, place)
        this.#rows.push(0)
      }
      this.#raise(place, state[name] ?? 0)
    }
  }

  #raise(place: number, to: number): void {
    const from = this.#rows[place] ?? 0
    if (to <= from) return
    this.#rows[place] = to
    this.#sum += to - from
  }
}

export class PNCounter {
  readonly #sides: readonly [up: GCounter, down: GCounter]

  constructor(replica: NodeId) {
    this.#sides = [new GCounter(replica), new GCounter(replica)]
  }

  add(by: number): void {
    this.#sides[by < 0 ? 1 : 0].increment(Math.abs(by))
  }

  get value(): number {
    const [up, down] = this.#sides
    return up.value - down.value
  }

  state(): PNState {
    const [up, down] = this.#sides.map((side) => side.state()) as [Counts, Counts]
    return { up, down }
  }

  merge(state: PNState): void {
    this.#sides[0].merge(state.up)
    this.#sides[1].merge(state.down)
  }
}

export interface Add {
  readonly add: number
}

export interface View extends PNState {
  readonly value: number
}

export const GOSSIP_MS = 100

export function boot(context: Context<PNState>): Node<PNState, Add> {
  const { peers, disk } = context
  const counter = new PNCounter(context.self)
  for (let i = 0; i < disk.log.length; i++) counter.add(disk.log.at<number>(i) ?? 0)
  let turn = context.random(Math.max(1, peers.length))
  const wait = () => context.setTimer('next peer', GOSSIP_MS / Math.max(1, peers.length))
  wait()
  return {
    onRequest(request, { add }) {
      disk.log.append(add)
      disk.sync()
      counter.add(add)
      context.reply(request, counter.value)
    },
    onMessage: (_, state) => counter.merge(state),
    onTimer() {
      const peer = peers[turn++ % peers.length]
      if (peer !== undefined) context.send(peer, counter.state())
      wait()
    },
    inspect: (): View => ({ value: counter.value, ...counter.state() }),
  }
}
