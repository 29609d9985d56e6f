// Makes a submission count its own steps: one at each function entry and loop pass, with the line. What built-ins cost is
// charged by subject/meter.mjs to the line that is marked in front of each call here; what syntax does by itself (joining
// strings, arithmetic on BigInts, copying objects) goes through functions of the same meter. No newline is added.

import type { Node } from 'acorn'
import { type Edit, edited } from './edits.ts'
import { ENGINE_URL, unusedName, visit } from './instrument.ts'

/** Later lines count as this one: the meter's table has an end. */
const MAX_LINE = 65_535

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Operators whose work grows with what they are given, and the function of the meter that stands in for each. */
const METERED_OPERATORS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  '**': 'power',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'shiftLeft',
  '>>': 'shiftRight',
  '==': 'looselyEqual',
  '!=': 'looselyUnequal',
  '===': 'equal',
  '!==': 'unequal',
  '<': 'less',
  '>': 'greater',
  '<=': 'atMost',
  '>=': 'atLeast',
}
const METERED_SIGNS: Readonly<Record<string, string>> = { '+': 'plus', '-': 'minus', '~': 'invert' }
/** A constant of at most this many characters is compared at no cost worth counting. */
const SHORT_TEXT = 8

/** A node, read by the names of its fields; which are there depends on its type. */
interface Syntax extends Node {
  readonly [field: string]: unknown
}
const fields = (node: unknown) => node as Syntax

