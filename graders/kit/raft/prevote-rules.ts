// What must hold in every run of Raft with pre-votes, beyond what holds in every election: who may stand, who may say yes,
// and that a question changes nothing. The rules of elections are held against the same histories, see `ofElections`.

import type { Broken } from '../simulate.ts'
import type { Setup } from '../simulation.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry, History } from '../world/history.ts'
import type { ElectionMessage, RaftHistory, RaftView, Rule } from './election-rules.ts'

export interface PreVoteView extends Omit<RaftView, 'role'> {
  readonly role: RaftView['role'] | 'precandidate'
}

export type PreVoteMessage =
  | ElectionMessage
  | {
      readonly type: 'RequestPreVote'
      readonly nextTerm: number
      readonly lastLogIndex: number
      readonly lastLogTerm: number
    }
  | { readonly type: 'PreVote'; readonly term: number; readonly nextTerm: number; readonly granted: boolean }

type PreVoteEntry = Entry<PreVoteView, PreVoteMessage>
export type PreVoteHistory = History<PreVoteView, PreVoteMessage>
export type PreVoteRule = (history: PreVoteHistory, setup: Setup) => Broken | undefined

/** Who has heard its leader less than this ago hears a leader; of what is so near to it, no rule says anything. */
const LEAST_MS = 150
const NEAR_MS = 20

// ---- elections, as they were -------------------------------------------------------------------------------------

/**
 * A rule of elections, held against a run with pre-votes. It sees a precandidate as the follower that it still is, and of
 * pre-votes only that one of a higher term is a reply like any other. A candidate that is turned away is not there for it.
 */
export const ofElections =
  (rule: Rule): PreVoteRule =>
  (history, setup) => {
    const loyal = loyalties()
    const views = new Map<number, PreVoteView>()
    const entries = history.entries.map((entry): Entry<RaftView, ElectionMessage> => {
      loyal.see(entry)
      if (entry[2] === 'view') {
        const [step, at, what, node, view] = entry
        views.set(node, view)
        return [step, at, what, node, { ...view, role: view.role === 'precandidate' ? 'follower' : view.role }]
      }
      if (entry[2] !== 'got' && entry[2] !== 'sent') return entry
      const [step, at, what, node, other, message] = entry
      const hidden: Entry<RaftView, ElectionMessage> = [step, at, 'fault', node, '']
      if (message.type === 'RequestPreVote') return hidden
      if (message.type === 'PreVote') {
        const isLater = what === 'got' && message.term > (views.get(node)?.term ?? 0)
        return isLater ? [step, at, what, node, other, { type: 'Vote', term: message.term, granted: false }] : hidden
      }
      if (what === 'got' && message.type === 'RequestVote' && loyal.hears(node, at) !== 'no') return hidden
      return [step, at, what, node, other, message]
    })
    const seen: RaftHistory = { ...history, entries }
    return rule(seen, setup)
  }

// ---- who hears a leader ------------------------------------------------------------------------------------------

interface Loyalties {
  see(entry: PreVoteEntry): void
  /** `near`: so near the border that a node may see it either way */
  hears(node: number, at: number): 'yes' | 'near' | 'no'
}

/** For nodes whose clocks go right. */
function loyalties(): Loyalties {
  const views = new Map<number, PreVoteView>()
  const heardAt = new Map<number, number>()
  return {
    see(entry) {
      const [, at, what, node] = entry
      if (what === 'boot') {
        views.delete(node)
        heardAt.delete(node)
      } else if (what === 'view') {
        const view = entry[4]
        if (view.leader === null) heardAt.delete(node)
        views.set(node, view)
      } else if (what === 'got' && entry[5].type === 'AppendEntries') {
        if (entry[5].term >= (views.get(node)?.term ?? 0)) heardAt.set(node, at)
      }
    },
    hears(node, at) {
      const view = views.get(node)
      if (view?.role === 'leader') return 'yes'
      const heard = heardAt.get(node)
      if (view === undefined || view.leader === null || heard === undefined) return 'no'
      const ago = at - heard
      return ago < LEAST_MS - NEAR_MS ? 'yes' : ago <= LEAST_MS + NEAR_MS ? 'near' : 'no'
    },
  }
}

