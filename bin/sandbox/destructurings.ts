// Declarations that make something beside what they are given: the rest of an object, a default, an iterator. Such garbage
// is made by no expression of the program, so that whoever tells garbage by expression has to look at patterns, too.

import type { Node } from 'acorn'
import { visit } from './instrument.ts'

export interface Destructuring {
  readonly id: Node
  readonly init: Node
  /** all that it declares */
  readonly names: readonly string[]
  /** on which something is made: the pattern's first where there are several */
  readonly line: number
  /** where `const` stands, if it is one */
  readonly constAt?: number
}

type Fields = Record<string, unknown>
const fieldsOf = (node: Node) => node as unknown as Fields

/**
 * Those that can be made of assignments: not in the head of a loop, where each pass has variables of its own, and not at the
 * top of a module, where they may be exported and are made once.
 * @param isMade whether an expression may make something, and can be moved into a function
 * @param isBound whether it cannot be moved, because it waits or yields
 * @returns by declarator, in the order of the program
 */
export function destructurings(
  program: Node,
  isMade: (expression: Node) => boolean,
  isBound: (expression: Node) => boolean,
): ReadonlyMap<Node, Destructuring> {
  const apart = new Set<unknown>(fieldsOf(program)['body'] as Node[])
  const found = new Map<Node, Destructuring>()
  visit(program, (node) => {
    const { init, left, declaration, kind, declarations } = fieldsOf(node)
    if (node.type !== 'VariableDeclaration') {
      // Parents come first.
      if (node.type !== 'VariableDeclarator') for (const one of [init, left, declaration]) apart.add(one)
      return
    }
    if (apart.has(node)) return
    for (const declarator of declarations as Node[]) {
      const { id, init } = declarator as unknown as { id: Node; init: Node | null }
      if (init === null || !/Pattern$/.test(id.type)) continue
      const pattern = patternOf(id, isMade, isBound)
      if (pattern === undefined) continue
      found.set(declarator, { id, init, ...pattern, ...(kind === 'const' ? { constAt: node.start } : {}) })
    }
  })
  return found
}

/** @returns undefined for one that makes nothing, or cannot be moved */
function patternOf(
  id: Node,
  isMade: (expression: Node) => boolean,
  isBound: (expression: Node) => boolean,
): Pick<Destructuring, 'names' | 'line'> | undefined {
  const names: string[] = []
  const lines = new Set<number>()
  let iterates = false
  let isStuck = false
  const lineOf = (node: Node) => node.loc?.start.line ?? 0
  const expression = (node: Node) => {
    if (isMade(node)) lines.add(lineOf(node))
    else if (isBound(node) || !['Identifier', 'Literal', 'MemberExpression'].includes(node.type)) isStuck = true
  }
  const walk = (node: Node | null) => {
    if (node === null) return
    const { name, properties, elements, argument, left, right, computed, key, value } = fieldsOf(node)
    switch (node.type) {
      case 'Identifier':
        names.push(name as string)
        break
      case 'ObjectPattern':
        for (const property of properties as Node[]) walk(property)
        break
      case 'Property':
        if (computed === true) expression(key as Node)
        walk(value as Node)
        break
      case 'ArrayPattern':
        iterates = true
        for (const element of elements as (Node | null)[]) walk(element)
        break
      case 'RestElement':
        lines.add(lineOf(node))
        walk(argument as Node)
        break
      case 'AssignmentPattern':
        walk(left as Node)
        expression(right as Node)
    }
  }
  walk(id)
  const [line = lineOf(id), ...others] = lines
  if (isStuck || (lines.size === 0 && !iterates)) return undefined
  // An iterator is rarely made in the end: it has no line where something else has one.
  return { names, line: others.length === 0 ? line : lineOf(id) }
}
