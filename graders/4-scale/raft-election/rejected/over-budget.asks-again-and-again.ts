// breaks: An election in a quiet network is one round of messages
// spends: elections of five that take more than 16 messages
// because: it asks for votes every 2 ms until it has won.

import type { Context, Node, NodeId } from '#world'

export const HEARTBEAT_MS = 50
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

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

export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: number
}

export interface AppendReply {
  readonly type: 'AppendReply'
  readonly term: number
  readonly success: boolean
}

export type Message = RequestVote | Vote | AppendEntries | AppendReply

export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

export interface Entry {
  readonly term: number
}

export interface View {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly votedFor: NodeId | null
  readonly leader: NodeId | null
}

const BALLOT = 'ballot'
/** One timer: a leader's next heartbeat, anybody else's patience. */
const NEXT = 'next'
const AGAIN = 'again'
const AGAIN_MS = 2

export function boot(context: Context<Message>): Node<Message> {
  return new RaftNode(context)
}

class RaftNode implements Node<Message> {
  readonly #context: Context<Message>
  #role: View['role'] = 'follower'
  #term: number
  #votedFor: NodeId | null
  #leader: NodeId | null = null
  /** who has voted for this node in this term: a set, because a vote may come twice */
  readonly #votes = new Set<NodeId>()

  constructor(context: Context<Message>) {
    this.#context = context
    const kept = context.disk.get<Ballot>(BALLOT)
    this.#term = kept?.term ?? 0
    this.#votedFor = kept?.votedFor ?? null
    this.#waitForLeader()
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.term > this.#term) this.#enter(message.term, null)
    if (message.type === 'RequestVote') this.#onRequestVote(from, message)
    else if (message.type === 'Vote') this.#onVote(from, message)
    else if (message.type === 'AppendEntries') this.#onAppendEntries(from, message)
    // In an AppendReply there is nothing yet but a term, and that has been dealt with.
  }

  onTimer(name: string): void {
    if (name === AGAIN) this.#ask()
    else if (this.#role === 'leader') this.#sayThatItLeads()
    else this.#stand()
  }

  inspect(): View {
    return { role: this.#role, term: this.#term, votedFor: this.#votedFor, leader: this.#leader }
  }

  #onRequestVote(from: NodeId, { term, lastLogIndex, lastLogTerm }: RequestVote): void {
    const isFree = this.#votedFor === null || this.#votedFor === from
    const granted = term === this.#term && isFree && this.#isUpToDate(lastLogIndex, lastLogTerm)
    if (granted) {
      if (this.#votedFor === null) this.#keep(term, from)
      // Only who has helped somebody on waits anew: who refuses might be the one that is needed.
      this.#waitForLeader()
    }
    this.#context.send(from, { type: 'Vote', term: this.#term, granted })
  }

  #onVote(from: NodeId, { term, granted }: Vote): void {
    if (this.#role !== 'candidate' || term !== this.#term || !granted) return
    this.#votes.add(from)
    if (this.#isMajority()) this.#lead()
  }

  #onAppendEntries(from: NodeId, { term }: AppendEntries): void {
    const success = term === this.#term
    if (success) {
      this.#role = 'follower'
      this.#leader = from
      this.#waitForLeader()
    }
    this.#context.send(from, { type: 'AppendReply', term: this.#term, success })
  }

  #stand(): void {
    this.#enter(this.#term + 1, this.#context.self)
    this.#role = 'candidate'
    this.#votes.clear()
    this.#votes.add(this.#context.self)
    if (this.#isMajority()) {
      this.#lead()
      return
    }
    this.#waitForLeader()
    this.#ask()
  }

  #ask(): void {
    if (this.#role !== 'candidate') return
    this.#context.setTimer(AGAIN, AGAIN_MS)
    const { log } = this.#context.disk
    const lastLogTerm = log.at<Entry>(log.length - 1)?.term ?? 0
    for (const peer of this.#context.peers)
      this.#context.send(peer, { type: 'RequestVote', term: this.#term, lastLogIndex: log.length, lastLogTerm })
  }

  #lead(): void {
    this.#role = 'leader'
    this.#leader = this.#context.self
    this.#sayThatItLeads()
  }

  #sayThatItLeads(): void {
    for (const peer of this.#context.peers) this.#context.send(peer, { type: 'AppendEntries', term: this.#term })
    this.#context.setTimer(NEXT, HEARTBEAT_MS)
  }

  /** Into a term that is higher: whatever this node was before, it is a follower there. */
  #enter(term: number, votedFor: NodeId | null): void {
    if (this.#role === 'leader') this.#waitForLeader()
    this.#role = 'follower'
    this.#leader = null
    this.#keep(term, votedFor)
  }

  /** One record, and safe before anybody hears of it: a crash leaves the old ballot or the new one, never half of each. */
  #keep(term: number, votedFor: NodeId | null): void {
    this.#term = term
    this.#votedFor = votedFor
    this.#context.disk.put(BALLOT, { term, votedFor } satisfies Ballot)
    this.#context.disk.sync()
  }

  /** By the term of the last entry, and where that is equal by length. */
  #isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    const { log } = this.#context.disk
    const ownTerm = log.at<Entry>(log.length - 1)?.term ?? 0
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= log.length)
  }

  #isMajority(): boolean {
    return 2 * this.#votes.size > this.#context.peers.length + 1
  }

  #waitForLeader(): void {
    const { least, most } = ELECTION_TIMEOUT_MS
    this.#context.setTimer(NEXT, least + this.#context.random(most - least + 1))
  }
}