/** What a node was asked, what it showed before and after, and what it said; where no crash cut it short. */
interface Asked {
  readonly entry: number
  readonly at: number
  readonly node: number
  readonly from: number
  readonly request: Extract<PreVoteMessage, { type: 'RequestPreVote' | 'RequestVote' }>
  readonly before: PreVoteView
  readonly after: PreVoteView
  readonly answer: Extract<PreVoteMessage, { type: 'PreVote' | 'Vote' }> | undefined
  readonly hears: 'yes' | 'near' | 'no'
}

function questions({ entries }: PreVoteHistory): Asked[] {
  const loyal = loyalties()
  const views = new Map<number, PreVoteView>()
  const asked: Asked[] = []
  for (const [i, entry] of entries.entries()) {
    const [step, at, what, node] = entry
    if (what === 'boot') views.delete(node)
    if (what === 'view') views.set(node, entry[4])
    if (what !== 'got' || (entry[5].type !== 'RequestPreVote' && entry[5].type !== 'RequestVote')) {
      loyal.see(entry)
      continue
    }
    const [, , , , from, request] = entry
    const before = views.get(node)
    const hears = loyal.hears(node, at)
    let answer: Asked['answer']
    let after = before
    let last = i
    let isCut = false
    const kind = request.type === 'RequestVote' ? 'Vote' : 'PreVote'
    for (let j = i + 1; j < entries.length && entries[j]?.[0] === step; j++) {
      const next = entries[j] as PreVoteEntry
      last = j
      if (next[2] === 'sent' && next[4] === from && next[5].type === kind) answer = next[5] as Asked['answer']
      if (next[2] === 'view') after = next[4]
      if (next[2] === 'crash') isCut = true
    }
    if (before !== undefined && after !== undefined && !isCut)
      asked.push({ entry: last, at, node, from, request, before, after, answer, hears })
  }
  return asked
}

const isSame = (a: PreVoteView, b: PreVoteView): boolean =>
  a.role === b.role && a.term === b.term && a.votedFor === b.votedFor && a.leader === b.leader

const told = ({ role, term, votedFor, leader }: PreVoteView): string =>
  `${role}, term ${term}, vote for ${votedFor ?? 'nobody'}, leader ${leader ?? 'nobody'}`

// ---- rules -------------------------------------------------------------------------------------------------------

/** A question changes nothing: not for who is asked, and of who asks only its role. */
export const asksForNothing: PreVoteRule = (history) => {
  for (const { entry, node, from, request, before, after } of questions(history))
    if (request.type === 'RequestPreVote' && !isSame(before, after))
      return {
        entry,
        expected: `${nameOf(node)} is what it was, whatever ${nameOf(from)} asks: ${told(before)}`,
        got: told(after),
      }
  const { entries } = history
  const views = new Map<number, PreVoteView>()
  const got = new Map<number, number>()
  for (let i = 0; i < entries.length; i++) {
    const [step, , what, node] = entries[i] as PreVoteEntry
    const entry = entries[i] as PreVoteEntry
    if (what === 'boot') views.delete(node)
    if (what === 'got') got.set(node, step)
    if (what === 'view') views.set(node, entry[4] as PreVoteView)
    if (entry[2] !== 'sent' || entry[5].type !== 'RequestPreVote') continue
    const request = entry[5]
    const before = views.get(node)
    let after = before
    let last = i
    let isCut = false
    for (let j = i + 1; j < entries.length && entries[j]?.[0] === step; j++) {
      const next = entries[j] as PreVoteEntry
      if (next[2] === 'view' && next[3] === node) after = next[4]
      if (next[2] === 'crash') isCut = true
      last = j
    }
    if (before === undefined || after === undefined || isCut) continue
    const expected = `${nameOf(node)} asks in term ${before.term} for term ${before.term + 1}, as a precandidate without a leader, its vote as it was`
    const isQuiet = after.term === before.term && after.votedFor === before.votedFor
    const isAsking = after.role === 'precandidate' && after.leader === null && request.nextTerm === after.term + 1
    if ((!isQuiet && got.get(node) !== step) || !isAsking)
      return { entry: last, expected, got: `it asks for term ${request.nextTerm}, and is ${told(after)}` }
    i = last
    views.set(node, after)
  }
  return undefined
}

