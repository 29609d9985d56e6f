// breaks: A snapshot is what its entries have come to
// perhaps: The log stays short
// perhaps: Nothing is dropped before a snapshot holds it
// perhaps: The state is that of all that is committed
// perhaps: A snapshot that is installed takes nothing back
// perhaps: What is acknowledged is safe
// perhaps: All that held before holds
// perhaps: Whoever can be reached catches up
// because: the last entries may still be overwritten.

import type { Context, Node, NodeId, RequestId } from '#world'

export const HEARTBEAT_MS = 50
export const ELECTION_TIMEOUT_MS = { least: 150, most: 300 } as const

export const MAX_DONE_ENTRIES = 32

export type Command = string

export interface State {
  readonly done: number
  readonly fingerprint: number
}

export const START: State = { done: 0, fingerprint: 0 }

export function apply({ done, fingerprint }: State, command: Command): State {
  let mixed = fingerprint
  for (let i = 0; i < command.length; i++) mixed = Math.imul(mixed ^ command.charCodeAt(i), 0x01000193)
  return { done: done + 1, fingerprint: Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) }
}

export interface Snapshot {
  readonly lastIndex: number
  readonly lastTerm: number
  readonly state: State
}

export interface Entry {
  readonly term: number
  readonly command: Command | null
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
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  readonly leaderCommit: number
}

export interface InstallSnapshot extends Snapshot {
  readonly type: 'InstallSnapshot'
  readonly term: number
}

export interface AppendReply {
  readonly type: 'AppendReply'
  readonly term: number
  readonly success: boolean
  readonly matchIndex: number
  readonly conflictTerm: number
  readonly conflictIndex: number
}

export type Message = RequestVote | Vote | AppendEntries | InstallSnapshot | AppendReply

export interface Ballot {
  readonly term: number
  readonly votedFor: NodeId | null
}

export type Answer =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly leader: NodeId | null }

export interface View {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly votedFor: NodeId | null
  readonly leader: NodeId | null
  readonly commitIndex: number
  readonly state: State
}

const BALLOT = 'ballot'
const SNAPSHOT = 'snapshot'
const NOTHING: Snapshot = { lastIndex: 0, lastTerm: 0, state: START }
/** One timer: a leader's next heartbeat, anybody else's patience. */
const NEXT = 'next'
/** A message stays small however far a follower is behind; the rest follows on its answer. */
const MAX_ENTRIES = 64

/** What a leader knows of a follower. */
interface Progress {
  /** its log is known to be the leader's up to here */
  match: number
  /** the entry that is sent next */
  next: number
  /** where the logs part is not known: one message at a time */
  probing: boolean
}

export function boot(context: Context<Message>): Node<Message, Command> {
  return new RaftNode(context)
}

class RaftNode implements Node<Message, Command> {
  readonly #context: Context<Message>
  #role: View['role'] = 'follower'
  #term: number
  #votedFor: NodeId | null
  #leader: NodeId | null = null
  #snapshot: Snapshot
  #commitIndex: number
  #state: State
  /** who has voted for this node in this term: a set, because a vote may come twice */
  readonly #votes = new Set<NodeId>()
  #progress = new Map<NodeId, Progress>()
  /** who waits for the entry of this index, in this office */
  readonly #waiting = new Map<number, RequestId>()

