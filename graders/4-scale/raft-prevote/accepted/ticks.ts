/**
 * A node with one timer that goes off every few milliseconds, and looks at the clock; as etcd's does. It counts the answers
 * anew each time, in the canvass and in the election, and asks those again who have not answered.
 */

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

const TICK_MS = 10
const ASK_AGAIN_MS = 100

export function boot(context: Context<Message>): Node<Message> {
  const { self, peers, disk } = context
  let { term, votedFor } = disk.get<Ballot>('ballot') ?? { term: 0, votedFor: null }
  let role: View['role'] = 'follower'
  let leader: NodeId | null = null
  let standsAtMs = later()
  let speaksAtMs = 0
  let heardAtMs = Number.NEGATIVE_INFINITY
  const answeredAtMs: Record<NodeId, number> = {}
  let answers: Record<NodeId, boolean> = {}
  context.setTimer('tick', TICK_MS)

  function later(): number {
    const { least, most } = ELECTION_TIMEOUT_MS
    return context.now() + least + context.random(most - least + 1)
  }

  function keep(newTerm: number, newVote: NodeId | null): void {
    if (newTerm === term && newVote === votedFor) return
    term = newTerm
    votedFor = newVote
    disk.put('ballot', { term, votedFor })
    disk.sync()
  }

  function lastLog(): { lastLogIndex: number; lastLogTerm: number } {
    const lastLogIndex = disk.log.length
    return { lastLogIndex, lastLogTerm: disk.log.at<Entry>(lastLogIndex - 1)?.term ?? 0 }
  }

  function ask(): void {
    speaksAtMs = context.now() + ASK_AGAIN_MS
    for (const peer of peers)
      if (answers[peer] === undefined)
        context.send(
          peer,
          role === 'candidate'
            ? { type: 'RequestVote', term, ...lastLog() }
            : { type: 'RequestPreVote', nextTerm: term + 1, ...lastLog() },
        )
  }

  function speak(): void {
    speaksAtMs = context.now() + HEARTBEAT_MS
    for (const peer of peers) context.send(peer, { type: 'AppendEntries', term })
  }

  function begin(newRole: View['role']): void {
    role = newRole
    leader = null
    answers = { [self]: true }
    standsAtMs = later()
    ask()
    count()
  }

  function count(): void {
    const yes = Object.values(answers).filter(Boolean).length
    if (yes <= (peers.length + 1) / 2) return
    if (role === 'precandidate') {
      keep(term + 1, self)
      begin('candidate')
    } else if (role === 'candidate') {
      role = 'leader'
      leader = self
      for (const peer of peers) answeredAtMs[peer] = context.now()
      speak()
    }
  }

  function hasLeader(): boolean {
    return leader === self || (leader !== null && context.now() - heardAtMs < ELECTION_TIMEOUT_MS.least)
  }

  function hasMajority(): boolean {
    const atMs = [...peers.map((peer) => answeredAtMs[peer] ?? 0), context.now()].sort((a, b) => b - a)
    return context.now() - (atMs[Math.floor(atMs.length / 2)] ?? 0) <= ELECTION_TIMEOUT_MS.most
  }

  function isFit({ lastLogIndex, lastLogTerm }: RequestVote | RequestPreVote): boolean {
    const own = lastLog()
    if (lastLogTerm !== own.lastLogTerm) return lastLogTerm > own.lastLogTerm
    return lastLogIndex >= own.lastLogIndex
  }

  function mayVoteFor(candidate: NodeId, request: RequestVote): boolean {
    return request.term === term && (votedFor === null || votedFor === candidate) && isFit(request)
  }

  function onMessage(from: NodeId, message: Message): void {
    if (message.type === 'RequestPreVote') {
      const { nextTerm } = message
      const granted = nextTerm > term && !hasLeader() && isFit(message)
      context.send(from, { type: 'PreVote', term, nextTerm, granted })
      return
    }
    if (message.type === 'RequestVote' && hasLeader()) {
      context.send(from, { type: 'Vote', term, granted: false })
      return
    }
    if (message.term > term) {
      if (role === 'leader') standsAtMs = later()
      role = 'follower'
      leader = null
      keep(message.term, null)
    }
    switch (message.type) {
      case 'PreVote':
        if (role === 'precandidate' && message.nextTerm === term + 1) answers[from] = message.granted
        count()
        break
      case 'RequestVote': {
        const granted = mayVoteFor(from, message)
        if (granted) {
          keep(term, from)
          standsAtMs = later()
        }
        context.send(from, { type: 'Vote', term, granted })
        break
      }
      case 'Vote':
        if (role === 'candidate' && message.term === term) answers[from] = message.granted
        count()
        break
      case 'AppendEntries':
        if (message.term === term) {
          role = 'follower'
          leader = from
          heardAtMs = context.now()
          standsAtMs = later()
        }
        context.send(from, { type: 'AppendReply', term, success: message.term === term })
        break
      default:
        if (message.term === term) answeredAtMs[from] = context.now()
    }
  }

  function onTimer(): void {
    context.setTimer('tick', TICK_MS)
    const nowMs = context.now()
    if (role !== 'leader' && nowMs >= standsAtMs) begin('precandidate')
    else if (role === 'leader' && !hasMajority()) {
      role = 'follower'
      leader = null
      standsAtMs = later()
    } else if (role !== 'follower' && nowMs >= speaksAtMs) {
      if (role === 'leader') speak()
      else ask()
    }
  }

  return { onMessage, onTimer, inspect: (): View => ({ role, term, votedFor, leader }) }
}