/** Whoever stands has been told yes by a majority, for that term, since it began to ask. */
export const standsByMajority: PreVoteRule = ({ entries }, { nodes }) => {
  const needed = Math.floor(nodes / 2) + 1
  const views = new Map<number, PreVoteView>()
  const yes = new Map<number, Set<number>>()
  for (const [i, entry] of entries.entries()) {
    const [, , what, node] = entry
    if (what === 'boot') {
      views.delete(node)
      yes.delete(node)
    } else if (what === 'got' && entry[5].type === 'PreVote') {
      const { nextTerm, granted } = entry[5]
      const view = views.get(node)
      if (granted && view?.role === 'precandidate' && nextTerm === view.term + 1) yes.get(node)?.add(entry[4])
    } else if (what === 'view') {
      const view = entry[4]
      const before = views.get(node)
      views.set(node, view)
      const isFirst = before?.role !== 'precandidate' || before.term !== view.term
      if (view.role === 'candidate' && (before?.role !== 'candidate' || before.term !== view.term)) {
        const from = yes.get(node) ?? new Set([node])
        if (from.size < needed)
          return {
            entry: i,
            expected: `${nameOf(node)} stands in term ${view.term} once ${needed} of ${nodes}, itself included, have said in this canvass that they would vote for it`,
            got: from.size === 1 ? 'nobody has' : `only ${[...from].sort().map(nameOf).join(', ')} would`,
          }
        yes.delete(node)
      }
      if (view.role === 'precandidate' && isFirst) yes.set(node, new Set([node]))
    }
  }
  return undefined
}

/** Who hears a leader refuses, and stays as it is. */
export const staysLoyal: PreVoteRule = (history) => {
  for (const { entry, node, from, request, before, after, answer, hears } of questions(history)) {
    if (hears !== 'yes') continue
    const leader = before.role === 'leader' ? 'leads' : `has just heard its leader ${before.leader}`
    const expected = `${nameOf(node)}, which ${leader}, refuses ${nameOf(from)}'s ${request.type} and stays as it is`
    if (answer?.granted === true) return { entry, expected, got: `a ${answer.type} that says yes` }
    if (request.type === 'RequestVote' && !isSame(before, after)) return { entry, expected, got: told(after) }
    if (answer === undefined) return { entry, expected, got: 'no answer' }
    if (answer.term !== before.term)
      return { entry, expected, got: `it answers with term ${answer.term}, and is in term ${before.term}` }
  }
  return undefined
}

const endOf = (setup: Setup, node: number): string => {
  const terms = (setup.disks?.[node]?.log ?? []).map((one) => (one as { term: number }).term)
  return terms.length === 0 ? 'an empty log' : `a log of terms [${terms.join(', ')}]`
}

/** Who asks says how its log ends. */
function misquoted({ entries }: PreVoteHistory, setup: Setup): Broken | undefined {
  for (const [i, entry] of entries.entries()) {
    if (entry[2] !== 'sent' || entry[5].type !== 'RequestPreVote') continue
    const [, , , node, , { lastLogIndex, lastLogTerm }] = entry
    const log = setup.disks?.[node]?.log ?? []
    const ownTerm = (log.at(-1) as { term: number } | undefined)?.term ?? 0
    if (lastLogIndex !== log.length || lastLogTerm !== ownTerm)
      return {
        entry: i,
        expected: `lastLogIndex ${log.length}, lastLogTerm ${ownTerm}: ${nameOf(node)} has ${endOf(setup, node)}`,
        got: `lastLogIndex ${lastLogIndex}, lastLogTerm ${lastLogTerm}`,
      }
  }
  return undefined
}

