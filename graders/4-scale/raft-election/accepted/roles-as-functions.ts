/**
 * A node whose role is a set of handlers: to change roles is to change them. What is common to all, the rule of terms,
 * stands before them. A vote that it grants does not put off its own candidacy: nobody promised that.
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

interface Role {
  readonly name: View['role']
  readonly leader: NodeId | null
  vote?(from: NodeId): void
  timer(name: string): void
}

export function boot(context: Context<Message>): Node<Message> {
  const { self, peers, disk } = context
  let ballot: Ballot = disk.get<Ballot>('ballot') ?? { term: 0, votedFor: null }
  let role: Role = follower(null)
  waitForLeader()

  function waitForLeader(): void {
    const { least, most } = ELECTION_TIMEOUT_MS
    context.setTimer('patience', least + context.random(most - least + 1))
  }

  function cast(changed: Ballot): void {
    ballot = changed
    disk.put('ballot', changed)
    disk.sync()
  }

  function tellAll(message: Message): void {
    for (const peer of peers) context.send(peer, message)
  }

  function follower(leader: NodeId | null): Role {
    return { name: 'follower', leader, timer: () => stand() }
  }

  function stand(): void {
    cast({ term: ballot.term + 1, votedFor: self })
    const missing = new Set(peers.slice(0, peers.length))
    let needed = Math.ceil(peers.length / 2)
    role = {
      name: 'candidate',
      leader: null,
      timer: () => stand(),
      vote(from) {
        if (missing.delete(from)) needed--
        if (needed === 0) lead()
      },
    }
    waitForLeader()
    if (needed === 0) lead()
    else
      tellAll({
        type: 'RequestVote',
        term: ballot.term,
        lastLogIndex: disk.log.length,
        lastLogTerm: lastLogTerm(),
      })
  }

  function lead(): void {
    const speak = () => {
      tellAll({ type: 'AppendEntries', term: ballot.term })
      context.setTimer('pulse', HEARTBEAT_MS)
    }
    context.cancelTimer('patience')
    role = { name: 'leader', leader: self, timer: (name) => name === 'pulse' && speak() }
    speak()
  }

  function lastLogTerm(): number {
    return disk.log.at<Entry>(disk.log.length - 1)?.term ?? 0
  }

  function abdicate(): void {
    if (role.name !== 'leader') return
    context.cancelTimer('pulse')
    waitForLeader()
  }

  return {
    onMessage(from, message) {
      const { term } = message
      if (term > ballot.term) {
        abdicate()
        role = follower(null)
        cast({ term, votedFor: null })
      }
      const isOld = term < ballot.term
      switch (message.type) {
        case 'RequestVote': {
          const isFree = ballot.votedFor === null || ballot.votedFor === from
          const ends = [message.lastLogTerm - lastLogTerm(), message.lastLogIndex - disk.log.length].find(
            (d) => d !== 0,
          )
          const granted = !isOld && isFree && (ends ?? 0) >= 0
          if (granted && ballot.votedFor === null) cast({ term, votedFor: from })
          context.send(from, { type: 'Vote', term: ballot.term, granted })
          return
        }
        case 'Vote':
          if (!isOld && message.granted) role.vote?.(from)
          return
        case 'AppendEntries':
          if (!isOld) {
            role = follower(from)
            waitForLeader()
          }
          context.send(from, { type: 'AppendReply', term: ballot.term, success: !isOld })
          return
        default:
      }
    },
    onTimer: (name) => role.timer(name),
    inspect: (): View => ({ role: role.name, ...ballot, leader: role.leader }),
  }
}
