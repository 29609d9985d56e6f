// What a long bench has found so far, a line each, so that an interruption loses no more than one. What was found by
// another state of the engine, of the kata's grader or of what is judged does not count.

import { createHash, type Hash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { budgetsFile, driverFile, pristineStubFile, solutionFile, suiteFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'

/** What no verdict hangs on; files to be judged count for themselves alone. */
const BESIDE =
  /\.test\.ts$|-fixture\.ts$|(^|\/)(hostile|dodges|accepted|rejected|verify)\/|^(mutants|equivalents|touched-by)\.ts$|^budgets\/(with-code|field-names|race|speed)\.ts$/
/** What of the engine is loaded where something is measured, and nowhere else. */
const MEASURES =
  /^(budgets|cache-lines)\/|^(count-steps|name-allocations|step-aside|variants)\.ts$|^subject\/(meter|prices|patterns|tables)\.mjs$|^subject\/probes\/(allocations|answer-text|bytes|sizes|steps|work)\.mjs$/

/**
 * Names the state of everything that a verdict hangs on: Node, the libraries, the engine, the kata's grader with what it
 * imports of the kit, and what is judged. @returns a function of the kata and the file, which reads the engine once;
 * `measured`: not only its promises are judged, but what it costs
 */
export function identities(
  ws: Workspace,
): (kata: Kata, name: string, source: string | Uint8Array, measured: boolean) => string {
  const engineOf = (measured: boolean): Hash => {
    const hash = createHash('sha256').update(process.version)
    hash.update(readFileSync(join(ws.course, 'package-lock.json')))
    for (const folder of ['bin/sandbox', 'bin/judge'])
      for (const name of readdirSync(join(ws.course, folder), { recursive: true, encoding: 'utf8' }).sort())
        if (/\.(ts|mjs|json)$/.test(name) && !BESIDE.test(name) && (measured || !MEASURES.test(name)))
          hash.update(name).update(readFileSync(join(ws.course, folder, name)))
    return hash
  }
  const engines = { promises: engineOf(false), all: engineOf(true) }
  const graders = new Map<string, Hash>()
  const graderOf = (kata: Kata, measured: boolean): Hash => {
    const key = `${kata.slug} ${measured}`
    const known = graders.get(key)
    if (known !== undefined) return known
    const hash = engines[measured ? 'all' : 'promises'].copy()
    const roots = [suiteFile(ws, kata), driverFile(ws, kata), pristineStubFile(ws, kata)]
    if (measured) roots.push(budgetsFile(ws, kata), solutionFile(ws, kata))
    for (const file of withImports(roots)) hash.update(relative(ws.course, file)).update(readFileSync(file))
    graders.set(key, hash)
    return hash
  }
  return (kata, name, source, measured) =>
    graderOf(kata, measured).copy().update(name).update(source).digest('hex').slice(0, 16)
}

/** Files with all that they import by a relative path, in an order that does not change. */
function withImports(files: readonly string[]): string[] {
  const found = new Set(files.filter((file) => existsSync(file)))
  for (const file of found)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport) '(\.[^']+)'/g))
      found.add(join(dirname(file), path))
  return [...found].sort()
}

/** Those lines that were written by one of these states. */
export function readKept<Line extends { readonly identity: string }>(
  file: string,
  identities: ReadonlySet<string>,
): Line[] {
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
    .filter((line) => identities.has(line.identity))
}

export function keep(file: string, line: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(line)}\n`)
}
