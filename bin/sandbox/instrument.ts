// Puts a fuel gauge into a submission: one call at each function entry and loop pass, with the line. An endless loop then
// ends after an exact number of passes, the same on an idle laptop and on a loaded server, and its line is known. No
// newline is added, so that every line number stays the learner's own.

import type { Node } from 'acorn'

export const ENGINE_URL = 'kata:/engine'

interface Insertion {
  readonly at: number
  readonly text: string
}

type Fields = Record<string, unknown>

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/**
 * @param source JavaScript, @param program its acorn tree with locations
 * @returns the same program, line for line, that calls `burn(line)` of the subject's engine
 */
export function instrument(source: string, program: Node): string {
  const gauge = unusedName('burn$', program)
  const insertions: Insertion[] = []
  visit(program, (node) => {
    const loop = LOOPS.has(node.type)
    if (!loop && !FUNCTIONS.has(node.type)) return
    const body = (node as unknown as Fields)['body'] as Node
    const call = `${gauge}(${node.loc?.start.line ?? 0})`
    if (body.type === 'BlockStatement') insertions.push({ at: body.start + 1, text: `${call};` })
    else if (loop) insertions.push({ at: body.start, text: `{${call};` }, { at: body.end, text: '}' })
    else insertions.push({ at: body.start, text: `(${call},` }, { at: body.end, text: ')' })
  })
  return inserted(source, `import{burn as ${gauge}}from'${ENGINE_URL}';`, insertions)
}

/**
 * For code that is run again to find where it hangs: calls `mark(line)` in front of each statement of a list. A built-in
 * that never returns burns nothing, and may stand far below the function's first line.
 */
export function withMarks(source: string, program: Node): string {
  const marker = unusedName('mark$', program)
  const insertions: Insertion[] = []
  visit(program, (node) => {
    const { body, consequent } = node as unknown as Fields
    for (const list of [body, consequent])
      if (Array.isArray(list) && node.type !== 'ClassBody')
        for (const statement of list as Node[])
          insertions.push({ at: statement.start, text: `;${marker}(${statement.loc?.start.line ?? 0});` })
  })
  return inserted(source, `import{mark as ${marker}}from'${ENGINE_URL}';`, insertions)
}

/** Nowhere in the program, escapes decoded (`burn\u0024` is `burn$` too): nothing can shadow it or call it. */
export function unusedName(wanted: string, program: Node): string {
  const used = new Set<unknown>()
  visit(program, (node) => {
    if (node.type === 'Identifier') used.add((node as unknown as Fields)['name'])
  })
  let name = wanted
  for (let i = 2; used.has(name); i++) name = `${wanted}${i}`
  return name
}

export function inserted(source: string, head: string, insertions: readonly Insertion[]): string {
  // At one place an outer node's insertion comes first where it opens; the order of the walk gives just that. Closing
  // texts at one place are all the same kind of bracket chain, innermost first.
  const ordered = insertions.map((insertion, order) => ({ ...insertion, order })).sort(byPlace)
  // A first line for the shell has to stay first: nothing can stand before it, but it can be an ordinary comment.
  let out = source.startsWith('#!') ? `${head}//` : head
  let from = source.startsWith('#!') ? 2 : 0
  for (const { at, text } of ordered) {
    out += source.slice(from, at) + text
    from = at
  }
  return out + source.slice(from)
}

function byPlace(a: Insertion & { order: number }, b: Insertion & { order: number }): number {
  if (a.at !== b.at) return a.at - b.at
  const closes = (text: string) => /^[})]/.test(text)
  if (closes(a.text) && closes(b.text)) return b.order - a.order
  if (closes(a.text) !== closes(b.text)) return closes(a.text) ? -1 : 1
  return a.order - b.order
}

/** Every node of an ESTree, parents first. */
export function visit(root: Node, see: (node: Node) => void): void {
  const stack: Node[] = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    see(node)
    const children: Node[] = []
    for (const value of Object.values(node as unknown as Fields)) {
      if (isNode(value)) children.push(value)
      // One by one: a hundred thousand items are more than one call can be given.
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) children.push(item)
    }
    for (const child of children.reverse()) stack.push(child)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
