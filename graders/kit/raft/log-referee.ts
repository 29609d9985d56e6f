// What must hold of replicated logs in every run of Raft. One referee looks at a history from its beginning and stops at the
// first thing that is wrong: what follows from a fault is not told as another. So each fault belongs to one promise, on
// every seed. How a node does it is its own business: looked at are its messages, its disk, and what it shows.

import type { Setup } from '../simulation.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry } from '../world/history.ts'
import { ballotSurvives, byMajority, oneVote, type RaftHistory } from './election-rules.ts'
import { said } from './log-answers.ts'
import { type DiskModel, diskModel, type KeptSnapshot, type LogEntry, SNAPSHOT } from './log-ledger.ts'
import {
  type LogHistory,
  type LogMessage,
  type LogView,
  type Met,
  meet,
  meetSnapshot,
  nameEntry,
  type Ruling,
  type Seat,
} from './log-seat.ts'
import { compacted, type Written } from './log-snapshots.ts'
import { type MachineState, START, stateAfter } from './log-state.ts'
import { logOf, tell, told } from './log-words.ts'

export type { Fault, LogFault, LogHistory, LogMessage, LogView, Ruling } from './log-seat.ts'

type LogEvent = Entry<LogView, LogMessage>

const rulings = new WeakMap<object, Ruling | undefined>()

/** The first fault of a history, if any; found once. */
export function ruling(history: LogHistory, setup: Setup): Ruling | undefined {
  if (!rulings.has(history)) rulings.set(history, earliest(judge(history, setup), elected(history, setup)))
  return rulings.get(history)
}

const place = (one: Ruling) => (one.entry < 0 ? Number.POSITIVE_INFINITY : one.entry)
const earliest = (a: Ruling | undefined, b: Ruling | undefined) =>
  a === undefined || (b !== undefined && place(b) < place(a)) ? b : a

function elected(history: LogHistory, setup: Setup): Ruling | undefined {
  // They look at votes alone, and let other kinds of messages be.
  const asElection = history as unknown as RaftHistory
  const found = [byMajority, oneVote, ballotSurvives].flatMap((rule) => rule(asElection, setup) ?? [])
  return found
    .map((one): Ruling => ({ ...one, fault: 'elections' }))
    .reduce<Ruling | undefined>((a, b) => earliest(a, b), undefined)
}

const list = (nodes: readonly number[]) => nodes.map(nameOf).join(', ')

