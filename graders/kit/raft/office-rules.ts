// How an office is won and kept, whatever else a node does: who stands when, who follows whom, and that a leader that is heard
// stays. By schedules and by calm runs.

import type { Check, Fault, Move } from '../simulate.ts'
import { agreed, type OfficeView } from './agreement.ts'

type Rule = Check<OfficeView, { readonly type: string }>

const elect = (node: number, by: number): Move[] => [
  ['until', node, 'RequestVote'],
  ['deliver', node, by, 'RequestVote'],
  ['deliver', by, node, 'Vote'],
]
const reply = (term: number) => ({
  type: 'AppendReply',
  term,
  success: false,
  matchIndex: 0,
  conflictTerm: 0,
  conflictIndex: 0,
})
const heartbeat = (term: number) => ({
  type: 'AppendEntries',
  term,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: [],
  leaderCommit: 0,
})

/** Schedules of three nodes for {@link waitsFirst}: nobody answers; a leader hears of a term that is higher. */
export const WAITING: readonly (readonly Move[])[] = [
  [1, 2, 3].map((): Move => ['until', 0, 'RequestVote']),
  [...elect(0, 1), ['tell', 0, 2, reply(9)], ['until', 0, 'RequestVote']],
]

/** Schedules of three nodes after which n1 follows, and whom. */
export const FOLLOWING: readonly { readonly moves: readonly Move[]; readonly leader: string | null }[] = [
  {
    moves: [
      ['until', 0, 'RequestVote'],
      ['tell', 0, 1, heartbeat(1)],
    ],
    leader: 'n2',
  },
  {
    moves: [
      ['tell', 0, 1, heartbeat(1)],
      ['tell', 0, 2, heartbeat(2)],
    ],
    leader: 'n3',
  },
  {
    moves: [
      ['tell', 0, 1, heartbeat(1)],
      ['tell', 0, 2, reply(2)],
    ],
    leader: null,
  },
]

/** Two votes: enough of three, its own included. */
export const LEADING: readonly Move[] = elect(0, 1)

/** At the end n1 leads. */
export const isElected: Rule = ({ entries }) => {
  const at = entries.findLastIndex((entry) => entry[2] === 'view' && entry[3] === 0)
  const view = entries[at]?.[4] as OfficeView | undefined
  return view?.role === 'leader'
    ? undefined
    : { entry: at, expected: 'n1 is elected, with two votes of three', got: `${view?.role}` }
}

/** At the end n1 is a follower, and of that one. */
export const follows =
  (leader: string | null): Rule =>
  ({ entries }) => {
    const at = entries.findLastIndex((entry) => entry[2] === 'view' && entry[3] === 0)
    const view = entries[at]?.[4] as OfficeView | undefined
    if (view === undefined || (view.role === 'follower' && view.leader === leader)) return undefined
    return {
      entry: at,
      expected: `n1 is a follower, of ${leader ?? 'nobody yet'}`,
      got: `${view.role}, of ${view.leader ?? 'nobody'}`,
    }
  }

/** For {@link standsAgain}: three nodes, each alone for so long. */
export const ALONE_MS = 2_000
export const ALONE: Fault = { atMs: 0, what: 'partition', groups: [[0], [1], [2]] }

/** A node that ticks looks at its clock so often at least. */
const TICK_MS = 20

/** Who hears of nobody stands, again and again, after no more than the longest timeout. */
export const standsAgain: Rule = ({ entries }, { nodes }) => {
  const last = new Map<number, number>()
  for (const [i, [, at, what, node, view]] of entries.entries()) {
    if (what === 'boot') last.set(node, at)
    if (what !== 'view' || view.role !== 'candidate') continue
    const waited = at - (last.get(node) ?? 0)
    last.set(node, at)
    if (waited > 300 + TICK_MS)
      return { entry: i, expected: `n${node + 1} stands after at most 300 ms`, got: `after ${waited} ms` }
  }
  for (let node = 0; node < nodes; node++)
    if ((last.get(node) ?? 0) < ALONE_MS - 300 - TICK_MS)
      return {
        entry: -1,
        expected: `n${node + 1} stands again and again`,
        got: `never again after ${last.get(node)} ms`,
      }
  return undefined
}

/** Who boots, and who has been deposed, waits like anybody before it stands. */
export const waitsFirst: Rule = ({ entries }) => {
  const since = new Map<number, number>()
  const roles = new Map<number, string>()
  for (const [i, [, at, what, node, view]] of entries.entries()) {
    if (what === 'boot') since.set(node, at)
    if (what !== 'view') continue
    const waited = at - (since.get(node) ?? 0)
    if (view.role === 'candidate' && waited < 150)
      return { entry: i, expected: `n${node + 1} stands after at least 150 ms`, got: `after ${waited} ms` }
    if (view.role !== 'follower' || roles.get(node) === 'leader') since.set(node, at)
    roles.set(node, view.role)
  }
  return undefined
}

/** Who has become leader says so to all others before anything else happens. */
export const atOnce: Rule = ({ entries }, { nodes }) => {
  const at = entries.findIndex((entry) => entry[2] === 'view' && entry[4].role === 'leader')
  const view = entries[at]
  if (view === undefined) return undefined
  const sent = entries.filter(
    (entry) => entry[0] === view[0] && entry[2] === 'sent' && entry[5].type === 'AppendEntries',
  ).length
  if (sent >= nodes - 1) return undefined
  return {
    entry: at,
    expected: `AppendEntries to ${nodes - 1} others, as soon as n${view[3] + 1} is elected`,
    got: `to ${sent}`,
  }
}

/** Once all have a leader, and nothing is lost, nobody goes on to another term. */
export const steady: Rule = ({ entries }, { nodes }) => {
  const views = new Map<number, OfficeView>()
  let settled: number | undefined
  for (const [i, entry] of entries.entries()) {
    if (entry[2] !== 'view') continue
    const [, at, , node, view] = entry
    views.set(node, view)
    if (settled !== undefined && view.term > settled)
      return {
        entry: i,
        expected: `the leader of term ${settled} for good: nothing is lost, and nobody crashes`,
        got: `n${node + 1} goes on to term ${view.term} at ${at} ms`,
      }
    if (settled === undefined && agreed(views, nodes, () => true)) settled = view.term
  }
  return undefined
}