/** Who hears no leader would vote for a later term than its own, and for a log that ends no earlier; for nothing else. */
export const asAVote: PreVoteRule = (history, setup) => {
  const lie = misquoted(history, setup)
  if (lie !== undefined) return lie
  for (const { entry, node, from, request, before, answer, hears } of questions(history)) {
    if (request.type !== 'RequestPreVote') continue
    const me = nameOf(node)
    if (answer?.type !== 'PreVote') return { entry, expected: `an answer of ${me} to ${nameOf(from)}`, got: 'none' }
    if (answer.nextTerm !== request.nextTerm || answer.term !== before.term)
      return {
        entry,
        expected: `an answer of ${me} with its term ${before.term}, for term ${request.nextTerm}`,
        got: `one with term ${answer.term}, for term ${answer.nextTerm}`,
      }
    const log = setup.disks?.[node]?.log ?? []
    const ownTerm = (log.at(-1) as { term: number } | undefined)?.term ?? 0
    const isFit =
      request.lastLogTerm > ownTerm || (request.lastLogTerm === ownTerm && request.lastLogIndex >= log.length)
    const isNext = request.nextTerm > before.term
    if (answer.granted && (!isFit || !isNext))
      return {
        entry,
        expected: `no yes of ${me}, which is in term ${before.term} and has ${endOf(setup, node)}, to ${nameOf(from)}, which asks for term ${request.nextTerm} and has ${endOf(setup, from)}`,
        got: 'a yes',
      }
    if (!answer.granted && isFit && isNext && hears === 'no')
      return {
        entry,
        expected: `a yes of ${me}, which hears no leader, is in term ${before.term} and has ${endOf(setup, node)}, to ${nameOf(from)}, which asks for term ${request.nextTerm} and has ${endOf(setup, from)}`,
        got: 'a no',
      }
  }
  return undefined
}

/** A leader has so long to be answered; a node that ticks may be a tick off. */
const MOST_MS = 300

/** A leader is in office as long as a majority answers it, and no longer; who lays it down stays in its term. */
export const isAnswered: PreVoteRule = (history, { nodes }) => {
  const { entries } = history
  const views = new Map<number, PreVoteView>()
  /** by node: when each of the others last answered, in this office */
  const answered = new Map<number, number[]>()
  const got = new Map<number, number>()
  const isMajority = (node: number, sinceMs: number) => {
    const recent = (answered.get(node) ?? []).filter((at, other) => other !== node && at >= sinceMs).length
    return 2 * (recent + 1) > nodes
  }
  for (const [i, entry] of entries.entries()) {
    const [step, at, what, node] = entry
    const view = views.get(node)
    if (what === 'boot') views.delete(node)
    else if (what === 'got') {
      got.set(node, step)
      const message = entry[5]
      if (view?.role === 'leader' && message.type === 'AppendReply' && message.term === view.term)
        (answered.get(node) as number[])[entry[4]] = at
    } else if (what === 'sent') {
      if (view?.role !== 'leader' || entry[5].type !== 'AppendEntries' || got.get(node) === step) continue
      if (!isMajority(node, at - MOST_MS - NEAR_MS))
        return {
          entry: i,
          expected: `${nameOf(node)} lays its office down: in ${MOST_MS} ms no majority has answered`,
          got: `it goes on as leader of term ${view.term}`,
        }
    } else if (what === 'view') {
      const now = entry[4]
      views.set(node, now)
      if (now.role === 'leader' && (view?.role !== 'leader' || view.term !== now.term))
        answered.set(
          node,
          Array.from({ length: nodes }, () => at),
        )
      if (view?.role !== 'leader' || now.role === 'leader' || got.get(node) === step) continue
      if (isMajority(node, at - MOST_MS + NEAR_MS))
        return { entry: i, expected: `${nameOf(node)} leads on: a majority answers it`, got: `it is ${told(now)}` }
      if (now.role !== 'follower' || now.term !== view.term || now.leader !== null || now.votedFor !== view.votedFor)
        return {
          entry: i,
          expected: `${nameOf(node)} is a follower of term ${view.term} without a leader, its vote as it was`,
          got: `it is ${told(now)}`,
        }
    }
  }
  return undefined
}
