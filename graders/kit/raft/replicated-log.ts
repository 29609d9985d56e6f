// The log beneath a service, for katas that are about the service: a node of Raft with all that belongs to it, which tells
// its service what has been committed. What the service sees of it is the kata's own type; its shape is this one.
//
// It does nothing that a service could lean on by accident: a leader commits by acknowledgement alone, sends what is new at
// once, and is not told that it was deposed before it hears of it.

import type { Context, Node, NodeId, RequestId } from '../world.ts'

export interface LogEntry {
  readonly term: number
  /** null: appended by a new leader, for itself */
  readonly command: unknown
}

export type LogMessage =
  | { readonly type: 'RequestVote'; readonly term: number; readonly lastLogIndex: number; readonly lastLogTerm: number }
  | { readonly type: 'Vote'; readonly term: number; readonly granted: boolean }
  | {
      readonly type: 'AppendEntries'
      readonly term: number
      readonly prevLogIndex: number
      readonly prevLogTerm: number
      readonly entries: readonly LogEntry[]
      readonly leaderCommit: number
      /** which question of the leader this answers, if it is answered */
      readonly round: number
    }
  | {
      readonly type: 'AppendReply'
      readonly term: number
      readonly success: boolean
      readonly matchIndex: number
      readonly round: number
    }

export interface LogFace {
  readonly self: NodeId
  leader(): NodeId | null
  term(): number
  propose(command: unknown): number | undefined
  commitIndex(): number
  termAt(index: number): number
  confirm(ticket: number): void
  reply(request: RequestId, result: unknown): void
}

export interface LogService {
  onRequest(request: RequestId, command: never): void
  onCommitted(index: number, term: number, command: never): void
  onConfirmed(ticket: number): void
  snapshot(): unknown
}

export interface LogView {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly leader: string | null
  /** entries */
  readonly log: number
  readonly commit: number
}

const HEARTBEAT_MS = 50
const ELECTION_TIMEOUT_MS = { least: 150, most: 300 }
const NEXT = 'next'
/** Entries applied from one snapshot to the next: few, so that restarts come soon after one. */
const SNAPSHOT_EVERY = 4

interface Kept {
  readonly index: number
  readonly state: unknown
}

