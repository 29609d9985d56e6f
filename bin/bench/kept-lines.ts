// What a long bench has found so far, a line each, so that an interruption loses no more than one. What was found by
// another state of the engine, of the graders or of what is judged does not count.

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Everything that a figure or a verdict hangs on: another engine, or another corpus, begins anew. */
export function identityOf(course: string, all: readonly { readonly name: string; readonly source: string }[]): string {
  const hash = createHash('sha256').update(process.version)
  for (const { name, source } of all) hash.update(name).update(source)
  for (const folder of ['bin/sandbox', 'bin/judge', 'graders'])
    for (const name of readdirSync(join(course, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(ts|mjs|json)$/.test(name)) hash.update(name).update(readFileSync(join(course, folder, name)))
  return hash.digest('hex').slice(0, 16)
}

export function readKept<Line extends { readonly identity: string }>(file: string, identity: string): Line[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line]
      } catch {
        return [] // torn by an interruption
      }
    })
    .filter((line) => line.identity === identity)
}

export function keep(file: string, line: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(line)}\n`)
}
