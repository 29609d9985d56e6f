// Whether a cluster gets somewhere: once all is well, all have one log, all of it committed, and clients are served. A run in
// which something was wrong before is no evidence: what follows from a fault is the fault's.

import type { Broken } from '../simulate.ts'
import type { Setup } from '../simulation.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry } from '../world/history.ts'
import { type DiskModel, diskModel } from './log-ledger.ts'
import { type LogHistory, type LogMessage, type LogView, ruling } from './log-referee.ts'

type LogRule = (history: LogHistory, setup: Setup) => Broken | undefined

/** Unless something was wrong before. */
export const otherwise =
  (rule: LogRule): LogRule =>
  (history, setup) =>
    ruling(history, setup) === undefined ? rule(history, setup) : undefined

/** At some time from then on all who are up have one leader, one log as long as `least` at least, and all of it committed. */
export const inLine =
  (afterMs: number, least = 1): LogRule =>
  ({ entries, end, counts }, { nodes, disks = [] }) => {
    if (end === 'storm') return { entry: -1, expected: 'an end', got: `a storm of ${counts.sent} messages` }
    const models = Array.from({ length: nodes }, (_, node) => diskModel(disks[node] ?? {}))
    const views = new Map<number, LogView>()
    for (const entry of entries as readonly Entry<LogView, LogMessage>[]) {
      const [, at, what, node] = entry
      if (what === 'wrote') models[node]?.write(entry[4])
      else if (what === 'crash') models[node]?.crash(entry[4])
      if (what === 'view') views.set(node, entry[4])
      else if (what === 'boot' || what === 'crash') views.delete(node)
      else continue
      if (at >= afterMs && agreed(views, models, least)) return undefined
    }
    if (agreed(views, models, least)) return undefined
    return {
      entry: -1,
      expected: 'all nodes with one log, all of it committed, in time',
      got: `at the end: ${models.map((model, node) => stateOf(model, views.get(node), node)).join(', ')}`,
    }
  }

function agreed(views: ReadonlyMap<number, LogView>, models: readonly DiskModel[], least: number): boolean {
  let leader: LogView | undefined
  for (const view of views.values()) if (view.role === 'leader' && view.term >= (leader?.term ?? 0)) leader = view
  if (leader === undefined || leader.commitIndex < least) return false
  for (const [node, view] of views) {
    const isThere = view.term === leader.term && view.leader === leader.leader
    if (!isThere || view.commitIndex !== leader.commitIndex || models[node]?.lastIndex !== leader.commitIndex)
      return false
  }
  return true
}

function stateOf({ lastIndex }: DiskModel, view: LogView | undefined, node: number): string {
  if (view === undefined) return `${nameOf(node)} down`
  return `${nameOf(node)} ${view.role} t${view.term}, ${view.commitIndex} of ${lastIndex} committed`
}

/** Everybody who asked a leader has a yes after so long at most. */
export const served =
  (withinMs: number): LogRule =>
  ({ entries }) => {
    const asked = new Map<number, readonly [entry: number, at: number, command: unknown]>()
    for (const [i, entry] of entries.entries()) {
      if (entry[2] === 'asked') asked.set(entry[4], [i, entry[1], entry[5]])
      if (entry[2] !== 'replied') continue
      const [, at, command] = asked.get(entry[4]) ?? [0, 0, '']
      if (entry[1] - at > withinMs)
        return {
          entry: i,
          expected: `an answer for "${command}" within ${withinMs} ms`,
          got: `after ${entry[1] - at} ms`,
        }
      asked.delete(entry[4])
    }
    const [left] = asked.values()
    if (left === undefined) return undefined
    return { entry: -1, expected: `an answer for "${left[2]}", asked at ${left[1]} ms`, got: 'none' }
  }
