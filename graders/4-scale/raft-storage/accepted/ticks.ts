/**
 * A node with one timer that goes off every few milliseconds, and looks at the clock; as etcd's does. What clients ask for
 * waits for the next tick and goes out together; a follower is sent one message at a time, and the next one when it has
 * answered, or has been silent for a heartbeat. Nothing is guessed: a follower that is new is asked with no entries first.
 * Snapshots are made on ticks, of what is done by then, or where the log would grow too long.
 */

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

const TICK_MS = 10
const ASK_AGAIN_MS = 100
const MAX_BATCH = 16
/** On a tick, of so many entries at least. */
const WORTH_A_SNAPSHOT = 12

interface Follower {
  readonly id: NodeId
  /** all before it is known to be the same; undefined: not known yet, and `guess` is asked */
  matched: number | undefined
  guess: number
  /** silent until then, unless it answers */
  busyUntilMs: number
  spokenAtMs: number
}

export function boot(context: Context<Message>): Node<Message, Command> {
  const { self, peers, disk } = context
  const { log } = disk
  let { term, votedFor } = disk.get<Ballot>('ballot') ?? { term: 0, votedFor: null }
  let role: View['role'] = 'follower'
  let leader: NodeId | null = null
  let snapshot = disk.get<Snapshot>('snapshot') ?? { lastIndex: 0, lastTerm: 0, state: START }
  let { lastIndex: committed, state } = snapshot
  if (log.at(snapshot.lastIndex - 1) !== undefined || log.length < snapshot.lastIndex) {
    log.drop(snapshot.lastIndex)
    disk.sync()
  }
  let standsAtMs = later()
  let asksAtMs = 0
  let answers: Record<NodeId, boolean> = {}
  let followers: Follower[] = []
  let clients: (readonly [index: number, request: RequestId])[] = []
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

  function termOf(index: number): number {
    return index === snapshot.lastIndex ? snapshot.lastTerm : (log.at<Entry>(index - 1)?.term ?? -1)
  }

  function ask(): void {
    asksAtMs = context.now() + ASK_AGAIN_MS
    const lastLogTerm = termOf(log.length)
    for (const peer of peers)
      if (answers[peer] === undefined)
        context.send(peer, { type: 'RequestVote', term, lastLogIndex: log.length, lastLogTerm })
  }

  function count(): void {
    const yes = Object.values(answers).filter(Boolean).length
    if (role !== 'candidate' || yes <= (peers.length + 1) / 2) return
    role = 'leader'
    leader = self
    followers = peers.map((id) => ({ id, matched: undefined, guess: log.length, busyUntilMs: 0, spokenAtMs: 0 }))
    log.append({ term, command: null })
    disk.sync()
    commit()
    for (const follower of followers) speak(follower)
  }

  function compact(): void {
    snapshot = { lastIndex: committed, lastTerm: termOf(committed), state }
    disk.put('snapshot', snapshot)
    disk.sync()
    log.drop(committed)
  }

  function advanceTo(index: number): void {
    for (; committed < index; committed++) {
      if (committed - snapshot.lastIndex === MAX_DONE_ENTRIES) compact()
      const command = log.at<Entry>(committed)?.command
      if (typeof command === 'string') state = apply(state, command)
    }
  }

  function speak(follower: Follower): void {
    const prevLogIndex = follower.matched ?? follower.guess
    if (prevLogIndex < snapshot.lastIndex) {
      follower.spokenAtMs = context.now()
      follower.busyUntilMs = context.now() + HEARTBEAT_MS
      context.send(follower.id, { type: 'InstallSnapshot', term, ...snapshot })
      return
    }
    const most = follower.matched === undefined ? 0 : Math.min(MAX_BATCH, log.length - prevLogIndex)
    const entries = Array.from({ length: most }, (_, i) => log.at(prevLogIndex + i) as Entry)
    follower.spokenAtMs = context.now()
    follower.busyUntilMs = context.now() + HEARTBEAT_MS
    const prevLogTerm = termOf(prevLogIndex)
    context.send(follower.id, {
      type: 'AppendEntries',
      term,
      prevLogIndex,
      prevLogTerm,
      entries,
      leaderCommit: committed,
    })
  }

  /** From the top down: the first entry of this term that a majority has. */
  function commit(): void {
    for (let index = log.length; index > committed && termOf(index) === term; index--) {
      const copies = 1 + followers.filter(({ matched = 0 }) => matched >= index).length
      if (2 * copies <= peers.length + 1) continue
      advanceTo(index)
      for (const [at, request] of clients) if (at <= index) context.reply(request, { ok: true, index: at })
      clients = clients.filter(([at]) => at > index)
      return
    }
  }

  function heard(follower: Follower, reply: AppendReply): void {
    follower.busyUntilMs = 0
    if (reply.success) {
      follower.matched = Math.max(follower.matched ?? 0, reply.matchIndex)
      commit()
      if (follower.matched < log.length) speak(follower)
      return
    }
    if (follower.matched !== undefined) return
    const { conflictTerm, conflictIndex } = reply
    let guess = Math.min(follower.guess, conflictIndex) - 1
    // Of that term both may have some: then they part behind the leader's last one.
    if (conflictTerm > 0)
      for (let index = follower.guess - 1; index > guess; index--)
        if (termOf(index) === conflictTerm) {
          guess = index
          break
        }
    follower.guess = Math.max(0, guess)
    speak(follower)
  }

  function follow(from: NodeId, message: AppendEntries): void {
    const { prevLogIndex, prevLogTerm, entries, leaderCommit } = message
    const no = { type: 'AppendReply', term, success: false, matchIndex: 0, conflictTerm: 0, conflictIndex: 0 } as const
    if (message.term < term) {
      context.send(from, no)
      return
    }
    role = 'follower'
    leader = from
    standsAtMs = later()
    if (prevLogIndex > snapshot.lastIndex && termOf(prevLogIndex) !== prevLogTerm) {
      if (prevLogIndex > log.length) context.send(from, { ...no, conflictIndex: log.length + 1 })
      else {
        const conflictTerm = termOf(prevLogIndex)
        let conflictIndex = prevLogIndex
        while (conflictIndex - 1 > snapshot.lastIndex && termOf(conflictIndex - 1) === conflictTerm) conflictIndex--
        context.send(from, { ...no, conflictTerm, conflictIndex })
      }
      return
    }
    let index = prevLogIndex
    for (const entry of entries) {
      index++
      if (index <= snapshot.lastIndex || termOf(index) === entry.term) continue
      if (index <= log.length) log.truncate(index - 1)
      log.append(entry)
    }
    disk.sync()
    if (leaderCommit > committed && index > committed) advanceTo(Math.min(leaderCommit, index))
    context.send(from, { ...no, success: true, matchIndex: index })
  }

  function install(from: NodeId, { lastIndex, lastTerm, state: installed, ...message }: InstallSnapshot): void {
    const answer = { type: 'AppendReply', term, conflictTerm: 0, conflictIndex: 0 } as const
    if (message.term < term) {
      context.send(from, { ...answer, success: false, matchIndex: 0 })
      return
    }
    role = 'follower'
    leader = from
    standsAtMs = later()
    if (lastIndex > committed) {
      const continues = log.length > lastIndex && termOf(lastIndex) === lastTerm
      if (!continues && log.length > lastIndex) log.truncate(lastIndex)
      snapshot = { lastIndex, lastTerm, state: installed }
      disk.put('snapshot', snapshot)
      disk.sync()
      log.drop(lastIndex)
      disk.sync()
      committed = lastIndex
      state = installed
    }
    context.send(from, { ...answer, success: true, matchIndex: Math.max(lastIndex, snapshot.lastIndex) })
  }

  function mayVoteFor(candidate: NodeId, request: RequestVote): boolean {
    if (request.term < term || (votedFor !== null && votedFor !== candidate)) return false
    const ownTerm = termOf(log.length)
    if (request.lastLogTerm !== ownTerm) return request.lastLogTerm > ownTerm
    return request.lastLogIndex >= log.length
  }

  function onMessage(from: NodeId, message: Message): void {
    if (message.term > term) {
      if (role === 'leader') standsAtMs = later()
      role = 'follower'
      leader = null
      clients = []
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
        follow(from, message)
        break
      case 'InstallSnapshot':
        install(from, message)
        break
      case 'AppendReply': {
        const follower = followers.find(({ id }) => id === from)
        if (role === 'leader' && message.term === term && follower !== undefined) heard(follower, message)
      }
    }
  }

  function onTimer(): void {
    context.setTimer('tick', TICK_MS)
    if (committed - snapshot.lastIndex >= WORTH_A_SNAPSHOT) compact()
    const nowMs = context.now()
    if (role === 'leader') {
      for (const follower of followers) {
        const isDue = nowMs >= follower.spokenAtMs + HEARTBEAT_MS
        const hasMore = follower.matched !== undefined && follower.matched < log.length
        if (isDue || (hasMore && nowMs >= follower.busyUntilMs)) speak(follower)
      }
    } else if (nowMs >= standsAtMs) {
      keep(term + 1, self)
      role = 'candidate'
      leader = null
      answers = { [self]: true }
      standsAtMs = later()
      ask()
      count()
    } else if (role === 'candidate' && nowMs >= asksAtMs) ask()
  }

  function onRequest(request: RequestId, command: Command): void {
    if (role !== 'leader') {
      context.reply(request, { ok: false, leader })
      return
    }
    log.append({ term, command })
    disk.sync()
    clients.push([log.length, request])
    commit()
  }

  return {
    onMessage,
    onTimer,
    onRequest,
    inspect: (): View => ({ role, term, votedFor, leader, commitIndex: committed, state }),
  }
}
