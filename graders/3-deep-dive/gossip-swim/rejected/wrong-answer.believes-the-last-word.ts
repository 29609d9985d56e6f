// breaks: The newer word counts
// perhaps: Nobody who lives is held for dead
// perhaps: Who comes back is taken back
// because: what it hears last is what it believes: old news circle for ever.

import type { Context, Node, NodeId } from '#world'

export const PERIOD_MS = 1_000
export const ACK_TIMEOUT_MS = 250
export const HELPERS = 3
export const MAX_UPDATES = 6
export const rounds = (nodes: number): number => Math.ceil(Math.log2(nodes + 1))
export const suspicionMs = (nodes: number): number => 3 * rounds(nodes) * PERIOD_MS
export const retransmits = (nodes: number): number => 4 * rounds(nodes)

export interface Update {
  readonly node: NodeId
  readonly state: 'alive' | 'suspect' | 'dead'
  readonly incarnation: number
}

export type Message =
  | { readonly type: 'Ping'; readonly seq: number; readonly updates: readonly Update[] }
  | { readonly type: 'PingReq'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }
  | { readonly type: 'Ack'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }

export interface View {
  readonly incarnation: number
  readonly suspects: readonly NodeId[]
  readonly dead: readonly NodeId[]
}

const INCARNATION = 'incarnation'
const RANK = { alive: 0, suspect: 1, dead: 2 } as const
/** Timers: the next period, the end of waiting for an ack, and one for each suspect. */
const PERIOD = 'period'
const TIMEOUT = 'timeout'

export function boot(context: Context<Message>): Node<Message> {
  return new Member(context)
}

/** A piece of news, and how often this node has told it. */
interface News {
  readonly update: Update
  told: number
}

/** Who asked, and under which number of its own. */
interface Errand {
  readonly from: NodeId
  readonly seq: number
  readonly target: NodeId
  readonly untilMs: number
}

class Member implements Node<Message> {
  readonly #context: Context<Message>
  readonly #size: number
  #incarnation: number
  readonly #members: Map<NodeId, Update>
  readonly #news = new Map<NodeId, News>()
  /** whom to probe in this round; shuffled anew when all have had their turn */
  #round: NodeId[] = []
  #seq = 0
  /** who is probed in this period and has not answered yet */
  #probed: NodeId | undefined
  /** pings on behalf of others, by our own number; each is worth an answer for one period of whoever asked */
  readonly #errands = new Map<number, Errand>()

  constructor(context: Context<Message>) {
    this.#context = context
    this.#size = context.peers.length + 1
    const last = context.disk.get<number>(INCARNATION)
    // A life that has been before may have been called dead: this one is another.
    this.#incarnation = last === undefined ? 0 : last + 1
    this.#keepIncarnation()
    this.#members = new Map(context.peers.map((node) => [node, { node, state: 'alive', incarnation: 0 }]))
    if (last !== undefined) this.#tell({ node: context.self, state: 'alive', incarnation: this.#incarnation })
    context.setTimer(PERIOD, context.random(PERIOD_MS))
  }

  onMessage(from: NodeId, message: Message): void {
    for (const update of message.updates) this.#learn(update)
    const { type, seq } = message
    if (type === 'Ping')
      this.#context.send(from, { type: 'Ack', seq, target: this.#context.self, updates: this.#gossip() })
    else if (type === 'PingReq') {
      const untilMs = this.#context.now() + PERIOD_MS
      this.#errands.set(++this.#seq, { from, seq, target: message.target, untilMs })
      this.#context.send(message.target, { type: 'Ping', seq: this.#seq, updates: this.#gossip() })
    } else this.#onAck(seq, message.target)
  }

  onTimer(name: string): void {
    if (name === PERIOD) this.#startPeriod()
    else if (name === TIMEOUT) this.#askOthers()
    else this.#learn({ ...(this.#members.get(name) as Update), state: 'dead' })
  }

