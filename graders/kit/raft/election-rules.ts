// What must hold in every run of Raft, as far as electing goes: rules over histories, for the suites of all Raft katas. They
// look at messages and at what nodes show; how a node does it is its own business.

import type { Broken } from '../simulate.ts'
import type { Setup } from '../simulation.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry, History } from '../world/history.ts'

export interface RaftView {
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly votedFor: string | null
  readonly leader: string | null
}

export type ElectionMessage =
  | { readonly type: 'RequestVote'; readonly term: number; readonly lastLogIndex: number; readonly lastLogTerm: number }
  | { readonly type: 'Vote'; readonly term: number; readonly granted: boolean }
  | { readonly type: 'AppendEntries'; readonly term: number }
  | { readonly type: 'AppendReply'; readonly term: number; readonly success: boolean }

type RaftEntry = Entry<RaftView, ElectionMessage>
export type RaftHistory = History<RaftView, ElectionMessage>
export type Rule = (history: RaftHistory, setup: Setup) => Broken | undefined

/** Terms of the entries of each node's log. */
export type Logs = readonly (readonly number[])[]

/** What every disk holds at first: its log, and the ballot of the last term that anybody has seen. */
export function disksWith(logs: Logs): NonNullable<Setup['disks']> {
  const term = Math.max(0, ...logs.flat())
  return logs.map((log) => ({ keys: { ballot: { term, votedFor: null } }, log: log.map((term) => ({ term })) }))
}

const logsOf = ({ disks = [] }: Setup): Logs =>
  disks.map(({ log = [] }) => log.map((entry) => (entry as { term: number }).term))

const list = (nodes: Iterable<number>) => [...nodes].sort().map(nameOf).join(', ')

/** Whoever shows itself as a leader has been given the votes of a majority, in that very term, in this life. */
export const byMajority: Rule = ({ entries }, { nodes }) => {
  const votes = new Map<string, Set<number>>()
  const led = new Map<number, number>()
  for (const [i, entry] of (entries as readonly RaftEntry[]).entries()) {
    const [, , what, node] = entry
    if (what === 'boot') {
      led.delete(node)
      for (const key of votes.keys()) if (key.startsWith(`${node} `)) votes.delete(key)
    } else if (what === 'got' && entry[5].type === 'Vote' && entry[5].granted) {
      const key = `${node} ${entry[5].term}`
      votes.set(key, (votes.get(key) ?? new Set([node])).add(entry[4]))
    } else if (what === 'view') {
      const { role, term } = entry[4]
      if (role !== 'leader' || led.get(node) === term) continue
      led.set(node, term)
      const from = votes.get(`${node} ${term}`) ?? new Set([node])
      const needed = Math.floor(nodes / 2) + 1
      if (from.size < needed)
        return {
          entry: i,
          expected: `a leader of term ${term} with ${needed} of ${nodes} votes of that term`,
          got: `${nameOf(node)} leads with ${from.size === 1 ? 'its own' : `those of ${list(from)}`}`,
        }
    }
  }
  return undefined
}

/** What a node has promised last, by a vote or by standing for election. */
interface Promised {
  readonly term: number
  readonly candidate: string
  readonly step: number
  /** by standing, not by a vote */
  readonly stood: boolean
  /** it crashed in the midst of the step in which it promised */
  readonly cutShort?: true
}

/**
 * In one term a node votes for one candidate; who stands votes for itself. Two rules of one kind: which of them a node
 * breaks hangs on what it shows when it is back after a crash.
 * @param afterCrash what it shows then is less than it had promised; or else that it votes twice, though it knew
 */
