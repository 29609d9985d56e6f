// What a node may say of its log: what it sends as a leader, what it acknowledges or refuses, and how it votes.

import { nameOf } from '../world/cluster.ts'
import { type Hint, hintsOf, type LogMessage, type Met, type Reply, type Ruling, type Seat } from './log-seat.ts'
import { logOf } from './log-words.ts'

type Request = Extract<LogMessage, { type: 'RequestVote' }>

/** @param met the AppendEntries that is being answered, if any. @param request the RequestVote */
export function said(
  i: number,
  seat: Seat,
  to: number,
  message: LogMessage,
  met: Met | undefined,
  request: Request | undefined,
): Ruling | undefined {
  const { disk, name } = seat
  if (message.type === 'InstallSnapshot') return undefined
  if (message.type === 'AppendReply') return replied(i, seat, to, message, met)
  if (message.type === 'RequestVote' || message.type === 'Vote') return voted(i, seat, to, message, request)
  const { prevLogIndex, prevLogTerm, entries: list } = message
  const isOwn = (index: number, term: number) => index <= disk.dropped || disk.termAt(index) === term
  const odd = list.findIndex(({ term }, k) => !isOwn(prevLogIndex + 1 + k, term))
  if (isOwn(prevLogIndex, prevLogTerm) && odd < 0) return undefined
  const index = odd < 0 || !isOwn(prevLogIndex, prevLogTerm) ? prevLogIndex : prevLogIndex + 1 + odd
  return {
    fault: 'matching',
    entry: i,
    expected: `${name} sends its own log: entry ${index} there has term ${disk.termAt(index)}`,
    got: `it says that entry ${index} has term ${index === prevLogIndex ? prevLogTerm : list[odd]?.term}`,
  }
}

function replied(i: number, seat: Seat, to: number, reply: Reply, met: Met | undefined): Ruling | undefined {
  const { disk, following, name } = seat
  const answersMet = met !== undefined && met.from === to
  if (!reply.success) {
    if (!answersMet || met === undefined || !met.isCurrent || reply.term !== met.message.term) return undefined
    if (met.fits)
      return {
        fault: 'hints',
        entry: i,
        expected: `${name} takes what fits its log: entry ${met.message.prevLogIndex} has term ${met.message.prevLogTerm} there`,
        got: 'it refuses',
      }
    const options = [...met.hints, ...hintsOf(disk, met.message.prevLogIndex)]
    if (options.some((one) => one.conflictTerm === reply.conflictTerm && one.conflictIndex === reply.conflictIndex))
      return undefined
    const { conflictTerm, conflictIndex } = met.hints[0] as Hint
    return {
      fault: 'hints',
      entry: i,
      expected: `conflictTerm ${conflictTerm}, conflictIndex ${conflictIndex}: ${name} has ${logOf(disk)}`,
      got: `conflictTerm ${reply.conflictTerm}, conflictIndex ${reply.conflictIndex}`,
    }
  }
  const fault = 'acknowledged'
  if (answersMet && met !== undefined && !met.isCurrent)
    return {
      fault,
      entry: i,
      expected: `${name} refuses a leader of term ${met.message.term}: it is in a later one`,
      got: 'it acknowledges',
    }
  if (answersMet && met !== undefined && !met.fits)
    return {
      fault,
      entry: i,
      expected: `${name} refuses: it has no entry ${met.message.prevLogIndex} of term ${met.message.prevLogTerm}`,
      got: 'it acknowledges',
    }
  const covered = disk.snapshot?.lastIndex ?? 0
  const known = Math.max(covered, reply.term === following.term ? following.matched : 0)
  if (reply.matchIndex > known)
    return {
      fault,
      entry: i,
      expected: `matchIndex at most ${known}: so far ${name} knows its log to be the leader's`,
      got: `matchIndex ${reply.matchIndex}`,
    }
  const missing = notWritten(seat, reply.matchIndex, met)
  const safe = Math.min(disk.shaky - 1, disk.safeEnd)
  if (missing !== undefined || safe < reply.matchIndex)
    return {
      fault,
      entry: i,
      expected: `entry ${missing ?? safe + 1} is safe on the disk of ${name}, which acknowledges it`,
      got: missing === undefined ? 'it is not synced yet' : 'it has not written it',
    }
  return undefined
}

/** The first entry up to there that came in this step, and is not on the disk as it came. */
function notWritten({ disk }: Seat, matchIndex: number, met: Met | undefined): number | undefined {
  const covered = disk.snapshot?.lastIndex ?? 0
  if (Math.max(covered, disk.lastIndex) < matchIndex) return disk.lastIndex + 1
  if (met === undefined) return undefined
  const { prevLogIndex, entries: list } = met.message
  for (let k = 0; k < list.length && prevLogIndex + 1 + k <= matchIndex; k++) {
    const index = prevLogIndex + 1 + k
    if (index > covered && disk.termAt(index) !== list[k]?.term) return index
  }
  return undefined
}

function voted(
  i: number,
  { disk, name }: Seat,
  to: number,
  message: Extract<LogMessage, { type: 'RequestVote' | 'Vote' }>,
  request: Request | undefined,
): Ruling | undefined {
  const [ownIndex, ownTerm] = [disk.lastIndex, disk.termAt(disk.lastIndex)]
  if (message.type === 'RequestVote') {
    const { lastLogIndex, lastLogTerm } = message
    if (lastLogIndex === ownIndex && lastLogTerm === ownTerm) return undefined
    return {
      fault: 'elections',
      entry: i,
      expected: `lastLogIndex ${ownIndex}, lastLogTerm ${ownTerm}: ${name} has ${logOf(disk)}`,
      got: `lastLogIndex ${lastLogIndex}, lastLogTerm ${lastLogTerm}`,
    }
  }
  if (!message.granted || request === undefined) return undefined
  const { lastLogIndex, lastLogTerm } = request
  if (lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= ownIndex)) return undefined
  return {
    fault: 'elections',
    entry: i,
    expected: `no vote of ${name}, which has ${logOf(disk)}, for ${nameOf(to)}, whose log ends at ${lastLogIndex} in term ${lastLogTerm}`,
    got: 'a vote',
  }
}
