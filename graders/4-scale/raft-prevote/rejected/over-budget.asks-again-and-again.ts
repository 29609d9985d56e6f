// breaks: An election in a quiet network is two rounds of messages
// spends: elections of five that take more than 24 messages
// because: it asks every 2 ms until it is answered.

import type { Context, Node, NodeId } from '#world'

export const HEARTBEAT_MS = 50
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

export interface RequestPreVote {
  readonly type: 'RequestPreVote'
  readonly nextTerm: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
}

export interface PreVote {
  readonly type: 'PreVote'
  readonly term: number
  readonly nextTerm: number
  readonly granted: boolean
}

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

export type Message = RequestPreVote | PreVote | RequestVote | Vote | AppendEntries | AppendReply

export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

export interface Entry {
  readonly term: number
}

export interface View {
  readonly role: 'follower' | 'precandidate' | 'candidate' | 'leader'
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
  /** when this node last heard the leader of its term */
  #heardAtMs = 0
  /** who has said yes in this canvass, or in this election: a set, because an answer may come twice */
  readonly #yes = new Set<NodeId>()
  /** of a leader: when each of the others last answered */
  readonly #answeredAtMs = new Map<NodeId, number>()

  constructor(context: Context<Message>) {
    this.#context = context
    const kept = context.disk.get<Ballot>(BALLOT)
    this.#term = kept?.term ?? 0
    this.#votedFor = kept?.votedFor ?? null
    this.#waitForLeader()
  }

  onMessage(from: NodeId, message: Message): void {
    // Neither a question nor a candidate at the wrong time moves a term: both stand before the rule of terms.
    if (message.type === 'RequestPreVote') {
      this.#onRequestPreVote(from, message)
      return
    }
    if (message.type === 'RequestVote' && this.#hearsLeader()) {
      this.#context.send(from, { type: 'Vote', term: this.#term, granted: false })
      return
    }
    if (message.term > this.#term) this.#enter(message.term, null)
    if (message.type === 'PreVote') this.#onPreVote(from, message)
    else if (message.type === 'RequestVote') this.#onRequestVote(from, message)
    else if (message.type === 'Vote') this.#onVote(from, message)
    else if (message.type === 'AppendEntries') this.#onAppendEntries(from, message)
    else this.#onAppendReply(from, message)
  }

  onTimer(name: string): void {
    if (name === AGAIN) this.#askForVotes()
    else if (this.#role !== 'leader') this.#canvass()
    else if (this.#isAnswered()) this.#sayThatItLeads()
    else this.#layDown()
  }

  inspect(): View {
    return { role: this.#role, term: this.#term, votedFor: this.#votedFor, leader: this.#leader }
  }

  /** What a vote would be in that term: nothing is promised, so everybody who asks may be told yes. */
  #onRequestPreVote(from: NodeId, { nextTerm, lastLogIndex, lastLogTerm }: RequestPreVote): void {
    const granted = !this.#hearsLeader() && nextTerm > this.#term && this.#isUpToDate(lastLogIndex, lastLogTerm)
    this.#context.send(from, { type: 'PreVote', term: this.#term, nextTerm, granted })
  }

  #onPreVote(from: NodeId, { nextTerm, granted }: PreVote): void {
    if (this.#role !== 'precandidate' || nextTerm !== this.#term + 1 || !granted) return
    this.#yes.add(from)
    if (this.#isMajority()) this.#stand()
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
    this.#yes.add(from)
    if (this.#isMajority()) this.#lead()
  }

  #onAppendEntries(from: NodeId, { term }: AppendEntries): void {
    const success = term === this.#term
    if (success) {
      this.#role = 'follower'
      this.#leader = from
      this.#heardAtMs = this.#context.now()
      this.#waitForLeader()
    }
    this.#context.send(from, { type: 'AppendReply', term: this.#term, success })
  }

  #onAppendReply(from: NodeId, { term }: AppendReply): void {
    if (this.#role === 'leader' && term === this.#term) this.#answeredAtMs.set(from, this.#context.now())
  }

  /** Asks who would vote for it, before anything is changed. */
  #canvass(): void {
    this.#role = 'precandidate'
    this.#leader = null
    this.#beginCount()
    if (this.#isMajority()) {
      this.#stand()
      return
    }
    this.#waitForLeader()
    this.#ask({ type: 'RequestPreVote', nextTerm: this.#term + 1, ...this.#endOfLog() })
  }

  #stand(): void {
    this.#enter(this.#term + 1, this.#context.self)
    this.#role = 'candidate'
    this.#beginCount()
    if (this.#isMajority()) {
      this.#lead()
      return
    }
    this.#waitForLeader()
    this.#askForVotes()
  }

  #askForVotes(): void {
    if (this.#role !== 'candidate') return
    this.#ask({ type: 'RequestVote', term: this.#term, ...this.#endOfLog() })
    this.#context.setTimer(AGAIN, AGAIN_MS)
  }

  #lead(): void {
    this.#role = 'leader'
    this.#leader = this.#context.self
    for (const peer of this.#context.peers) this.#answeredAtMs.set(peer, this.#context.now())
    this.#sayThatItLeads()
  }

  #sayThatItLeads(): void {
    this.#ask({ type: 'AppendEntries', term: this.#term })
    this.#context.setTimer(NEXT, HEARTBEAT_MS)
  }

  /** Out of office without a successor: the term stays, and others are told yes again. */
  #layDown(): void {
    this.#role = 'follower'
    this.#leader = null
    this.#waitForLeader()
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

  #hearsLeader(): boolean {
    if (this.#role === 'leader') return true
    return this.#leader !== null && this.#context.now() - this.#heardAtMs < ELECTION_TIMEOUT_MS.least
  }

  /** Whether a majority, itself included, has answered of late. */
  #isAnswered(): boolean {
    const sinceMs = this.#context.now() - ELECTION_TIMEOUT_MS.most
    let heard = 1
    for (const atMs of this.#answeredAtMs.values()) if (atMs >= sinceMs) heard++
    return 2 * heard > this.#context.peers.length + 1
  }

  /** By the term of the last entry, and where that is equal by length. */
  #isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    const own = this.#endOfLog()
    return lastLogTerm > own.lastLogTerm || (lastLogTerm === own.lastLogTerm && lastLogIndex >= own.lastLogIndex)
  }

  #endOfLog(): { readonly lastLogIndex: number; readonly lastLogTerm: number } {
    const { log } = this.#context.disk
    return { lastLogIndex: log.length, lastLogTerm: log.at<Entry>(log.length - 1)?.term ?? 0 }
  }

  #beginCount(): void {
    this.#yes.clear()
    this.#yes.add(this.#context.self)
  }

  #isMajority(): boolean {
    return 2 * this.#yes.size > this.#context.peers.length + 1
  }

  #ask(message: Message): void {
    for (const peer of this.#context.peers) this.#context.send(peer, message)
  }

  #waitForLeader(): void {
    const { least, most } = ELECTION_TIMEOUT_MS
    this.#context.setTimer(NEXT, least + this.#context.random(most - least + 1))
  }
}
