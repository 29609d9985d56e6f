// Puts the expression of each statement into a function of its own, named for its line. V8's heap profiler tells bytes by
// function; so it tells them by line. Only for a second run that explains a figure: it changes what is optimised away.

import type { Node } from 'acorn'
import { inserted, visit } from './instrument.ts'

/** These mean something else inside of another function. */
const BOUND = new Set(['AwaitExpression', 'YieldExpression', 'Super'])

type Fields = Record<string, unknown>

/** @param script JavaScript, @param program its acorn tree with locations @returns the same program, line for line */
export function nameAllocations(script: string, program: Node): string {
  const insertions: { at: number; text: string }[] = []
  const wrap = (node: Node | null | undefined, before = '', after = '') => {
    if (node === null || node === undefined || isPlain(node) || isBound(node)) return
    const name = `at$${node.loc?.start.line ?? 0}`
    insertions.push(
      { at: node.start, text: `${before}({${name}:()=>(` },
      { at: node.end, text: `)}).${name}()${after}` },
    )
  }
  visit(program, (node) => {
    const fields = node as unknown as Fields
    switch (node.type) {
      case 'ExpressionStatement':
        // By `void`, because a bracket that begins a statement would belong to the line before.
        if (fields['directive'] === undefined) wrap(fields['expression'] as Node, 'void ')
        break
      case 'ReturnStatement':
      case 'ThrowStatement':
        wrap(fields['argument'] as Node | null)
        break
      case 'VariableDeclarator':
        wrap(fields['init'] as Node | null)
        break
      case 'IfStatement':
      case 'WhileStatement':
      case 'ForStatement':
        wrap(fields['test'] as Node | null)
        break
      case 'ForOfStatement':
        wrap(fields['right'] as Node)
        break
      case 'ArrowFunctionExpression':
        if (fields['expression'] === true) wrap(fields['body'] as Node)
    }
  })
  return inserted(script, '', insertions)
}

const isPlain = ({ type }: Node): boolean => type === 'Identifier' || type === 'Literal' || type === 'MemberExpression'

function isBound(root: Node): boolean {
  let found = false
  visit(root, (node) => {
    found ||= BOUND.has(node.type)
  })
  return found
}
