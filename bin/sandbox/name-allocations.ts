// Puts the expression of each statement into a function of its own, named for its line. V8's heap profiler tells bytes by
// function; so it tells them by line. Only for a second run that explains a figure: it changes what is optimised away.

import type { Node } from 'acorn'
import { type Destructuring, destructurings } from './destructurings.ts'
import { inserted, visit } from './instrument.ts'

/** These mean something else inside of another function. */
const BOUND = new Set(['AwaitExpression', 'YieldExpression', 'Super'])

type Fields = Record<string, unknown>

/** @param script JavaScript, @param program its acorn tree with locations @returns the same program, line for line */
export function nameAllocations(script: string, program: Node): string {
  const insertions: { at: number; text: string }[] = []
  const insert = (at: number, text: string) => insertions.push({ at, text })
  const isNamed = (node: Node) => !isPlain(node) && !isBound(node)
  const wrap = (node: Node | null | undefined, before = '', after = '') => {
    if (node === null || node === undefined || !isNamed(node)) return
    const name = nameOf(node.loc?.start.line)
    insert(node.start, `${before}({${name}:()=>(`)
    insert(node.end, `)}).${name}()${after}`)
  }
  const made = destructurings(program, isNamed, isBound)
  const prefix = unusedPrefix(program)
  /**
   * What a pattern makes (what is left in `...rest`, defaults, an iterator) is the enclosing function's, which has no line.
   * So the pattern is taken apart in a function of its own, too, made where it stands, called where its value is known:
   * `const { a, ...b } = f()` becomes `let a,b,into={at$1:(value)=>{({ a, ...b }=value)}},done = into.at$1(f())`, where
   * `f()` is wrapped as everywhere.
   */
  const wrapPattern = ({ id, init, names, line }: Destructuring) => {
    const [name, into, done, value] = [
      nameOf(line),
      `${prefix}into${id.start}`,
      `${prefix}done${id.start}`,
      `${prefix}value`,
    ]
    insert(id.start, ` ${[...names, into].join()}={${name}:(${value})=>{(`)
    insert(id.end, `=${value})}},${done}`)
    if (isNamed(init)) return wrap(init, `${into}.${name}(`, ')')
    const [open, close] = init.type === 'SequenceExpression' ? ['((', '))'] : ['(', ')']
    insert(init.start, `${into}.${name}${open}`)
    insert(init.end, close)
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
      case 'VariableDeclarator': {
        const pattern = made.get(node)
        if (pattern === undefined) wrap(fields['init'] as Node | null)
        else wrapPattern(pattern)
        break
      }
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
  return inserted(withLet(script, [...made.values()]), '', insertions)
}

const nameOf = (line = 0): string => `at$${line}`

/** What is assigned to is no constant. Of the same length, so that all places stay where they are. */
function withLet(script: string, made: readonly Destructuring[]): string {
  let out = ''
  let from = 0
  for (const start of new Set(made.flatMap(({ constAt }) => constAt ?? []))) {
    out += `${script.slice(from, start)}let  `
    from = start + 'const'.length
  }
  return out + script.slice(from)
}

/** No name of the program begins with it. */
function unusedPrefix(program: Node): string {
  let prefix = '$'
  const names: string[] = []
  visit(program, (node) => {
    if (node.type === 'Identifier') names.push((node as unknown as Fields)['name'] as string)
  })
  while (names.some((name) => name.startsWith(prefix))) prefix += '$'
  return prefix
}

const isPlain = ({ type }: Node): boolean => type === 'Identifier' || type === 'Literal' || type === 'MemberExpression'

function isBound(root: Node): boolean {
  let found = false
  visit(root, (node) => {
    found ||= BOUND.has(node.type)
  })
  return found
}
