/**
 * A node whose role is a set of handlers: to change roles is to change them. Who is asked looks at one number, until when it
 * is loyal; and a leader counts those who are silent, instead of those who answer.
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

interface Role {
  readonly name: View['role']
  readonly leader: NodeId | null
  vote?(from: NodeId): void
  preVote?(from: NodeId): void
  answer?(from: NodeId): void
  timer(name: string): void
}

export function boot(context: Context<Message>): Node<Message> {
  const { self, peers, disk } = context
  let ballot: Ballot = disk.get<Ballot>('ballot') ?? { term: 0, votedFor: null }
  let role: Role = follower(null)
  /** until then it has a leader, and nobody else need ask */
  let loyalUntilMs = 0
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
    return { name: 'follower', leader, timer: () => canvass() }
  }

  /** Calls back once, when as many others have said yes as make a majority with this node. */
  function poll(then: () => void): (from: NodeId) => void {
    const missing = new Set(peers.slice(0, peers.length))
    let needed = Math.ceil(peers.length / 2)
    return (from) => {
      if (missing.delete(from) && --needed === 0) then()
    }
  }

  function canvass(): void {
    role = { name: 'precandidate', leader: null, timer: () => canvass(), preVote: poll(stand) }
    waitForLeader()
    if (peers.length === 0) stand()
    else tellAll({ type: 'RequestPreVote', nextTerm: ballot.term + 1, ...lastLog() })
  }

  function stand(): void {
    cast({ term: ballot.term + 1, votedFor: self })
    role = { name: 'candidate', leader: null, timer: () => canvass(), vote: poll(lead) }
    waitForLeader()
    if (peers.length === 0) lead()
    else tellAll({ type: 'RequestVote', term: ballot.term, ...lastLog() })
  }

  function lead(): void {
    const loyalAtMs = new Map(peers.map((peer) => [peer, context.now()]))
    const speak = () => {
      tellAll({ type: 'AppendEntries', term: ballot.term })
      context.setTimer('pulse', HEARTBEAT_MS)
    }
    const beat = () => {
      const silent = [...loyalAtMs.values()].filter((atMs) => context.now() - atMs > ELECTION_TIMEOUT_MS.most)
      if (silent.length < Math.ceil((peers.length + 1) / 2)) speak()
      else {
        abdicate()
        role = follower(null)
      }
    }
    context.cancelTimer('patience')
    role = {
      name: 'leader',
      leader: self,
      timer: (name) => name === 'pulse' && beat(),
      answer: (from) => void loyalAtMs.set(from, context.now()),
    }
    speak()
  }

  function lastLog(): { lastLogIndex: number; lastLogTerm: number } {
    const lastLogIndex = disk.log.length
    return { lastLogIndex, lastLogTerm: disk.log.at<Entry>(lastLogIndex - 1)?.term ?? 0 }
  }

  function endsNoEarlier({ lastLogIndex, lastLogTerm }: RequestVote | RequestPreVote): boolean {
    const own = lastLog()
    const difference = lastLogTerm - own.lastLogTerm
    return (difference === 0 ? lastLogIndex - own.lastLogIndex : difference) >= 0
  }

  function isLoyal(): boolean {
    return role.leader === self || (role.leader !== null && context.now() < loyalUntilMs)
  }

  function abdicate(): void {
    if (role.name !== 'leader') return
    context.cancelTimer('pulse')
    waitForLeader()
  }

  return {
    onMessage(from, message) {
      if (message.type === 'RequestPreVote') {
        const granted = !isLoyal() && message.nextTerm > ballot.term && endsNoEarlier(message)
        context.send(from, { type: 'PreVote', term: ballot.term, nextTerm: message.nextTerm, granted })
        return
      }
      if (message.type === 'RequestVote' && isLoyal()) {
        context.send(from, { type: 'Vote', term: ballot.term, granted: false })
        return
      }
      const { term } = message
      if (term > ballot.term) {
        abdicate()
        role = follower(null)
        cast({ term, votedFor: null })
      }
      const isOld = term < ballot.term
      switch (message.type) {
        case 'PreVote':
          if (message.nextTerm === ballot.term + 1 && message.granted) role.preVote?.(from)
          return
        case 'RequestVote': {
          const isFree = ballot.votedFor === null || ballot.votedFor === from
          const granted = !isOld && isFree && endsNoEarlier(message)
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
            loyalUntilMs = context.now() + ELECTION_TIMEOUT_MS.least
            waitForLeader()
          }
          context.send(from, { type: 'AppendReply', term: ballot.term, success: !isOld })
          return
        default:
          if (!isOld) role.answer?.(from)
      }
    },
    onTimer: (name) => role.timer(name),
    inspect: (): View => ({ role: role.name, ...ballot, leader: role.leader }),
  }
}