export function logNode(
  context: Context<LogMessage>,
  serve: (log: LogFace, snapshot: unknown) => LogService,
): Node<LogMessage, unknown> {
  const { self, peers, disk } = context
  let { term, votedFor } = disk.get<{ term: number; votedFor: NodeId | null }>('ballot') ?? { term: 0, votedFor: null }
  const kept = disk.get<Kept>('snapshot')
  let role: LogView['role'] = 'follower'
  let leader: NodeId | null = null
  let commit = kept?.index ?? 0
  let applied = commit
  let votes = new Set<NodeId>()
  let round = 0
  /** of each other: up to where its log is known to be this one, and which round it answered last */
  const match = new Map<NodeId, number>()
  const next = new Map<NodeId, number>()
  const answered = new Map<NodeId, number>()
  let tickets: { readonly ticket: number; readonly round: number }[] = []

  const face: LogFace = Object.freeze({
    self,
    leader: () => leader,
    term: () => term,
    propose(command: unknown) {
      if (role !== 'leader') return undefined
      append({ term, command })
      const index = disk.log.length
      // What comes of it must not come before the caller knows the index.
      context.setTimer('send', 0)
      return index
    },
    commitIndex: () => commit,
    termAt,
    confirm(ticket: number) {
      if (role !== 'leader') return
      tickets.push({ ticket, round: round + 1 })
      context.setTimer('send', 0)
    },
    reply: context.reply,
  })
  const service = serve(face, kept?.state)
  waitForLeader()

  function termAt(index: number): number {
    return disk.log.at<LogEntry>(index - 1)?.term ?? 0
  }

  function append(entry: LogEntry): void {
    disk.log.append(entry)
    disk.sync()
  }

  function keep(newTerm: number, vote: NodeId | null): void {
    term = newTerm
    votedFor = vote
    disk.put('ballot', { term, votedFor })
    disk.sync()
  }

  function waitForLeader(): void {
    const { least, most } = ELECTION_TIMEOUT_MS
    context.setTimer(NEXT, least + context.random(most - least + 1))
  }

  function follow(newTerm: number): void {
    if (role === 'leader') waitForLeader()
    role = 'follower'
    leader = null
    tickets = []
    keep(newTerm, null)
  }

  function isMajority(others: number): boolean {
    return 2 * (others + 1) > peers.length + 1
  }

  function stand(): void {
    keep(term + 1, self)
    role = 'candidate'
    leader = null
    votes = new Set()
    waitForLeader()
    if (isMajority(0)) lead()
    const lastLogIndex = disk.log.length
    for (const peer of peers)
      context.send(peer, { type: 'RequestVote', term, lastLogIndex, lastLogTerm: termAt(lastLogIndex) })
  }

  function lead(): void {
    role = 'leader'
    leader = self
    for (const peer of peers) {
      match.set(peer, 0)
      answered.set(peer, round)
      next.set(peer, disk.log.length + 1)
    }
    append({ term, command: null })
    speak()
  }

  function speak(): void {
    round++
    for (const peer of peers) sendTo(peer)
    context.setTimer(NEXT, HEARTBEAT_MS)
    advance()
  }

  function sendTo(peer: NodeId): void {
    const prevLogIndex = (next.get(peer) ?? 1) - 1
    const entries: LogEntry[] = []
    for (let i = prevLogIndex; i < disk.log.length; i++) entries.push(disk.log.at<LogEntry>(i) as LogEntry)
    const prevLogTerm = termAt(prevLogIndex)
    context.send(peer, { type: 'AppendEntries', term, prevLogIndex, prevLogTerm, entries, leaderCommit: commit, round })
  }

  /** Commits what a majority has, of this term; and tells of the rounds that a majority has answered. */
  function advance(): void {
    const has = (index: number) => isMajority([...match.values()].filter((upTo) => upTo >= index).length)
    let upTo = commit
    for (let index = commit + 1; index <= disk.log.length; index++)
      if (termAt(index) === term && has(index)) upTo = index
    commitTo(upTo)
    const hasAnswered = (asked: number) => isMajority([...answered.values()].filter((last) => last >= asked).length)
    const confirmed = tickets.filter((one) => one.round <= round && hasAnswered(one.round))
    tickets = tickets.filter((one) => !confirmed.includes(one))
    for (const { ticket } of confirmed) service.onConfirmed(ticket)
  }

  function commitTo(index: number): void {
    if (index <= commit) return
    commit = index
    while (applied < commit) {
      const { term: entryTerm, command } = disk.log.at<LogEntry>(applied) as LogEntry
      applied++
      service.onCommitted(applied, entryTerm, command as never)
      if (applied % SNAPSHOT_EVERY === 0) {
        disk.put('snapshot', { index: applied, state: service.snapshot() } satisfies Kept)
        disk.sync()
      }
    }
  }

  function onAppendEntries(from: NodeId, message: Extract<LogMessage, { type: 'AppendEntries' }>): void {
    const { prevLogIndex, prevLogTerm, entries, leaderCommit, round: asked } = message
    const refuse = () => {
      context.send(from, { type: 'AppendReply', term, success: false, matchIndex: disk.log.length, round: asked })
    }
    if (message.term < term) {
      refuse()
      return
    }
    role = 'follower'
    leader = from
    waitForLeader()
    if (prevLogIndex > disk.log.length || termAt(prevLogIndex) !== prevLogTerm) {
      refuse()
      return
    }
    for (const [i, entry] of entries.entries()) {
      const index = prevLogIndex + 1 + i
      if (index <= disk.log.length && termAt(index) === entry.term) continue
      disk.log.truncate(index - 1)
      disk.log.append(entry)
    }
    disk.sync()
    const matchIndex = prevLogIndex + entries.length
    context.send(from, { type: 'AppendReply', term, success: true, matchIndex, round: asked })
    commitTo(Math.min(leaderCommit, matchIndex))
  }

  function onAppendReply(from: NodeId, message: Extract<LogMessage, { type: 'AppendReply' }>): void {
    if (role !== 'leader' || message.term !== term) return
    answered.set(from, Math.max(answered.get(from) ?? 0, message.round))
    if (message.success) {
      match.set(from, Math.max(match.get(from) ?? 0, message.matchIndex))
      next.set(from, (match.get(from) ?? 0) + 1)
    } else if ((next.get(from) ?? 1) > (match.get(from) ?? 0) + 1) {
      next.set(from, Math.max((match.get(from) ?? 0) + 1, Math.min((next.get(from) ?? 1) - 1, message.matchIndex)))
      sendTo(from)
    }
    advance()
  }

  return {
    onMessage(from, message) {
      if (message.term > term) follow(message.term)
      if (message.type === 'RequestVote') {
        const own = termAt(disk.log.length)
        const isFit =
          message.lastLogTerm > own || (message.lastLogTerm === own && message.lastLogIndex >= disk.log.length)
        const granted = message.term === term && (votedFor === null || votedFor === from) && isFit
        if (granted) {
          if (votedFor === null) keep(term, from)
          waitForLeader()
        }
        context.send(from, { type: 'Vote', term, granted })
      } else if (message.type === 'Vote') {
        if (role !== 'candidate' || message.term !== term || !message.granted) return
        votes.add(from)
        if (isMajority(votes.size)) lead()
      } else if (message.type === 'AppendEntries') onAppendEntries(from, message)
      else onAppendReply(from, message)
    },
    onTimer(name) {
      if (role === 'leader') speak()
      else if (name === NEXT) stand()
    },
    onRequest: (request, command) => service.onRequest(request, command as never),
    inspect: (): LogView => ({ role, term, leader, log: disk.log.length, commit }),
  }
}
