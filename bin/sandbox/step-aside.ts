// Keeps the work of `budgets.ts` itself out of the count. It runs beside the submission, on the same built-ins: what it
// calls of them directly is not charged. The submission marks its line in front of all that it does (count-steps.ts), so
// that it is enough to take that mark away each time when it comes back to code of ours.

import { type Node, parse } from 'acorn'
import { type Edit, edited } from './edits.ts'
import { ENGINE_URL, unusedName, visit } from './instrument.ts'
import type { Modules } from './prepare.ts'

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
/** Whose value may have come from the submission, getters included. */
const COMES_BACK = new Set([
  'CallExpression',
  'NewExpression',
  'TaggedTemplateExpression',
  'MemberExpression',
  'ChainExpression',
  'AwaitExpression',
  'YieldExpression',
])

interface Syntax extends Node {
  readonly [field: string]: unknown
}

/** @param driver modules of ours that drive a submission, for the profile `steps` */
export function steppingAside({ url, modules }: { url: string; modules: Modules }): { url: string; modules: Modules } {
  return {
    url,
    modules: Object.fromEntries(Object.entries(modules).map(([at, script]) => [at, stepAside(script)])),
  }
}

export function stepAside(script: string): string {
  const program = parse(script, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  const meter = unusedName('meter$', program)
  const was = unusedName('was$', program)
  const edits: Edit[] = []
  /** read in place: called, assigned to, or a part of what has been wrapped as a whole */
  const inPlace = new Set<unknown>()
  const open = (at: number, text: string) => edits.push({ at, text })
  const close = (at: number, text: string) => edits.push({ at, text, closes: true })

  visit(program, (any) => {
    const node = any as Syntax
    for (const list of [node['body'], node['consequent']])
      if (Array.isArray(list) && node.type !== 'ClassBody')
        for (const statement of list as Node[]) open(statement.start, `;${meter}.free();`)
    if (FUNCTIONS.has(node.type)) return seeFunction(node)
    for (const target of targetsOf(node)) inPlace.add(target)
    // Cut short or constructed as a whole.
    if (/^(New|Chain)Expression$/.test(node.type)) for (const part of spineOf(node)) inPlace.add(part)
    if (/^For(In|Of)Statement$/.test(node.type)) return seeLoop(node)
    if (!COMES_BACK.has(node.type) || inPlace.has(node)) return
    open(node.start, `${meter}.free(`)
    close(node.end, ')')
  })
  return edited(script, `import*as ${meter} from'${ENGINE_URL}';`, edits)

  /** Called by the submission, it gives the mark back. Not where it may be left and entered again. */
  function seeFunction(node: Syntax): void {
    const body = node['body'] as Syntax
    const isEmpty = body.type === 'BlockStatement' && (body['body'] as unknown[]).length === 0
    const isPlain = node['async'] !== true && node['generator'] !== true && !isEmpty
    if (body.type === 'BlockStatement') {
      open(body.start + 1, isPlain ? `const ${was}=${meter}.enter();try{` : `${meter}.free();`)
      if (isPlain) close(body.end - 1, `}finally{${meter}.leave(${was})}`)
    } else {
      open(body.start, isPlain ? `${meter}.leave(${meter}.enter(),(` : `(${meter}.free(),(`)
      close(body.end, '))')
    }
  }

  function seeLoop(node: Syntax): void {
    const body = node['body'] as Node
    if (body.type === 'BlockStatement') return
    open(body.start, `{${meter}.free();`)
    close(body.end, '}')
  }
}

/** What a node does not read as a value. */
function targetsOf(node: Syntax): unknown[] {
  switch (node.type) {
    case 'CallExpression':
      return [node['callee']]
    case 'TaggedTemplateExpression':
      return [node['tag']]
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node['left']]
    case 'UpdateExpression':
    case 'RestElement':
      return [node['argument']]
    case 'UnaryExpression':
      return node['operator'] === 'delete' ? [node['argument']] : []
    case 'ObjectPattern':
      return (node['properties'] as Syntax[]).map(({ value }) => value)
    case 'ArrayPattern':
      return node['elements'] as unknown[]
    default:
      return []
  }
}

/** `a`, `a.b`, `a.b.c` of `new a.b.c()` or of `a?.b.c`. */
function spineOf(node: Syntax): unknown[] {
  const spine: unknown[] = []
  for (let at: unknown = node; typeof at === 'object' && at !== null; ) {
    const { object, callee, expression } = at as Syntax
    at = object ?? callee ?? expression
    spine.push(at)
  }
  return spine
}
