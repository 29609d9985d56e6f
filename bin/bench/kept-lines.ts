// What a long bench has found so far, a line each, so that an interruption loses no more than one. What was found by
// another state of the engine, of the kata's grader or of what is judged does not count.

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { graderFolder, solutionFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'

/** What no verdict hangs on; files to be judged count for themselves alone. */
const BESIDE = /\.test\.ts$|-fixture\.ts$|(^|\/)(hostile|dodges|accepted|rejected)\//

/**
 * Names the state of everything that a verdict hangs on: Node, the libraries, the engine, the kata's grader, and what is
 * judged. @returns a function of the kata and the file, which reads the engine once
 */
export function identities(ws: Workspace): (kata: Kata, name: string, source: string | Uint8Array) => string {
  const filesOf = (folder: string): [string, Buffer][] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((name) => /\.(ts|mjs|json)$/.test(name) && !BESIDE.test(name))
      .map((name) => [name, readFileSync(join(folder, name))])
  const engine = createHash('sha256').update(process.version)
  engine.update(readFileSync(join(ws.course, 'package-lock.json')))
  for (const folder of ['bin/sandbox', 'bin/judge', 'graders/kit'])
    for (const [name, text] of filesOf(join(ws.course, folder))) engine.update(name).update(text)
  const graders = new Map<string, string>()
  const graderOf = (kata: Kata): string => {
    const known = graders.get(kata.slug)
    if (known !== undefined) return known
    const hash = engine.copy().update(readFileSync(solutionFile(ws, kata)))
    for (const [name, text] of filesOf(graderFolder(ws, kata))) hash.update(name).update(text)
    const made = hash.digest('hex')
    graders.set(kata.slug, made)
    return made
  }
  return (kata, name, source) =>
    createHash('sha256').update(graderOf(kata)).update(name).update(source).digest('hex').slice(0, 16)
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

/** @param text of `--minutes` @returns whether that long has passed since now */
export function deadline(text: string | undefined): () => boolean {
  const minutes = wholeNumber('--minutes', text ?? '1000000')
  const endMs = performance.now() + 60_000 * minutes
  return () => performance.now() >= endMs
}

/** @throws where it is none: a bench that does nothing for a slip of the fingers would look as if all were well */
export function wholeNumber(what: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  console.error(`${what} is a whole number from 1 up, and not "${text}".`)
  process.exit(2)
}
