// From TypeScript text to modules that a subject can load from memory: types blanked out (every line and column stays),
// imports held to what is declared, fuel gauge put in.

import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type ImportDeclaration, type Node, parse } from 'acorn'
import { instrument, visit } from './instrument.ts'
import type { SourceProblem } from './source-problem.ts'

/** Sources of modules by URL, as they go into a subject. */
export type Modules = Record<string, string>

export type Prepared = { ok: true; url: string; modules: Modules } | { ok: false; problems: SourceProblem[] }

// Node prints a notice on the first use of this function; it is the same stripper that `node file.ts` uses.
function strip(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

/** `2-foundation/token-bucket` → the URL under which stack traces name the learner's file. */
export const submissionUrl = (path: string): string => `kata:/katas/${path}.ts`

/**
 * @param path the kata's path, @param source text of a submission that passed intake
 * @param mayImport module specifiers that the kata's stub imports (values, not types); anything else is refused
 */
export function prepareSubmission(path: string, source: string, mayImport: readonly string[]): Prepared {
  const url = submissionUrl(path)
  let script: string
  let program: Node
  try {
    script = strip(source)
    program = parse(script, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  } catch (error) {
    return { ok: false, problems: [syntaxProblem(error)] }
  }
  const problems: SourceProblem[] = []
  const refuse = (node: Node, message: string) =>
    problems.push({
      kind: 'intake',
      line: node.loc?.start.line ?? 1,
      column: (node.loc?.start.column ?? 0) + 1,
      message,
    })
  visit(program, (node) => {
    if (node.type === 'ImportExpression') refuse(node, 'A kata cannot import at run time: remove import().')
    if (node.type === 'MetaProperty' && script.startsWith('import', node.start))
      refuse(node, 'A kata has no place on a disk: remove import.meta.')
    const from = (node as Partial<ImportDeclaration>).source?.value
    if (
      /^(Import|Export(All|Named))Declaration$/.test(node.type) &&
      typeof from === 'string' &&
      !mayImport.includes(from)
    )
      refuse(node, `A kata is built from the language alone: remove the import of "${from.slice(0, 80)}".`)
  })
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, url, modules: { [url]: instrument(script, program) } }
}

/** What a stub imports as values: the only imports that its kata's submissions may have. */
export function importsOf(stub: string): string[] {
  return parse(strip(stub), { ecmaVersion: 'latest', sourceType: 'module' }).body.flatMap((statement) => {
    const from = (statement as Partial<ImportDeclaration>).source?.value
    return typeof from === 'string' ? [from] : []
  })
}

function syntaxProblem(error: unknown): SourceProblem {
  if (!(error instanceof Error)) throw error
  const loc = (error as { loc?: { line: number; column: number } }).loc
  // The stripper puts ":45" and the lines around, with a caret below the place, before the stack. The compile check, which
  // reads the same text, says it better; this stands only where that has no objection.
  const stack = error.stack ?? ''
  const head = /^:(\d+)\n/.exec(stack)
  if (loc === undefined && head === null) throw error
  return {
    kind: 'syntax',
    line: loc?.line ?? Number(head?.[1]),
    column: (loc?.column ?? /^( *)\^+$/m.exec(stack)?.[1]?.length ?? 0) + 1,
    message: error.message.replace(/ \(\d+:\d+\)$/, ''),
  }
}

/**
 * A module of ours (a driver, the kit's driver side) with everything that it imports, as URLs below `kata:/`.
 * @param course root of the course, @param file absolute path of the entry
 * @param stopAt URLs that the subject has already
 */
export function prepareOurs(course: string, file: string, stopAt: Modules = {}): { url: string; modules: Modules } {
  const modules: Modules = {}
  const urlOf = (path: string) => `kata:/${relative(course, path).split(sep).join('/')}`
  const queue = [file]
  for (const path of queue) {
    const url = urlOf(path)
    if (url in modules || url in stopAt) continue
    const script = strip(readFileSync(path, 'utf8'))
    modules[url] = script
    for (const statement of parse(script, { ecmaVersion: 'latest', sourceType: 'module' }).body) {
      const from = (statement as Partial<ImportDeclaration>).source?.value
      if (typeof from !== 'string' || !from.startsWith('.')) continue
      queue.push(fileURLToPath(new URL(from, pathToFileURL(path))))
    }
  }
  return { url: urlOf(resolve(file)), modules }
}