/** @param script JavaScript, @param program its acorn tree with locations */
export function countSteps(script: string, program: Node): string {
  const meter = unusedName('meter$', program)
  const edits: Edit[] = []
  /** literals of tagged templates: no strings to be joined */
  const tagged = new Set<unknown>()
  /** declarations in the head of a loop, and those that are exported */
  const headed = new Set<unknown>()
  const exported = new Set<unknown>()
  let spares = 0

  const line = (node: Node) => Math.min(node.loc?.start.line ?? 0, MAX_LINE)
  const call = (name: string, node: Node) => `${meter}.${name}(${line(node)}`
  const open = (at: number, text: string) => edits.push({ at, text })
  const close = (at: number, text: string) => edits.push({ at, text, closes: true })
  /** @param at whose line it is */
  const wrap = (name: string, node: Node, at = node) => {
    const list = node.type === 'SequenceExpression'
    open(node.start, `${call(name, at)},${list ? '(' : ''}`)
    close(node.end, list ? '))' : ')')
  }
  const replaceOperator = (left: Node, operator: string, text: string) =>
    edits.push({ at: script.indexOf(operator, afterBlanks(script, left.end)), skip: operator.length, text })

  visit(program, (any) => {
    const node = fields(any)
    if (FUNCTIONS.has(node.type)) return seeFunction(node)
    if (LOOPS.has(node.type)) return seeLoop(node)
    switch (node.type) {
      case 'BinaryExpression': {
        const { left, right, operator } = node as unknown as { left: Syntax; right: Syntax; operator: string }
        const name = METERED_OPERATORS[operator]
        if (name === undefined || isCheap(operator, left) || isCheap(operator, right)) return
        open(node.start, `${call(name, node)},`)
        replaceOperator(left, operator, ',')
        return close(node.end, ')')
      }
      case 'AssignmentExpression': {
        const { left, right, operator } = node as unknown as { left: Syntax; right: Syntax; operator: string }
        if (operator === '=') {
          if (hasRest(left)) wrap('reads', right, node)
          return
        }
        const name = METERED_OPERATORS[operator.slice(0, -1)]
        if (name === undefined || isCheap(operator.slice(0, -1), right)) return
        // A variable is read again at no cost. Of anything else only the result is seen, which is about as long.
        if (left.type !== 'Identifier') return wrap('made', node)
        replaceOperator(left, operator, `=${call(name, node)},${script.slice(left.start, left.end)},`)
        return close(node.end, ')')
      }
      case 'MemberExpression':
        // A key that has been joined is laid out, and looked up letter by letter.
        if (node['computed'] === true && !isNumber(fields(node['property'])))
          wrap('key', fields(node['property']), node)
        return
      case 'UnaryExpression': {
        const { argument, operator } = node as unknown as { argument: Syntax; operator: string }
        const name = METERED_SIGNS[operator]
        if (name === undefined || (argument.type === 'Literal' && typeof argument['value'] === 'number')) return
        edits.push({ at: node.start, skip: operator.length, text: `${call(name, node)},` })
        return close(node.end, ')')
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const base = node['superClass'] as Node | null
        if (base !== null) wrap('heir', base, node)
        return
      }
      case 'UpdateExpression':
        // Of a BigInt it makes a new one, as long as it was.
        return wrap('made', node)
      case 'SwitchStatement':
        return wrap('switched', fields(node['discriminant']), node)
      case 'TemplateLiteral':
        if (tagged.has(node) || (node['expressions'] as unknown[]).length === 0) return
        for (const part of node['expressions'] as Node[]) wrap('part', part)
        return wrap('made', node)
      case 'TaggedTemplateExpression':
        tagged.add(node['quasi'])
        return
      case 'ObjectExpression':
        for (const property of node['properties'] as Syntax[])
          if (isPrototype(property)) wrap('heir', fields(property['value']), property)
        if ((node['properties'] as Node[]).some(({ type }) => type === 'SpreadElement')) wrap('copied', node)
        return
      case 'VariableDeclaration':
        return seeDeclaration(node)
      case 'ExportNamedDeclaration': {
        const declaration = fields(node['declaration'])
        if (declaration?.type === 'VariableDeclaration') exported.add(declaration)
        return
      }
      case 'CatchClause':
        return void open(fields(node['body']).start + 1, `${entry('at', node, restsOf(node['param']))};`)
      case 'TryStatement': {
        const finalizer = node['finalizer'] as Node | null
        if (finalizer !== null) open(finalizer.start + 1, `${call('at', finalizer)});`)
        return
      }
      case 'AwaitExpression':
      case 'YieldExpression':
        return wrap('at', node)
      case 'CallExpression':
      case 'NewExpression':
        return seeCall(node)
    }
  })
  return edited(script, `import*as ${meter} from'${ENGINE_URL}';`, edits)

  /** @param rests names of variables that an object's remaining fields were copied to */
  function entry(name: string, node: Node, rests: readonly string[]): string {
    return [`${call(name, node)})`, ...rests.map((rest) => `${call('copied', node)},${rest})`)].join(',')
  }

  function seeFunction(node: Syntax): void {
    const body = fields(node['body'])
    const text = entry('step', node, (node['params'] as unknown[]).flatMap(restsOf))
    if (body.type === 'BlockStatement') open(body.start + 1, `${text};`)
    else {
      open(body.start, `(${text},`)
      close(body.end, ')')
    }
  }

  function seeLoop(node: Syntax): void {
    const body = fields(node['body'])
    const { left, right } = node as unknown as { left?: Syntax; right?: Syntax }
    const isOf = node.type === 'ForOfStatement'
    if (right !== undefined) wrap(isOf ? 'at' : 'reads', right, node)
    if (left !== undefined && left.type === 'VariableDeclaration') headed.add(left)
    const text = entry('step', node, left === undefined ? [] : restsOf(left))
    // The iterator's next step is the loop's, whatever was called meanwhile.
    const again = isOf ? `;${call('at', node)});` : ''
    if (body.type === 'BlockStatement') {
      open(body.start + 1, `${text};`)
      if (isOf) close(body.end - 1, again)
    } else {
      open(body.start, `{${text};`)
      close(body.end, `${again}}`)
    }
  }

  function seeDeclaration(node: Syntax): void {
    if (headed.has(node)) return
    for (const declarator of node['declarations'] as Syntax[]) {
      const rests = restsOf(declarator['id'])
      const init = declarator['init'] as Node | null
      if (rests.length === 0 || init === null) continue
      // Another variable would be another export.
      if (exported.has(node)) wrap('reads', init, node)
      else {
        const spare = unusedName(`${meter}${spares++}$`, program)
        close(declarator.end, `,${spare}=(${rests.map((rest) => `${call('copied', node)},${rest})`).join()})`)
      }
    }
  }

  function seeCall(node: Syntax): void {
    const callee = fields(node['callee'])
    const last = (node['arguments'] as Syntax[]).at(-1)
    const place = callee.type === 'MemberExpression' ? fields(callee['property']) : node
    if (last !== undefined) {
      wrap('at', last.type === 'SpreadElement' ? fields(last['argument']) : last, place)
      return
    }
    if (node.type === 'NewExpression' || callee.type !== 'MemberExpression') return
    const object = fields(callee['object'])
    // What may be cut short cannot be wrapped in part: there the mark of an earlier call has to do.
    if (object.type !== 'Super' && !mayBeCutShort(object)) wrap('at', object, place)
  }
}