function judge({ entries }: LogHistory, { nodes, disks = [] }: Setup): Ruling | undefined {
  const seats = Array.from(
    { length: nodes },
    (_, i): Seat => ({
      name: nameOf(i),
      disk: diskModel(disks[i] ?? {}),
      view: undefined,
      claimed: 0,
      acks: new Map(),
      following: { term: 0, matched: 0, heard: 0 },
      open: new Map(),
    }),
  )
  /** by index and term: what it is, and the term of what stands before it */
  const known = new Map<number, { readonly command: unknown; readonly before: number; readonly by: string }>()
  /** by index: what some node has taken for committed first, and in which term */
  const chosen: { readonly term: number; readonly command: unknown; readonly since: number; readonly by: string }[] = []
  /** by index: what all entries up to there have come to */
  const states: (MachineState | undefined)[] = [START]
  const commands = new Map<number, unknown>()
  const refused = new Set<unknown>()
  for (const { disk } of seats) if (disk.snapshot) states[disk.snapshot.lastIndex] = disk.snapshot.state as MachineState
  for (const [i, { disk }] of seats.entries())
    for (let index = disk.dropped + 1; index <= disk.lastIndex; index++) {
      const { term, command } = disk.at(index) as LogEntry
      known.set(nameEntry(index, term), { command, before: disk.termAt(index - 1), by: nameOf(i) })
    }

  for (let at = 0; at < entries.length; ) {
    const step = (entries[at] as LogEvent)[0]
    let end = at + 1
    while (end < entries.length && (entries[end] as LogEvent)[0] === step) end++
    const wrong = judgeStep(at, end)
    if (wrong !== undefined) return wrong
    at = end
  }
  return undefined

  function judgeStep(from: number, to: number): Ruling | undefined {
    let seat: Seat | undefined
    let node = -1
    let met: Met | undefined
    let request: Extract<LogMessage, { type: 'RequestVote' }> | undefined
    let asked: number | undefined
    let isCut = false
    let after: LogView | undefined
    /** entries that only a leader of their term may make */
    const fresh: {
      readonly entry: number
      readonly index: number
      readonly term: number
      readonly command: unknown
    }[] = []
    const replies: { readonly entry: number; readonly request: number; readonly answer: Answered }[] = []
    /** snapshots that it puts or sends, which must be what they say */
    const written: Written[] = []
    let commitSent = 0
    let installed = 0
    let last = from

    for (let i = from; i < to; i++) {
      const event = entries[i] as LogEvent
      if (event[2] === 'fault') continue
      node = event[3]
      seat = seats[node] as Seat
      if (event[2] !== 'crash') last = i
      const wrong = one(i, event, seat)
      if (wrong !== undefined) return wrong
    }
    if (seat === undefined) return undefined
    if (isCut) {
      for (const { index, term, command } of fresh) learn(seat, index, term, command)
      return undefined
    }
    const now = after ?? seat.view
    const ended = now === undefined ? undefined : atEnd(seat, now)
    if (after !== undefined) {
      seat.claimed = Math.max(seat.claimed, after.commitIndex)
      seat.view = after
    }
    return ended

    function one(i: number, event: LogEvent, seat: Seat): Ruling | undefined {
      switch (event[2]) {
        case 'boot':
          seat.view = undefined
          seat.acks.clear()
          seat.open.clear()
          seat.following = { term: 0, matched: 0, heard: 0 }
          return undefined
        case 'crash':
          seat.disk.crash(event[4])
          seat.view = undefined
          isCut = true
          return undefined
        case 'asked':
          // Nobody is there to hear it.
          if (seat.view === undefined) return undefined
          asked = event[4]
          commands.set(asked, event[5])
          return undefined
        case 'got':
          return got(seat, event[4], event[5])
        case 'wrote':
          return wrote(i, seat, event[4])
        case 'sent':
          if (event[5].type === 'AppendEntries') commitSent = Math.max(commitSent, event[5].leaderCommit)
          if (event[5].type === 'InstallSnapshot') written.push({ entry: i, snapshot: event[5], where: 'sends' })
          return said(i, seat, event[4], event[5], met, request)
        case 'replied':
          replies.push({ entry: i, request: event[4], answer: event[5] as Answered })
          return undefined
        case 'view':
          after = event[4]
          return undefined
        case 'called':
        case 'returned':
        case 'fault':
          return undefined
      }
    }

    function got(seat: Seat, from: number, message: LogMessage): Ruling | undefined {
      const { view, disk } = seat
      const term = view?.term ?? 0
      if (message.type === 'RequestVote') request = message
      else if (message.type === 'AppendReply') {
        if (view?.role === 'leader' && message.term === term && message.success)
          seat.acks.set(from, Math.max(seat.acks.get(from) ?? 0, message.matchIndex))
      } else if (message.type === 'AppendEntries' || message.type === 'InstallSnapshot') {
        const isCurrent = message.term >= term
        met =
          message.type === 'AppendEntries'
            ? meet(disk, from, message, isCurrent)
            : meetSnapshot(disk, from, message, isCurrent)
        const append = met.message
        if (!met.isCurrent) return undefined
        if (message.type === 'InstallSnapshot') {
          installed = message.lastIndex
          states[installed] ??= message.state as MachineState
        }
        // What the suite says in a leader's name is as good as what a leader has.
        for (const [k, { term, command }] of append.entries.entries()) {
          const index = append.prevLogIndex + 1 + k
          const before = k === 0 ? append.prevLogTerm : (append.entries[k - 1]?.term ?? 0)
          if (!known.has(nameEntry(index, term)))
            known.set(nameEntry(index, term), { command, before, by: nameOf(from) })
        }
        if (message.term > seat.following.term) seat.following = { term: message.term, matched: 0, heard: 0 }
        const { following } = seat
        following.heard = Math.max(following.heard, append.leaderCommit)
        if (met.fits) following.matched = Math.max(following.matched, append.prevLogIndex + append.entries.length)
      }
      return undefined
    }

    function wrote(i: number, seat: Seat, write: Parameters<DiskModel['write']>[0]): Ruling | undefined {
      const { disk } = seat
      let wrong: Ruling | undefined
      if (write[0] === 'append') {
        const { term, command } = write[1] as LogEntry
        const index = disk.lastIndex + 1
        const before = disk.termAt(index - 1)
        const same = known.get(nameEntry(index, term))
        const us = told(index, term, command, before)
        // Who appends what it is sent makes no entry of its own.
        if (same === undefined && met?.isCurrent === true) wrong = notMade(i, seat, index, term, command)
        else if (same === undefined) fresh.push({ entry: i, index, term, command })
        else if (same.command !== command || same.before !== before)
          wrong = {
            fault: 'matching',
            entry: i,
            expected: `${told(index, term, same.command, same.before)}, as ${same.by} has it`,
            got: `${seat.name} writes ${us}`,
          }
      } else if (write[0] === 'truncate' && Math.max(write[1], disk.snapshot?.lastIndex ?? 0) < disk.lastIndex) {
        const gone = Math.max(write[1], disk.snapshot?.lastIndex ?? 0) + 1
        const isLeader = seat.view?.role === 'leader' && (met === undefined || met.message.term <= seat.view.term)
        if (isLeader || gone < (met?.contradiction ?? Number.POSITIVE_INFINITY))
          wrong = {
            fault: 'kept',
            entry: i,
            expected: `${seat.name} keeps entry ${gone} of term ${disk.termAt(gone)}: ${
              isLeader ? 'a leader drops nothing' : 'nothing from its leader contradicts it'
            }`,
            got: `it drops ${disk.lastIndex === gone ? 'it' : `entries ${gone} to ${disk.lastIndex}`}`,
          }
      }
      if (write[0] === 'drop' && write[1] > (disk.snapshot?.lastIndex ?? 0) && write[1] > disk.dropped)
        wrong = {
          fault: 'dropped',
          entry: i,
          expected: `${seat.name} keeps entry ${Math.max(disk.dropped, disk.snapshot?.lastIndex ?? 0) + 1}: no snapshot on its disk holds it`,
          got: `it drops all up to ${write[1]}`,
        }
      if (write[0] === 'put' && write[1] === SNAPSHOT) {
        const next = write[2] as KeptSnapshot
        const last = disk.snapshot?.lastIndex ?? 0
        if (next.lastIndex < last)
          wrong = {
            fault: 'snapshot',
            entry: i,
            expected: `${seat.name} keeps its snapshot up to ${last}: it is the newer one`,
            got: `it puts one up to ${next.lastIndex}`,
          }
        written.push({ entry: i, snapshot: next, where: 'puts' })
      }
      disk.write(write)
      return wrong
    }

    function atEnd(seat: Seat, now: LogView): Ruling | undefined {
      const { name, view: before } = seat
      for (const { entry, index, term, command } of fresh) {
        if (now.role !== 'leader' || now.term !== term) return notMade(entry, seat, index, term, command)
        learn(seat, index, term, command)
        for (const [request, wanted] of commands) if (wanted === command) seat.open.set(request, index)
      }
      const isNewLeader = now.role === 'leader' && (before?.role !== 'leader' || before.term !== now.term)
      if (isNewLeader) seat.acks.clear()
      if (now.role !== 'leader') seat.open.clear()
      return (
        (isNewLeader ? complete(seat, now) : undefined) ??
        committed(seat, now, before?.commitIndex) ??
        compacted(seat, now, written, last, { states, chosen, known }) ??
        (commitSent > now.commitIndex
          ? {
              fault: 'majority',
              entry: last,
              expected: `${name} says leaderCommit ${now.commitIndex} at most, as it shows`,
              got: `leaderCommit ${commitSent}`,
            }
          : undefined) ??
        answered(seat, now)
      )
    }

    function complete({ disk, name }: Seat, now: LogView): Ruling | undefined {
      const lost = chosen.findIndex(
        (entry, k) =>
          entry !== undefined && entry.since < now.term && k > disk.dropped && disk.termAt(k) !== entry.term,
      )
      if (lost < 0) return undefined
      return {
        fault: 'kept',
        entry: last,
        expected: `a leader of term ${now.term} that has entry ${lost} of term ${chosen[lost]?.term}, committed in term ${chosen[lost]?.since}`,
        got: `${name} leads with ${logOf(disk)}`,
      }
    }

    function committed(seat: Seat, now: LogView, before: number | undefined): Ruling | undefined {
      const { disk, following, name, claimed } = seat
      const upTo = now.commitIndex
      const floor = before ?? disk.snapshot?.lastIndex ?? 0
      const covered = disk.snapshot?.lastIndex ?? 0
      if (before === undefined && now.state !== undefined && upTo < covered)
        return {
          fault: 'state',
          entry: last,
          expected: `${name} is back with what its snapshot covers: commitIndex ${covered} or more`,
          got: `commitIndex ${upTo}`,
        }
      if (before === undefined ? upTo > Math.max(claimed, covered) : upTo < before)
        return {
          fault: 'follower commits',
          entry: last,
          expected:
            before === undefined
              ? `${name} is back with a commitIndex of at most ${claimed}`
              : `commitIndex ${before} or more`,
          got: `commitIndex ${upTo}`,
        }
      if (before === undefined) return covers(seat, covered, now.term)
      if (upTo === before) return undefined
      if (now.role === 'leader') {
        const term = disk.termAt(upTo)
        if (term !== now.term && term > 0)
          return {
            fault: 'own term',
            entry: last,
            expected: `${name}, leader of term ${now.term}, commits no entry of term ${term} by counting`,
            got: `it commits entry ${upTo} of term ${term}`,
          }
        const by = [
          ...(disk.lastIndex >= upTo && disk.shaky > upTo ? [node] : []),
          ...[...seat.acks].flatMap(([from, match]) => (match >= upTo ? [from] : [])),
        ]
        const needed = Math.floor(nodes / 2) + 1
        if (by.length < needed)
          return {
            fault: 'majority',
            entry: last,
            expected: `entry ${upTo} is committed when ${needed} of ${nodes} have acknowledged it in term ${now.term}`,
            got: by.length === 0 ? 'nobody has' : `${list(by.sort())} ${by.length === 1 ? 'has' : 'have'}`,
          }
      } else {
        const { matched, heard } = following.term === now.term ? following : { matched: 0, heard: 0 }
        if (upTo > Math.min(matched, heard))
          return {
            fault: 'follower commits',
            entry: last,
            expected:
              upTo > heard
                ? `${name} commits up to ${heard}, as its leader of term ${now.term} has`
                : `${name} commits up to ${matched}: so far it knows its log to be the leader's`,
            got: `commitIndex ${upTo}`,
          }
      }
      // Where a snapshot has come, entries that it covers may be anybody's.
      for (let index = Math.max(floor, installed) + 1; index <= upTo; index++) {
        const entry = disk.at(index)
        const first = chosen[index]
        if (first === undefined) {
          if (entry === undefined) continue
          chosen[index] = { ...entry, since: now.term, by: name }
          const before = states[index - 1]
          if (before !== undefined) states[index] ??= stateAfter(before, entry.command)
          if (refused.has(entry.command))
            return {
              fault: 'client',
              entry: last,
              expected: `${tell(entry.command)} is never done: its client was refused`,
              got: `${name} commits it at ${index}`,
            }
        } else if (index > (disk.snapshot?.lastIndex ?? 0) && entry !== undefined && entry.term !== first.term)
          return {
            fault: 'kept',
            entry: last,
            expected: `${told(index, first.term, first.command)}, as ${first.by} has committed it`,
            got: `${name} commits ${told(index, entry.term, entry.command)}`,
          }
      }
      return undefined
    }

    /**
     * A node that has crashed in the midst of a step may have committed in it, and nobody has seen that but its snapshot: what
     * the snapshot covers was committed then, at the latest.
     */
    function covers({ disk, name }: Seat, covered: number, since: number): undefined {
      let known = covered
      while (known > 0 && states[known] === undefined) known--
      for (let index = known + 1; index <= covered; index++) {
        const entry = disk.at(index)
        const before = states[index - 1]
        if (entry === undefined || before === undefined) return
        chosen[index] ??= { ...entry, since, by: name }
        states[index] = stateAfter(before, entry.command)
      }
    }

    function answered(seat: Seat, now: LogView): Ruling | undefined {
      const { disk, name, view: before } = seat
      const fault = 'client'
      for (const { entry, request, answer } of replies) {
        const command = commands.get(request)
        if (answer.ok === true) {
          seat.open.delete(request)
          const { index = 0 } = answer
          const there = disk.at(index)?.command
          if (index > 0 && index <= now.commitIndex && (there === command || index <= disk.dropped)) continue
          return {
            fault,
            entry,
            expected: `a yes for ${tell(command)} once it is committed, and with its index`,
            got: `${name} says ${index}, where ${
              index > now.commitIndex ? `it has committed up to ${now.commitIndex}` : `${tell(there)} is`
            }`,
          }
        }
        if (now.role === 'leader' || seat.open.has(request) || request !== asked)
          return {
            fault,
            entry,
            expected: `no refusal of ${tell(command)}: it may still be done`,
            got: `${name} refuses`,
          }
        refused.add(command)
        if (answer.leader !== now.leader)
          return {
            fault,
            entry,
            expected: `${name} names its leader, ${now.leader ?? 'null'}`,
            got: `${answer.leader}`,
          }
      }
      const isRefused = before?.role !== 'leader' && now.role !== 'leader'
      if (asked !== undefined && isRefused && !replies.some(({ request }) => request === asked))
        return { fault, entry: last, expected: `${name}, which does not lead, refuses at once`, got: 'no answer' }
      for (const [request, index] of seat.open)
        if (index <= now.commitIndex)
          return {
            fault,
            entry: last,
            expected: `an answer for ${tell(commands.get(request))}, which ${name} has committed at ${index}`,
            got: 'none',
          }
      return undefined
    }
  }

  function notMade(entry: number, { name, disk }: Seat, index: number, term: number, command: unknown): Ruling {
    return {
      fault: 'matching',
      entry,
      expected: `at ${index} an entry that a leader of term ${term} has put there`,
      got: `${name} writes ${told(index, term, command, disk.termAt(index - 1))}`,
    }
  }

  function learn({ disk, name }: Seat, index: number, term: number, command: unknown): void {
    known.set(nameEntry(index, term), { command, before: disk.termAt(index - 1), by: name })
  }
}

interface Answered {
  readonly ok: boolean
  readonly index?: number
  readonly leader?: string | null
}