  inspect(): View {
    const who = (state: Update['state']) =>
      [...this.#members.values()].filter((member) => member.state === state).map(({ node }) => node)
    return { incarnation: this.#incarnation, suspects: who('suspect'), dead: who('dead') }
  }

  #startPeriod(): void {
    this.#context.setTimer(PERIOD, PERIOD_MS)
    if (this.#probed !== undefined) this.#accuse(this.#probed)
    for (const [own, { untilMs }] of this.#errands) if (untilMs <= this.#context.now()) this.#errands.delete(own)
    this.#probed = this.#nextTarget()
    if (this.#probed === undefined) return
    this.#context.send(this.#probed, { type: 'Ping', seq: ++this.#seq, updates: this.#gossip() })
    this.#context.setTimer(TIMEOUT, ACK_TIMEOUT_MS)
  }

  #askOthers(): void {
    const target = this.#probed
    if (target === undefined) return
    const able = this.#shuffled(this.#context.peers.filter((node) => node !== target && this.#isUp(node)))
    for (const helper of able.slice(0, HELPERS))
      this.#context.send(helper, { type: 'PingReq', seq: this.#seq, target, updates: this.#gossip() })
  }

  #onAck(seq: number, target: NodeId): void {
    if (target === this.#probed) this.#probed = undefined
    const errand = this.#errands.get(seq)
    if (errand?.target !== target) return
    this.#errands.delete(seq)
    this.#context.send(errand.from, { type: 'Ack', seq: errand.seq, target, updates: this.#gossip() })
  }

  #accuse(node: NodeId): void {
    const known = this.#members.get(node)
    if (known?.state === 'alive') this.#learn({ ...known, state: 'suspect' })
  }

  /** Takes a piece of news, where it is news. */
  #learn(update: Update): void {
    const { node, state, incarnation } = update
    if (node === this.#context.self) {
      if (state !== 'alive' && incarnation >= this.#incarnation) this.#refute(incarnation)
      return
    }
    const known = this.#members.get(node)
    if (known === undefined || !isNewer(update, known)) return
    this.#members.set(node, update)
    this.#tell(update)
    if (state === 'suspect') this.#context.setTimer(node, suspicionMs(this.#size))
    else this.#context.cancelTimer(node)
  }

  #refute(accused: number): void {
    this.#incarnation = accused + 1
    this.#keepIncarnation()
    this.#tell({ node: this.#context.self, state: 'alive', incarnation: this.#incarnation })
  }

  #keepIncarnation(): void {
    this.#context.disk.put(INCARNATION, this.#incarnation)
    this.#context.disk.sync()
  }

  #tell(update: Update): void {
    this.#news.set(update.node, { update, told: 0 })
  }

  /** What rides on the next message: the least told first, so that what is new is never crowded out by what is old. */
  #gossip(): Update[] {
    const next = [...this.#news.values()].sort((a, b) => a.told - b.told).slice(0, MAX_UPDATES)
    for (const news of next) if (++news.told === retransmits(this.#size)) this.#news.delete(news.update.node)
    return next.map(({ update }) => update)
  }

  #nextTarget(): NodeId | undefined {
    for (;;) {
      if (this.#round.length === 0) this.#round = this.#shuffled(this.#context.peers.filter(this.#isUp))
      const target = this.#round.pop()
      // Whoever has died since the round began has no turn in it.
      if (target === undefined || this.#isUp(target)) return target
    }
  }

  readonly #isUp = (node: NodeId): boolean => this.#members.get(node)?.state !== 'dead'

  #shuffled(nodes: readonly NodeId[]): NodeId[] {
    const order = [...nodes]
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#context.random(i + 1)
      ;[order[i], order[j]] = [order[j] as NodeId, order[i] as NodeId]
    }
    return order
  }
}

const isNewer = (a: Update, b: Update): boolean => a.incarnation !== b.incarnation || a.state !== b.state