/** Every field of the pattern that takes what is left of an object. */
function restTargets(pattern: unknown): Syntax[] {
  const node = fields(pattern)
  switch (node?.type) {
    case 'ObjectPattern':
      return (node['properties'] as Syntax[]).flatMap((property) =>
        property.type === 'RestElement' ? [fields(property['argument'])] : restTargets(property['value']),
      )
    case 'ArrayPattern':
      return (node['elements'] as unknown[]).flatMap(restTargets)
    case 'AssignmentPattern':
      return restTargets(node['left'])
    case 'RestElement':
      return restTargets(node['argument'])
    case 'VariableDeclaration':
      return (node['declarations'] as Syntax[]).flatMap(({ id }) => restTargets(id))
    default:
      return []
  }
}

const hasRest = (pattern: unknown): boolean => restTargets(pattern).length > 0

const restsOf = (pattern: unknown): string[] =>
  restTargets(pattern).flatMap((target) => (target.type === 'Identifier' ? [target['name'] as string] : []))

/** Or a short text that is written down. */
function isNumber({ type, ...node }: Syntax): boolean {
  return type === 'Literal' || type === 'UpdateExpression' || (type === 'BinaryExpression' && node['operator'] !== '+')
}

/** `{ __proto__: base }`, which is no property. */
function isPrototype(property: Syntax): boolean {
  if (property.type !== 'Property' || property['computed'] === true || property['shorthand'] === true) return false
  const key = fields(property['key'])
  return property['method'] !== true && (key['name'] ?? key['value']) === '__proto__'
}

/** With such an operand the operator's work is the same whatever the other one is. */
function isCheap(operator: string, operand: Syntax): boolean {
  const { value } = operand
  if (operand.type === 'Literal' && typeof value === 'number') return true
  if (operand.type === 'UnaryExpression' && operand['operator'] === '-')
    return isCheap(operator, fields(operand['argument']))
  if (operand.type === 'BinaryExpression' && operand['operator'] === '>>>') return true
  if (!/^[!=]/.test(operator)) return false
  if (operand.type === 'UnaryExpression') return operand['operator'] === 'typeof' || operand['operator'] === '!'
  if (operand.type === 'Identifier') return operand['name'] === 'undefined'
  return operand.type === 'Literal' && (typeof value === 'string' ? value.length <= SHORT_TEXT : !('bigint' in operand))
}

/** Within a chain like `a?.b.c`, whose rest is left out where `a` is nothing. */
function mayBeCutShort(node: Syntax): boolean {
  for (let at: Syntax | undefined = node; at !== undefined; at = at['object'] as Syntax | undefined) {
    while (at.type === 'CallExpression') {
      if (at['optional'] === true) return true
      at = fields(at['callee'])
    }
    if (at.type !== 'MemberExpression') return false
    if (at['optional'] === true) return true
  }
  return false
}

/** @returns the place after blanks, comments and closing parentheses */
function afterBlanks(script: string, from: number): number {
  const blank = /(?:[\s)]|\/\*[\s\S]*?\*\/|\/\/.*)*/y
  blank.lastIndex = from
  blank.exec(script)
  return blank.lastIndex
}
