/**
 * A node with one timer that goes off every few milliseconds, and looks at the clock; as etcd's does. It counts the votes
 * of each answer anew, and asks those again who have not answered.
 */

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

const TICK_MS = 10
const ASK_AGAIN_MS = 100

export function boot(context: Context<Message>): Node<Message> {
  const { self, peers, disk } = context
  let { term, votedFor } = disk.get<Ballot>('ballot') ?? { term: 0, votedFor: null }
  let role: View['role'] = 'follower'
  let leader: NodeId | null = null
  let standsAtMs = later()
  let speaksAtMs = 0
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
      if (answers[peer] === undefined) context.send(peer, { type: 'RequestVote', term, ...lastLog() })
  }

  function speak(): void {
    speaksAtMs = context.now() + HEARTBEAT_MS
    for (const peer of peers) context.send(peer, { type: 'AppendEntries', term })
  }

  function count(): void {
    const yes = Object.values(answers).filter(Boolean).length
    if (role !== 'candidate' || yes <= (peers.length + 1) / 2) return
    role = 'leader'
    leader = self
    speak()
  }

  function mayVoteFor(candidate: NodeId, request: RequestVote): boolean {
    if (request.term < term || (votedFor !== null && votedFor !== candidate)) return false
    const own = lastLog()
    if (request.lastLogTerm !== own.lastLogTerm) return request.lastLogTerm > own.lastLogTerm
    return request.lastLogIndex >= own.lastLogIndex
  }

  function onMessage(from: NodeId, message: Message): void {
    if (message.term > term) {
      if (role === 'leader') standsAtMs = later()
      role = 'follower'
      leader = null
      keep(message.term, null)
    }
    switch (message.type) {
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
        if (message.term === term) answers[from] = message.granted
        count()
        break
      case 'AppendEntries':
        if (message.term === term) {
          role = 'follower'
          leader = from
          standsAtMs = later()
        }
        context.send(from, { type: 'AppendReply', term, success: message.term === term })
        break
      default:
    }
  }

  function onTimer(): void {
    context.setTimer('tick', TICK_MS)
    const nowMs = context.now()
    if (role !== 'leader' && nowMs >= standsAtMs) {
      keep(term + 1, self)
      role = 'candidate'
      leader = null
      answers = { [self]: true }
      standsAtMs = later()
      ask()
      count()
    } else if (role !== 'follower' && nowMs >= speaksAtMs) {
      if (role === 'leader') speak()
      else ask()
    }
  }

  return { onMessage, onTimer, inspect: (): View => ({ role, term, votedFor, leader }) }
}
