// Every source file of ours, and what each imports: what the house rules are held against.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export const COURSE = join(import.meta.dirname, '../..')

export interface Import {
  /** as written */
  readonly from: string
  /** path in the repository, for a relative import */
  readonly path: string | undefined
  readonly typeOnly: boolean
}

export interface Source {
  /** path in the repository */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

/** What git tracks, and what it would if it were added. */
export function trackedFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: COURSE })
  // A file that was just deleted is still in the index.
  return list
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(COURSE, path)))
}

export function sources(): Source[] {
  return trackedFiles()
    .filter((path) => /\.(ts|mjs|js)$/.test(path))
    .map((path) => {
      const text = readFileSync(join(COURSE, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

/** Names of package.json for files of ours. */
const ALIASES: Readonly<Record<string, string>> = {
  '#world': 'graders/kit/world.ts',
  '#disk': 'graders/kit/disk.ts',
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s+from\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(path: string, source: string): Import[] {
  // A scaffold or a fixture holds code as text.
  const text = source.replace(/`(?:[^`\\]|\\.)*`/g, '``')
  const found = [
    ...[...text.matchAll(STATEMENT)].map(([, type, from = '']) => ({ from, typeOnly: type !== undefined })),
    // A dynamic import in a type position is only a type, in JSDoc too; in code it loads: told by what stands before it.
    ...[...text.matchAll(DYNAMIC)].map((match) => ({
      from: match[1] ?? '',
      typeOnly: !/(await|=>|return)\s*\(?$/.test(text.slice(Math.max(0, (match.index ?? 0) - 12), match.index)),
    })),
  ]
  return found.map((one) => ({
    ...one,
    path: one.from.startsWith('.') ? posix.join(posix.dirname(path), one.from) : ALIASES[one.from],
  }))
}
