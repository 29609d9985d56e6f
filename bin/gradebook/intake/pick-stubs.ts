// Which files of a tree are the declared stub files. By their relative path or, where nobody kept the folders, by their
// name alone; where several could be meant none is taken, for a guess would grade work that nobody handed in.

import type { Kata } from '../../course/kata.ts'
import type { Entry } from './tree.ts'

/** A file that may be the one of a kata. */
export interface Candidate {
  readonly kata: Kata
  /** 0: `katas/<path>.ts` from the top · 1: the same further down · 2: by its name alone */
  readonly rank: 0 | 1 | 2
  readonly path: string
  readonly size: number
}

/** Folders of the course that hold files of the same names, and no learner's work. */
const NOT_THE_STUB = /(?:^|\/)(?:solutions|graders|lessons)\//

export function candidates(
  entries: readonly Pick<Entry, 'path' | 'size' | 'kind'>[],
  katas: readonly Kata[],
): Candidate[] {
  const bySlug = new Map(katas.map((kata) => [`${kata.slug}.ts`, kata]))
  return entries.flatMap(({ path, size, kind }): Candidate[] => {
    const kata = kind === 'file' ? bySlug.get(path.slice(path.lastIndexOf('/') + 1)) : undefined
    if (kata === undefined) return []
    const declared = `katas/${kata.path}.ts`
    if (path === declared) return [{ kata, rank: 0, path, size }]
    if (path.endsWith(`/${declared}`)) return [{ kata, rank: 1, path, size }]
    return NOT_THE_STUB.test(path) ? [] : [{ kata, rank: 2, path, size }]
  })
}

/** Files that somebody seems to have meant as a stub, and that are not named like it. */
export function misnamed(
  entries: readonly Pick<Entry, 'path' | 'kind'>[],
  katas: readonly Kata[],
): { readonly path: string; readonly kata: Kata }[] {
  const bare = new Map(katas.map((kata) => [letters(kata.slug), kata]))
  return entries.flatMap(({ path, kind }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const match = /^(.+?)(?:[ _-]?\(\d+\)|[ _-]copy)?\.(?:ts|js|mts|cts|tsx|txt|ts\.txt)$/i.exec(name)
    const kata = kind === 'file' && match?.[1] !== undefined ? bare.get(letters(match[1])) : undefined
    return kata === undefined || name === `${kata.slug}.ts` || NOT_THE_STUB.test(path) ? [] : [{ path, kata }]
  })
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Files that would steer a build or a test run. They are no part of a submission, and are named once for the record. */
const STEERS =
  /(?:^|\/)(?:package(?:-lock)?\.json|\.npmrc|\.yarnrc(?:\.yml)?|tsconfig[^/]*\.json|vite(?:st)?\.config\.[cm]?[jt]s|\.gitattributes|\.gitmodules|\.envrc|\.env|Makefile|\.github\/.+|\.vscode\/.+|[^/]+\.node|binding\.gyp)$/i

export const steers = (path: string): boolean => STEERS.test(path)
