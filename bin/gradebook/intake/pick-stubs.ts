// Which files of a tree are the declared stub files. By their relative path or, where nobody kept the folders, by their
// name alone; where several could be meant none is taken, for a guess would grade work that nobody handed in.

import type { Kata } from '../../course/kata.ts'
import type { Item } from './handing.ts'
import { MAX_RIVALS } from './limits.ts'

/** A file that may be the one of a kata. */
export interface Candidate extends Item {
  readonly kata: Kata
  /** 0: `katas/<path>.ts` from the top · 1: the same further down · 2: by its name alone */
  readonly rank: 0 | 1 | 2
}

/** Folders of the course that hold files of the same names, and no learner's work. */
const NOT_THE_STUB = /(?:^|\/)(?:solutions|graders|lessons)\//

export function candidates(items: readonly Item[], katas: readonly Kata[]): Candidate[] {
  const bySlug = new Map(katas.map((kata) => [`${kata.slug}.ts`, kata]))
  return items.flatMap((item): Candidate[] => {
    const { path, entry } = item
    const kata = entry.kind === 'file' ? bySlug.get(path.slice(path.lastIndexOf('/') + 1)) : undefined
    if (kata === undefined) return []
    const declared = `katas/${kata.path}.ts`
    if (path === declared) return [{ ...item, kata, rank: 0 }]
    if (path.endsWith(`/${declared}`)) return [{ ...item, kata, rank: 1 }]
    return NOT_THE_STUB.test(path) ? [] : [{ ...item, kata, rank: 2 }]
  })
}

/** The best of a container for each kata; where too many are equally good, that alone, and none of them is worth reading. */
export function best(all: readonly Candidate[]): { readonly candidate: Candidate; readonly rivals: number }[] {
  const byKata = new Map<Kata, Candidate[]>()
  for (const candidate of all) {
    const some = byKata.get(candidate.kata)
    if (some === undefined) byKata.set(candidate.kata, [candidate])
    else some.push(candidate)
  }
  return [...byKata.values()].flatMap((some) => {
    const sorted = some.toSorted((a, b) => a.rank - b.rank)
    const rivals = sorted.filter(({ rank }) => rank === sorted[0]?.rank).length
    return sorted.slice(0, rivals > MAX_RIVALS ? 1 : MAX_RIVALS).map((candidate) => ({ candidate, rivals }))
  })
}

/** Files that somebody seems to have meant as a stub, and that are not named like it. */
export function misnamed(
  items: readonly Item[],
  katas: readonly Kata[],
): { readonly path: string; readonly kata: Kata; readonly entry: Item['entry'] }[] {
  const bare = new Map(katas.map((kata) => [letters(kata.slug), kata]))
  return items.flatMap(({ path, entry }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const match = /^(.+?)(?:[ _-]?\(\d+\)|[ _-]copy)?\.(?:ts|js|mts|cts|tsx|txt|ts\.txt)$/i.exec(name)
    const kata = entry.kind === 'file' && match?.[1] !== undefined ? bare.get(letters(match[1])) : undefined
    return kata === undefined || name === `${kata.slug}.ts` || NOT_THE_STUB.test(path) ? [] : [{ path, kata, entry }]
  })
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Files that would steer a build or a test run. They are no part of a submission, and are named once for the record. */
const STEERS =
  /(?:^|\/)(?:package(?:-lock)?\.json|\.npmrc|\.yarnrc(?:\.yml)?|tsconfig[^/]*\.json|vite(?:st)?\.config\.[cm]?[jt]s|\.gitattributes|\.gitmodules|\.envrc|\.env|Makefile|\.github\/.+|\.vscode\/.+|[^/]+\.node|binding\.gyp)$/i

export const steers = (path: string): boolean => STEERS.test(path)

/** Of which katas a name may have been the file, or a folder above it. */
export function mayBe(path: string, katas: readonly Kata[]): readonly Kata[] | 'any' {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  if (name === '' || name === 'katas') return 'any'
  if (katas.some((kata) => kata.path.startsWith(`${name}/`)))
    return katas.filter((kata) => kata.path.startsWith(`${name}/`))
  return katas.filter(({ slug }) => name.toLowerCase() === `${slug}.ts`)
}
