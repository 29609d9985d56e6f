// Clients of a cluster by the clock, under all kinds of faults: which runs there are of a seed, and what must hold in them.

import { type Command, copy, growing } from '../../kit/raft/key-values.ts'
import type { LogMessage, LogView } from '../../kit/raft/replicated-log.ts'
import { type Check, type Entry, type Profile, planFor, withPartition } from '../../kit/simulate.ts'
import type { TimedInput } from '../../kit/simulation.ts'
import { asOneCopy } from '../../kit/world/operations.ts'

export type { Command }
export type Rule = Check<LogView, LogMessage>
export type Result = { readonly type: string; readonly value?: string | null; readonly leader?: string | null }

/** Values are made of marks that are written once each, so that one that is there twice was executed twice. */
const marksOf = (value: string): string[] => value.split(';').slice(0, -1)

/** Nobody is told of a value that was written twice. */
const once: Rule = ({ entries }) => {
  for (const [i, entry] of (entries as readonly Entry[]).entries()) {
    if (entry[2] !== 'replied') continue
    const { value } = entry[5] as Result
    if (typeof value !== 'string') continue
    const marks = marksOf(value)
    const twice = marks.find((mark, place) => marks.indexOf(mark) !== place)
    if (twice !== undefined)
      return { entry: i, expected: `'${twice};' once: it was asked for once`, got: `the value is '${value}'` }
  }
  return undefined
}

const oneCopy = asOneCopy(
  copy,
  {
    input: (command) => command as Command,
    output: (result) => (result as Result).value ?? null,
  },
  growing,
)

/** What was executed twice, and what a retry is told, is another promise's matter. */
const linearizable: Rule = (history, setup) =>
  once(history, setup) === undefined && alike(history, setup) === undefined ? oneCopy(history) : undefined

/** Requests of one write are answered alike, whoever answers, as far as they are; and never with what came of it. */
const alike: Rule = ({ entries }) => {
  const asked = new Map<number, Command>()
  const told = new Map<string, Result>()
  for (const [i, entry] of (entries as readonly Entry[]).entries()) {
    if (entry[2] === 'asked') asked.set(entry[4], entry[5] as Command)
    if (entry[2] !== 'replied') continue
    const command = asked.get(entry[4])
    const result = entry[5] as Result
    if (command === undefined || command.type === 'Get' || result.type !== 'Done') continue
    const isOwn = marksOf(result.value ?? '').includes(command.value.slice(0, -1))
    if (isOwn)
      return {
        entry: i,
        expected: `write ${command.sequence} of client ${command.client} is told what was there before it`,
        got: `it is told ${tell(result)}, which holds its own '${command.value}'`,
      }
    const write = `${command.client}, ${command.sequence}`
    const first = told.get(write)
    if (first !== undefined && first.value !== result.value)
      return {
        entry: i,
        expected: `write ${command.sequence} of client ${command.client} is told again that before it was ${tell(first)}`,
        got: tell(result),
      }
    told.set(write, result)
  }
  return undefined
}

const tell = ({ value }: Result): string => (value === null || value === undefined ? 'nothing' : `'${value}'`)

/** Who does not lead says so at once, and who does; a write that is done already it may answer. */
const sendsOn: Rule = ({ entries }) => {
  const views = new Map<number, LogView>()
  const list = entries as readonly Entry<LogView, LogMessage>[]
  for (const [i, entry] of list.entries()) {
    if (entry[2] === 'boot') views.delete(entry[3])
    if (entry[2] === 'view') views.set(entry[3], entry[4])
    if (entry[2] !== 'asked') continue
    const [step, , , node, request] = entry
    const view = views.get(node)
    if (view === undefined || view.role === 'leader') continue
    const at = list.findIndex((one, j) => j > i && one[0] === step && one[2] === 'replied' && one[4] === request)
    const result = list[at]?.[5] as Result | undefined
    if (result?.type === 'Done' && (entry[5] as Command).type !== 'Get') continue
    if (result?.type === 'NotLeader' && result.leader === view.leader) continue
    return {
      entry: at < 0 ? i : at,
      expected: `n${node + 1} does not lead, and says so: its leader is ${view.leader ?? 'not known'}`,
      got:
        result === undefined
          ? 'no answer'
          : result.type === 'Done'
            ? `the answer ${tell(result)}`
            : `it says that the leader is ${result.leader ?? 'not known'}`,
    }
  }
  return undefined
}

const CHAOS_MS = 2_500
const QUIET_MS = 2_500

/** When all is well again, every client is answered. */
const answered: Rule = ({ entries, end, counts }, { clients = [] }) => {
  if (end === 'storm') return { entry: -1, expected: 'an end', got: `a storm of ${counts.sent} messages` }
  const well = new Set<number>()
  for (const entry of entries as readonly Entry[])
    if (entry[2] === 'returned' && entry[1] >= CHAOS_MS) well.add(entry[3])
  const left = clients.findIndex((_, client) => !well.has(client))
  if (left < 0) return undefined
  return { entry: -1, expected: `client ${left + 1} is answered when all is well`, got: 'it never is' }
}

const KEYS = ['x', 'y']

/** They write and read by turns, each mark once; nothing is overwritten, so that what was executed twice stays visible. */
export function scriptsFor(clients: number, operations: number, seed: number): Command[][] {
  return Array.from({ length: clients }, (_, client) =>
    Array.from({ length: operations }, (_, i): Command => {
      const key = KEYS[(client + i + seed) % 5 === 0 ? 1 : 0] as string
      if (((3 * client + 5 * i + seed) % 7) % 2 === 0) return { type: 'Get', key }
      const value = `${client + 1}.${i + 1};`
      return { type: 'Append', key, value, client: client + 1, sequence: i + 1 }
    }),
  )
}

export const RULES = { linearizable, once, alike, sendsOn } satisfies Record<string, Rule>

export const PROFILES: readonly Profile[] = ['swarm', 'hunter', 'blackout', 'hunter']

export function runsFor(seed: number): TimedInput[] {
  const runs = PROFILES.map((profile, i): TimedInput => {
    const nodes = i === 3 ? 5 : 3
    const scale = { nodes, chaosMs: CHAOS_MS, quietMs: QUIET_MS, patienceMs: 300 }
    return {
      nodes,
      seed: (seed + i) | 0,
      plan: planFor(profile, (seed + i) | 0, scale),
      maxSteps: 40_000,
      clients: scriptsFor(4, 120, i),
      pace: { thinkMs: 80, patienceMs: 250, attempts: 5 },
    }
  })
  return withPartition(runs)
}

export const RUN_RULES = { linearizable, once, answered } satisfies Record<string, Rule>
