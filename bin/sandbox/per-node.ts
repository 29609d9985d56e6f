// Makes a submission one that can be evaluated as often as nodes boot: its module becomes a function, compiled once, whose
// every call is a world of variables of its own. (A module per boot would do the same at 0.2 ms each, and never be freed.)
// Every line and column stays where it is, so that every line number is the learner's own.

import { type Node, parse } from 'acorn'
import { unusedName } from './instrument.ts'
import type { Modules } from './prepare.ts'

const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const

/** The kit's fresh.ts looks for it. */
const FRESH = 'kata: evaluate afresh'

// biome-ignore lint/suspicious/noExplicitAny: a tree of some seventy shapes, read by the names of its fields
type Tree = Node & Record<string, any>

/** @param modules of a submission, with their gauge */
export function perNodeModules(modules: Modules): Modules {
  return Object.fromEntries(Object.entries(modules).map(([url, script]) => [url, perNode(script)]))
}

/** @returns a module with one export: the function */
export function perNode(script: string): string {
  const program = parse(script, SYNTAX) as Tree
  const factory = unusedName('afresh$', program)
  const byDefault = unusedName('default$', program)
  const exported: string[] = []
  const edits: { at: number; text: string; skip?: number }[] = []
  let body = 0
  const gives = (name: string, local: string) => exported.push(`get ${JSON.stringify(name)}(){return ${local}}`)
  for (const statement of program['body'] as Tree[]) {
    if (statement.type === 'ImportDeclaration') {
      body = statement.end
      continue
    }
    if (statement.type === 'ExportNamedDeclaration') {
      const { declaration, specifiers } = statement
      if (declaration === null) {
        for (const { local, exported: as } of specifiers) gives(as.name ?? as.value, local.name)
        edits.push({ at: statement.start, text: '', skip: statement.end })
      } else {
        for (const name of namesIn(declaration)) gives(name, name)
        edits.push({ at: statement.start, text: '', skip: declaration.start })
      }
    } else if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement
      const isNamed = /Declaration$/.test(declaration.type) && declaration.id !== null
      gives('default', isNamed ? declaration.id.name : byDefault)
      edits.push({ at: statement.start, text: isNamed ? '' : `const ${byDefault}=`, skip: declaration.start })
    }
  }
  // Imports are hoisted by the language, wherever they stand; those of ours come first, and the learner's have no values.
  const text = edited(script, edits, body)
  const give = `;return Object.freeze({${exported.join(',')}})`
  // Once at once: what fails while it is loaded shall do so while it is loaded.
  return `${script.slice(0, body)}const ${factory}=()=>{${text}\n${give}};${factory}();export{${factory} as ${JSON.stringify(FRESH)}}`
}

function edited(script: string, edits: readonly { at: number; text: string; skip?: number }[], from: number): string {
  let out = ''
  let at = from
  for (const edit of edits) {
    out += script.slice(at, edit.at) + edit.text + linesOf(script.slice(edit.at, edit.skip))
    at = edit.skip ?? edit.at
  }
  return out + script.slice(at)
}

/** What is cut out leaves its line ends behind. */
const linesOf = (text: string): string => text.replace(/[^\n]/g, ' ')

function namesIn(declaration: Tree): string[] {
  if (declaration.type !== 'VariableDeclaration') return [declaration['id'].name]
  return (declaration['declarations'] as Tree[]).flatMap(({ id }) => patternNames(id))
}

function patternNames(pattern: Tree): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern['name']]
    case 'ObjectPattern':
      return pattern['properties'].flatMap((one: Tree) => patternNames(one['value'] ?? one['argument']))
    case 'ArrayPattern':
      return pattern['elements'].flatMap((one: Tree | null) => (one === null ? [] : patternNames(one)))
    case 'AssignmentPattern':
      return patternNames(pattern['left'])
    default:
      return patternNames(pattern['argument'])
  }
}