const votesOf =
  (afterCrash: boolean): Rule =>
  ({ entries }, { disks = [] }) => {
    const promised = new Map<number, Promised>()
    const given = new Map<string, string>()
    const views = new Map<number, RaftView>()
    const booted = new Set<number>()
    const lives = new Map<number, number>()
    const forget = (node: number) => {
      for (const key of given.keys()) if (key.startsWith(`${node} `)) given.delete(key)
    }
    for (const [node, { keys = {} }] of disks.entries()) {
      const ballot = keys['ballot'] as { term: number; votedFor: string | null } | undefined
      if (typeof ballot?.votedFor === 'string')
        promised.set(node, { term: ballot.term, candidate: ballot.votedFor, step: -1, stood: false })
    }
    for (const [i, entry] of (entries as readonly RaftEntry[]).entries()) {
      const [step, , what, node] = entry
      const before = promised.get(node)
      if (what === 'crash') {
        const view = views.get(node)
        if (before === undefined) continue
        // It had taken it back by itself, or was about to: crash or no crash.
        const isOwnFault = view?.term === before.term && view.votedFor !== before.candidate
        if (before.step === step) promised.set(node, { ...before, cutShort: true })
        else if (isOwnFault || entry[5]) promised.delete(node)
        // Cut short, it may have been about to do either: neither rule is the judge of that.
        if (entry[5] && before.step !== step && !isOwnFault) forget(node)
      } else if (what === 'boot') {
        booted.add(node)
        lives.set(node, entry[4])
      } else if (what === 'view') {
        const view = entry[4]
        views.set(node, view)
        if (!booted.delete(node)) continue
        const isNew = disks[node]?.keys?.['ballot'] === undefined && lives.get(node) === 1
        if (afterCrash && isNew && (view.term !== 0 || view.votedFor !== null))
          return {
            entry: i,
            expected: `${nameOf(node)} begins in term 0 with its vote for nobody: its disk is empty`,
            got: `term ${view.term}, vote for ${view.votedFor}`,
          }
        if (before === undefined) continue
        if (view.term > before.term || (view.term === before.term && view.votedFor === before.candidate)) continue
        // Who stands in a term and keeps no vote of its own in it will vote twice, whenever it crashes: again neither's.
        const isOwnFault = view.term === before.term && before.stood && before.cutShort
        if (afterCrash && !isOwnFault)
          return {
            entry: i,
            expected: `${nameOf(node)} is back in term ${before.term} with its vote for ${before.candidate}`,
            got: `term ${view.term}, vote for ${view.votedFor ?? 'nobody'}`,
          }
        promised.delete(node)
        forget(node)
      } else if (what === 'sent') {
        const message = entry[5]
        const isVote = message.type === 'Vote' && message.granted
        if (!isVote && message.type !== 'RequestVote') continue
        const { term } = message
        const candidate = nameOf(isVote ? entry[4] : node)
        const first = given.get(`${node} ${term}`)
        if (!afterCrash && first !== undefined && first !== candidate)
          return {
            entry: i,
            expected: `one vote of ${nameOf(node)} in term ${term}`,
            got: `${nameOf(node)} votes for ${first} and for ${candidate}`,
          }
        given.set(`${node} ${term}`, first ?? candidate)
        promised.set(node, { term, candidate, step, stood: !isVote })
      }
    }
    return undefined
  }

export const oneVote: Rule = votesOf(false)
export const ballotSurvives: Rule = votesOf(true)

const endOf = (log: readonly number[]) => ({ lastLogIndex: log.length, lastLogTerm: log.at(-1) ?? 0 })

const told = (log: readonly number[]) => (log.length === 0 ? 'empty' : `[${log.join(', ')}]`)

/** A vote goes to a log that ends no earlier: by the term of its last entry, then by length. Candidates say how theirs ends. */
export const upToDate: Rule = ({ entries }, setup) => {
  const logs = logsOf(setup)
  for (const [i, entry] of (entries as readonly RaftEntry[]).entries()) {
    if (entry[2] !== 'sent') continue
    const [, , , node, to, message] = entry
    const own = logs[node] ?? []
    const { lastLogIndex, lastLogTerm } = endOf(own)
    if (message.type === 'RequestVote') {
      if (message.lastLogIndex === lastLogIndex && message.lastLogTerm === lastLogTerm) continue
      return {
        entry: i,
        expected: `lastLogIndex ${lastLogIndex}, lastLogTerm ${lastLogTerm}: the log of ${nameOf(node)} has terms ${told(own)}`,
        got: `lastLogIndex ${message.lastLogIndex}, lastLogTerm ${message.lastLogTerm}`,
      }
    }
    if (message.type !== 'Vote' || !message.granted) continue
    const theirs = endOf(logs[to] ?? [])
    const isFit =
      theirs.lastLogTerm > lastLogTerm || (theirs.lastLogTerm === lastLogTerm && theirs.lastLogIndex >= lastLogIndex)
    if (!isFit)
      return {
        entry: i,
        expected: `no vote of ${nameOf(node)}, whose log has terms ${told(own)}, for ${nameOf(to)}, whose log has ${told(logs[to] ?? [])}`,
        got: 'a vote',
      }
  }
  return undefined
}
