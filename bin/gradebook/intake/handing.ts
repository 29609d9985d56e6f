// What one learner handed in at one time: the meeting point of all layouts. A layout only says whose an entry is and
// which attempt it belongs to; what is taken from it is decided in one place for all of them.

import type { Learner } from '../submitted.ts'
import { type Entry, REFUSALS, type Refused, safePath, type Tree } from './tree.ts'

export interface Handing {
  readonly learner: Learner
  /** counted from 1, in order of time */
  readonly attempt: number
  /** as the system says that took it in */
  readonly atMs?: number
  readonly items: readonly Item[]
  readonly refused: readonly Refused[]
}

export interface Item {
  readonly entry: Entry
  /** within what the learner handed in: `katas/2-foundation/token-bucket.ts` */
  readonly path: string
  /** see `Submitted` */
  readonly markedLateBy?: 'Canvas'
}

/** A whole class, before anything is read. */
export interface Plan {
  readonly handings: readonly Handing[]
  /** what belongs to nobody, each with a sentence */
  readonly nobodys: readonly { readonly path: string; readonly why: string }[]
  /** what an instructor should know about how it was read */
  readonly remarks: readonly string[]
}

export interface Top {
  readonly name: string
  readonly isFolder: boolean
  /** with paths below it; a file at the top keeps its name */
  readonly items: Item[]
  readonly refused: Refused[]
}

/** Everything by its first name, sorted; and what has a name that nobody's is. */
export function byTop(tree: Tree): { tops: Top[]; nobodys: Plan['nobodys'] } {
  const tops = new Map<string, { isFolder: boolean; items: Item[]; refused: Refused[] }>()
  const nobodys: { path: string; why: string }[] = []
  const at = (name: string) => {
    const there = tops.get(name) ?? { isFolder: false, items: [], refused: [] }
    tops.set(name, there)
    return there
  }
  const split = (path: string): [string, string] => {
    const slash = path.indexOf('/')
    return slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)]
  }
  for (const folder of tree.folders) at(split(folder)[0]).isFolder = true
  for (const entry of tree.entries) {
    const [name, rest] = split(entry.path)
    const top = at(name)
    if (rest !== '' || entry.kind === 'repository') top.isFolder = true
    top.items.push({ entry, path: rest === '' && entry.kind === 'file' ? name : rest })
  }
  for (const each of tree.refused) {
    const [name, rest] = split(each.path)
    const safe = safePath(name)
    if (each.refusal === 'path' || !('path' in safe) || safe.path === '')
      nobodys.push({ path: each.path, why: REFUSALS[each.refusal] })
    else at(name).refused.push({ ...each, path: rest, origin: each.path })
  }
  return {
    tops: [...tops]
      .filter(([name]) => name !== '' && !name.startsWith('.'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, top]) => ({ name, ...top })),
    nobodys,
  }
}

const ATTEMPT = /^attempt[ _-]?(\d{1,4})(?:\/|$)/i

export const isAttempt = (name: string): boolean => ATTEMPT.test(name)

/** Folders `attempt-1`, `attempt-2` of one learner are attempts; without them there is one. */
export function byAttempt(items: readonly Item[], refused: readonly Refused[]): Omit<Handing, 'learner'>[] {
  const numbers = new Set([...items, ...refused].flatMap(({ path }) => attemptOf(path) ?? []))
  if (numbers.size === 0) return [{ attempt: 1, items, refused }]
  const of = (number: number | undefined) => ({
    items: items
      .filter(({ path }) => attemptOf(path) === number)
      .map((item) => ({ ...item, path: inAttempt(item.path) })),
    refused: refused.filter(({ path }) => attemptOf(path) === number),
  })
  const beside = of(undefined)
  const numbered = [...numbers].sort((a, b) => a - b).map((number) => ({ attempt: number, ...of(number) }))
  const last = numbered.at(-1)
  if (last === undefined || beside.items.length + beside.refused.length === 0) return numbered
  // What lies beside the numbered folders belongs to no attempt that we know; it joins the last as a rival of its files.
  return [
    ...numbered.slice(0, -1),
    { ...last, items: [...last.items, ...beside.items], refused: [...last.refused, ...beside.refused] },
  ]
}

const attemptOf = (path: string): number | undefined => {
  const number = ATTEMPT.exec(path)?.[1]
  return number === undefined ? undefined : Number(number)
}

const inAttempt = (path: string): string => path.replace(ATTEMPT, '')