  constructor(context: Context<Message>) {
    this.#context = context
    const kept = context.disk.get<Ballot>(BALLOT)
    this.#term = kept?.term ?? 0
    this.#votedFor = kept?.votedFor ?? null
    this.#snapshot = context.disk.get<Snapshot>(SNAPSHOT) ?? NOTHING
    this.#commitIndex = this.#snapshot.lastIndex
    this.#state = this.#snapshot.state
    // The crash may have come between the snapshot and this.
    context.disk.log.drop(this.#snapshot.lastIndex)
    context.disk.sync()
    this.#waitForLeader()
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.term > this.#term) this.#enter(message.term, null)
    if (message.type === 'RequestVote') this.#onRequestVote(from, message)
    else if (message.type === 'Vote') this.#onVote(from, message)
    else if (message.type === 'AppendEntries') this.#onAppendEntries(from, message)
    else if (message.type === 'InstallSnapshot') this.#onInstallSnapshot(from, message)
    else this.#onAppendReply(from, message)
  }

  onTimer(): void {
    if (this.#role === 'leader') this.#beat()
    else this.#stand()
  }

  onRequest(request: RequestId, command: Command): void {
    if (this.#role !== 'leader') {
      this.#context.reply(request, { ok: false, leader: this.#leader } satisfies Answer)
      return
    }
    this.#waiting.set(this.#lastIndex + 1, request)
    this.#append(command)
    for (const [peer, progress] of this.#progress) if (!progress.probing) this.#send(peer, progress)
  }

  inspect(): View {
    return {
      role: this.#role,
      term: this.#term,
      votedFor: this.#votedFor,
      leader: this.#leader,
      commitIndex: this.#commitIndex,
      state: this.#state,
    }
  }

  // ---- the log: entry i lies at place i - 1, those up to the snapshot's are gone -----------------------------------

  get #lastIndex(): number {
    return this.#context.disk.log.length
  }

  /** 0 where there is no such entry, or none any more. */
  #termAt(index: number): number {
    if (index === this.#snapshot.lastIndex) return this.#snapshot.lastTerm
    return this.#context.disk.log.at<Entry>(index - 1)?.term ?? 0
  }

  /** A leader's own entry counts as written: so it is safe before anything else happens. */
  #append(command: Command | null): void {
    this.#context.disk.log.append({ term: this.#term, command } satisfies Entry)
    this.#context.disk.sync()
    this.#advance()
  }

  // ---- followers --------------------------------------------------------------------------------------------------

  #onAppendEntries(from: NodeId, message: AppendEntries): void {
    if (!this.#obeys(from, message.term)) return
    const { prevLogIndex, prevLogTerm, entries, leaderCommit } = message
    const covered = this.#snapshot.lastIndex
    if (prevLogIndex > this.#lastIndex) this.#refuse(from, 0, this.#lastIndex + 1)
    else if (prevLogIndex > covered && this.#termAt(prevLogIndex) !== prevLogTerm) {
      const conflictTerm = this.#termAt(prevLogIndex)
      let conflictIndex = prevLogIndex
      while (conflictIndex > covered + 1 && this.#termAt(conflictIndex - 1) === conflictTerm) conflictIndex--
      this.#refuse(from, conflictTerm, conflictIndex)
    } else {
      // What the snapshot covers is committed, and so the same in every leader's log.
      const first = Math.max(prevLogIndex, covered)
      this.#take(first, entries.slice(first - prevLogIndex))
      // Behind the last entry that came there may be others, of a leader that is gone.
      const matchIndex = Math.max(prevLogIndex + entries.length, covered)
      this.#commit(Math.min(leaderCommit, matchIndex))
      this.#reply(from, { success: true, matchIndex, conflictTerm: 0, conflictIndex: 0 })
    }
  }

  #obeys(leader: NodeId, term: number): boolean {
    if (term < this.#term) {
      this.#refuse(leader, 0, 0)
      return false
    }
    this.#role = 'follower'
    this.#leader = leader
    this.#waitForLeader()
    return true
  }

  #onInstallSnapshot(from: NodeId, message: InstallSnapshot): void {
    if (!this.#obeys(from, message.term)) return
    const { lastIndex, lastTerm, state } = message
    // One that comes late, or again, holds less than is done already.
    if (lastIndex > this.#commitIndex) {
      // What is behind it stays if it is the leader's log; else it goes, and before the snapshot comes: none but the two fit.
      if (this.#termAt(lastIndex) !== lastTerm) this.#context.disk.log.truncate(lastIndex)
      this.#keepSnapshot({ lastIndex, lastTerm, state })
      this.#commitIndex = lastIndex
      this.#state = state
    }
    this.#reply(from, { success: true, matchIndex: lastIndex, conflictTerm: 0, conflictIndex: 0 })
  }

  /** The snapshot first: what is dropped then is in it. */
  #keepSnapshot(snapshot: Snapshot): void {
    const { disk } = this.#context
    disk.put(SNAPSHOT, snapshot)
    disk.log.drop(snapshot.lastIndex)
    disk.sync()
    this.#snapshot = snapshot
  }

  /** Does what is committed up to there, and makes a snapshot of it when enough has come together. */
  #commit(upTo: number): void {
    while (this.#commitIndex < upTo) {
      const entry = this.#context.disk.log.at<Entry>(this.#commitIndex++)
      if (typeof entry?.command === 'string') this.#state = apply(this.#state, entry.command)
      this.#answer(this.#commitIndex)
    }
    if (this.#commitIndex - this.#snapshot.lastIndex < MAX_DONE_ENTRIES) return
    const [lastIndex, lastTerm] = [this.#lastIndex, this.#termAt(this.#lastIndex)]
    this.#keepSnapshot({ lastIndex, lastTerm, state: this.#state })
  }

  /** What is there already stays: the message may be an old one, and what came later is acknowledged. */
  #take(prevLogIndex: number, entries: readonly Entry[]): void {
    const { disk } = this.#context
    const first = entries.findIndex((entry, i) => this.#termAt(prevLogIndex + 1 + i) !== entry.term)
    if (first < 0) return
    if (prevLogIndex + first < this.#lastIndex) disk.log.truncate(prevLogIndex + first)
    for (const entry of entries.slice(first)) disk.log.append(entry)
    disk.sync()
  }

  #refuse(to: NodeId, conflictTerm: number, conflictIndex: number): void {
    this.#reply(to, { success: false, matchIndex: 0, conflictTerm, conflictIndex })
  }

  #reply(to: NodeId, said: Omit<AppendReply, 'type' | 'term'>): void {
    this.#context.send(to, { type: 'AppendReply', term: this.#term, ...said })
  }

  // ---- leaders ----------------------------------------------------------------------------------------------------

  #onAppendReply(from: NodeId, reply: AppendReply): void {
    const progress = this.#progress.get(from)
    if (this.#role !== 'leader' || reply.term !== this.#term || progress === undefined) return
    if (reply.success) {
      progress.match = Math.max(progress.match, reply.matchIndex)
      progress.next = Math.max(progress.next, progress.match + 1)
      progress.probing = false
      this.#advance()
      // What was lost, or not taken, is found missing by the next message, and refused.
      if (progress.next <= this.#lastIndex) this.#send(from, progress)
    } else {
      progress.next = Math.max(progress.match + 1, Math.min(progress.next, this.#partingFrom(reply)))
      progress.probing = true
      this.#send(from, progress)
    }
  }

  /** Where the logs may part, by what a follower says: behind the leader's last entry of that term, or before its own first. */
  #partingFrom({ conflictTerm, conflictIndex }: AppendReply): number {
    let index = Math.min(conflictIndex, this.#lastIndex + 1)
    if (conflictTerm === 0 || this.#termAt(index) !== conflictTerm) return index
    while (this.#termAt(index) === conflictTerm) index++
    return index
  }

  #send(to: NodeId, progress: Progress): void {
    const prevLogIndex = progress.next - 1
    if (prevLogIndex < this.#snapshot.lastIndex) {
      progress.probing = true
      this.#context.send(to, { type: 'InstallSnapshot', term: this.#term, ...this.#snapshot })
      return
    }
    const entries: Entry[] = []
    for (let i = prevLogIndex; i < this.#lastIndex && entries.length < MAX_ENTRIES; i++)
      entries.push(this.#context.disk.log.at(i) as Entry)
    // What is on its way is not sent again; a probe may be in vain, and goes again from the same place.
    if (!progress.probing) progress.next += entries.length
    const prevLogTerm = this.#termAt(prevLogIndex)
    const leaderCommit = this.#commitIndex
    this.#context.send(to, {
      type: 'AppendEntries',
      term: this.#term,
      prevLogIndex,
      prevLogTerm,
      entries,
      leaderCommit,
    })
  }

  #beat(): void {
    this.#context.setTimer(NEXT, HEARTBEAT_MS)
    for (const [peer, progress] of this.#progress) this.#send(peer, progress)
  }

  /**
   * Commits what a majority has written: only up to an entry of its own term, though, and with it all before. An entry of an
   * earlier term may be on a majority and still be overwritten, by a leader whose log ends in a term between.
   */
  #advance(): void {
    const written = [this.#lastIndex, ...[...this.#progress.values()].map(({ match }) => match)].sort((a, b) => b - a)
    const byMajority = written[written.length >> 1] as number
    if (byMajority <= this.#commitIndex || this.#termAt(byMajority) !== this.#term) return
    this.#commit(byMajority)
  }

  #answer(index: number): void {
    const request = this.#waiting.get(index)
    if (request === undefined) return
    this.#waiting.delete(index)
    this.#context.reply(request, { ok: true, index } satisfies Answer)
  }

  // ---- elections: raft-election -----------------------------------------------------------------------------------

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
    if (this.#isElected()) this.#lead()
  }

  #stand(): void {
    this.#enter(this.#term + 1, this.#context.self)
    this.#role = 'candidate'
    this.#votes.clear()
    this.#votes.add(this.#context.self)
    if (this.#isElected()) {
      this.#lead()
      return
    }
    this.#waitForLeader()
    const [lastLogIndex, lastLogTerm] = [this.#lastIndex, this.#termAt(this.#lastIndex)]
    for (const peer of this.#context.peers)
      this.#context.send(peer, { type: 'RequestVote', term: this.#term, lastLogIndex, lastLogTerm })
  }

  #lead(): void {
    this.#role = 'leader'
    this.#leader = this.#context.self
    const next = this.#lastIndex + 1
    for (const peer of this.#context.peers) this.#progress.set(peer, { match: 0, next, probing: true })
    this.#append(null)
    this.#beat()
  }

  /** Into a term that is higher: whatever this node was before, it is a follower there. */
  #enter(term: number, votedFor: NodeId | null): void {
    if (this.#role === 'leader') this.#waitForLeader()
    this.#role = 'follower'
    this.#leader = null
    this.#progress.clear()
    // Whether their entries will be committed, this node does not know any more.
    this.#waiting.clear()
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
    const ownTerm = this.#termAt(this.#lastIndex)
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= this.#lastIndex)
  }

  #isElected(): boolean {
    return 2 * this.#votes.size > this.#context.peers.length + 1
  }

  #waitForLeader(): void {
    const { least, most } = ELECTION_TIMEOUT_MS
    this.#context.setTimer(NEXT, least + this.#context.random(most - least + 1))
  }
}
