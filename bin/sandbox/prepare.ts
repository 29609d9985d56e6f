// From TypeScript text to modules that a subject can load from memory: types blanked out (every line and column stays),
// imports held to what is declared, fuel gauge put in.

import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type ImportDeclaration, type Node, parse } from 'acorn'
import { printable } from '../course/printable.ts'
import { instrument, visit, withMarks } from './instrument.ts'
import type { SourceProblem } from './source-problem.ts'
import { stripTypes } from './strip.ts'

const MAX_PROBLEMS = 10
const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const

/** Sources of modules by URL, as they go into a subject. */
export type Modules = Record<string, string>

export type Prepared =
  /** `script`: JavaScript, line for line, without the gauge; `modules`: with it */
  { ok: true; url: string; script: string; modules: Modules } | { ok: false; problems: SourceProblem[] }

/** Types blanked out of a source of ours, which has no business to fail. */
function stripOurs(source: string): string {
  const stripped = stripTypes(source)
  if (stripped.ok) return stripped.script
  throw new Error(`${stripped.message} (${stripped.stack.split('\n')[0]})`)
}

/** `2-foundation/token-bucket` → the URL under which stack traces name the learner's file. */
export const submissionUrl = (path: string): string => `kata:/katas/${path}.ts`

/**
 * @param path the kata's path, @param source text of a submission that passed intake
 * @param mayImport module specifiers that the kata's stub imports (values, not types); anything else is refused
 */
export function prepareSubmission(path: string, source: string, mayImport: readonly string[]): Prepared {
  const url = submissionUrl(path)
  const stripped = stripTypes(source)
  if (!stripped.ok) return { ok: false, problems: [strippersProblem(stripped)] }
  const { script } = stripped
  let program: Node
  try {
    program = parse(script, SYNTAX)
  } catch (error) {
    return { ok: false, problems: [parsersProblem(error)] }
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
      refuse(node, `A kata is built from the language alone: remove the import of "${printable(from, 80)}".`)
  })
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) }
  return { ok: true, url, script, modules: { [url]: instrument(script, program) } }
}

/** What a stub imports as values: the only imports that its kata's submissions may have. */
export function importsOf(stub: string): string[] {
  const stripped = stripTypes(stub)
  if (!stripped.ok) throw new Error(`A stub does not parse: ${stripped.message}`)
  return parse(stripped.script, { ecmaVersion: 'latest', sourceType: 'module' }).body.flatMap((statement) => {
    const from = (statement as Partial<ImportDeclaration>).source?.value
    return typeof from === 'string' ? [from] : []
  })
}

/** The same submission, as it is run once more to find the line on which it hangs. */
export function marked(modules: Modules): Modules {
  return Object.fromEntries(Object.entries(modules).map(([url, script]) => [url, markedScript(script)]))
}

function markedScript(script: string): string {
  try {
    return withMarks(script, parse(script, SYNTAX))
  } catch {
    // The gauge has nested it too deeply for the parser. It still tells the line of each function and loop.
    return script
  }
}

// The compile check, which reads the same text, says it better; these two stand only where that has no objection.

function strippersProblem({ message, stack }: { message: string; stack: string }): SourceProblem {
  // ":45" and the lines around, with a caret below the place, come before the stack.
  const line = Number(/^:(\d+)\n/.exec(stack)?.[1] ?? 1)
  const column = (/^( *)\^+$/m.exec(stack)?.[1]?.length ?? 0) + 1
  return { kind: 'syntax', line, column, message: printable(message, 400) }
}

function parsersProblem(error: unknown): SourceProblem {
  const loc = (error as { loc?: { line: number; column: number } }).loc
  if (!(error instanceof SyntaxError) || loc === undefined) throw error
  const message = printable(error.message.replace(/ \(\d+:\d+\)$/, ''), 400)
  return { kind: 'syntax', line: loc.line, column: loc.column + 1, message }
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
    const script = stripOurs(readFileSync(path, 'utf8'))
    modules[url] = script
    for (const statement of parse(script, { ecmaVersion: 'latest', sourceType: 'module' }).body) {
      const from = (statement as Partial<ImportDeclaration>).source?.value
      if (typeof from !== 'string' || !from.startsWith('.')) continue
      queue.push(fileURLToPath(new URL(from, pathToFileURL(path))))
    }
  }
  return { url: urlOf(resolve(file)), modules }
}
