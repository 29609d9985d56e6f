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

interface Given {
  readonly candidate: number
  readonly life: number
}

/**
 * In one term a node votes for one candidate; who stands votes for itself.
 * @param inOneLife only votes of one life are held against each other, or only those of different ones
 */
export const oneVote =
  (inOneLife: boolean): Rule =>
  ({ entries }) => {
    const given = new Map<string, Given>()
    const lives = new Map<number, number>()
    const latest = new Map<number, { term: number; life: number }>()
    for (const [i, entry] of (entries as readonly RaftEntry[]).entries()) {
      const [, , what, node] = entry
      if (what === 'boot') lives.set(node, entry[4])
      if (what !== 'sent') continue
      const message = entry[5]
      const isVote = message.type === 'Vote' && message.granted
      if (!isVote && message.type !== 'RequestVote') continue
      const life = lives.get(node) ?? 1
      const { term } = message
      const candidate = isVote ? entry[4] : node
      const key = `${node} ${term}`
      const before = given.get(key)
      const sameLife = before?.life === life
      if (before === undefined) given.set(key, { candidate, life })
      else if (before.candidate !== candidate && sameLife === inOneLife)
        return {
          entry: i,
          expected: `one vote of ${nameOf(node)} in term ${term}`,
          got: `${nameOf(node)} votes for ${nameOf(before.candidate)} and for ${nameOf(candidate)}${inOneLife ? '' : ', with a crash between'}`,
        }
      const last = latest.get(node)
      if (!inOneLife && last !== undefined && last.life !== life && term < last.term)
        return {
          entry: i,
          expected: `no vote of ${nameOf(node)} in a term below ${last.term}, which it has voted in`,
          got: `a vote in term ${term} after a crash`,
        }
      if (last === undefined || term >= last.term) latest.set(node, { term, life })
    }
    return undefined
  }

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
