// Makes visible which words of shared memory a submission touches, and on which line: `x[i]` in all its forms becomes a
// call into the subject's engine. (A Proxy would not do: the native Atomics refuse one.) What is no view on shared memory
// behaves as if nothing had been rewritten: order of evaluation, `this`, short circuits, `delete` and `super` included.
// No newline is added or lost, so that every line number stays the learner's own.

import { type Node, parse } from 'acorn'
import { ENGINE_URL, instrument, unusedName } from './instrument.ts'
import type { Modules } from './prepare.ts'

const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const

/** Built-ins that touch shared memory: told the line that they are called on, just before the call. */
const TOUCHING = new Set([
  ...['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'wait', 'notify', 'pause'],
  ...['at', 'copyWithin', 'entries', 'every', 'fill', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex'],
  ...['forEach', 'includes', 'indexOf', 'join', 'lastIndexOf', 'map', 'reduce', 'reduceRight', 'reverse', 'set'],
  ...['slice', 'some', 'sort', 'toReversed', 'toSorted', 'values', 'with'],
  ...[
    'Int8',
    'Uint8',
    'Int16',
    'Uint16',
    'Int32',
    'Uint32',
    'Float16',
    'Float32',
    'Float64',
    'BigInt64',
    'BigUint64',
  ].flatMap((type) => [`get${type}`, `set${type}`]),
])

/** Names under which rewritten code knows the engine's functions. */
const ENGINE = ['load', 'store', 'reference', 'at', 'same', 'isNullish', 'isNullishMethod', 'held'] as const

/**
 * What becomes of `x[i]`, by where it stands. `target`: something is assigned to it, in whatever way; `plain`: nothing,
 * because the object must stay (`x[i]()`, where it is `this`; `delete x[i]`), and no word of memory can be called.
 */
type Use = 'load' | 'target' | 'plain'

// biome-ignore lint/suspicious/noExplicitAny: a tree of some seventy shapes, read by the names of its fields
type Tree = Node & Record<string, any>

/**
 * @param script JavaScript, @param program its acorn tree with locations
 * @returns the same program, line for line, gauged and traced
 */
export function traceShared(script: string, program: Node): string {
  const traced = rewritten(script, program)
  return instrument(traced, parse(traced, SYNTAX))
}

/** The same for modules that have their gauge already, as those of a suite have. */
export function tracedModules(modules: Modules): Modules {
  return Object.fromEntries(
    Object.entries(modules).map(([url, script]) => [url, rewritten(script, parse(script, SYNTAX))]),
  )
}

function rewritten(script: string, program: Node): string {
  const names = ENGINE.map((name) => unusedName(`${name}$`, program))
  const [load, store, reference, at, same, isNullish, isNullishMethod, held] = names as [string, ...string[]]
  const text = (from: number, to: number) => script.slice(from, to)
  /** links of chains that stay as they are: a call around them would not end early with the chain */
  const untouched = new Set<Node>()
  const body = text(0, program.start) + emit(program as Tree) + text(program.end, script.length)
  const imports = `import{${ENGINE.map((name, i) => `${name} as ${names[i]}`).join(',')}}from'${ENGINE_URL}';`
  return script.startsWith('#!') ? `${imports}//${body.slice(2)}` : imports + body

  function emit(node: Tree, use: Use = 'load'): string {
    switch (node.type) {
      case 'MemberExpression': {
        if (use === 'plain' || !isComputed(node) || untouched.has(node)) return plain(node)
        const { object, key } = partsOf(node)
        const call = `(${object},(${key}),${lineOf(node)})`
        return use === 'load' ? ` ${load}${call}` : ` ${reference}${call}.value`
      }
      case 'AssignmentExpression': {
        const { left, right } = node
        // `(x[i]) = v` has a bracket that would close too early: it takes the long way.
        if (node['operator'] !== '=' || !isComputed(left) || left.start !== node.start) return plain(node)
        const { object, key } = partsOf(left)
        const value = without('=', left.end, right.start) + emit(right) + text(right.end, node.end)
        return ` ${store}(${object},(${key}),${value},${lineOf(left)})`
      }
      case 'CallExpression':
        return isTouching(node) ? `${plain(node).slice(0, -1)}${lineArgument(node)})` : plain(node)
      case 'ChainExpression': {
        const links = linksOf(node['expression'])
        const rest = links.slice(links.findIndex((link) => link['optional']))
        const chain = use === 'load' ? chained(node, links, rest) : undefined
        if (chain === undefined) for (const link of rest) untouched.add(link)
        return chain ?? plain(node)
      }
      default:
        return plain(node)
    }
  }

  /** The node as it stands, with what is rewritten inside of it. */
  function plain(node: Tree): string {
    let out = ''
    let from = node.start
    for (const { child, role } of childrenOf(node)) {
      const inside = emit(child, useOf(node, role))
      // `new x[i].Y()` would take the rewritten call for its constructor.
      const made = node.type === 'NewExpression' && role === 'callee' ? `(${inside})` : inside
      out += text(from, child.start) + made
      from = child.end
    }
    return out + text(from, node.end)
  }

  /** Both with the brackets and comments around them. */
  function partsOf(node: Tree): { object: string; key: string } {
    const { object, property } = node
    const bracket = find(script, '[', object.end)
    return {
      object: text(node.start, object.start) + emit(object) + text(object.end, bracket),
      key: text(bracket + 1, property.start) + emit(property) + text(property.end, node.end - 1),
    }
  }

  function without(token: string, from: number, to: number): string {
    const at = find(script, token, from)
    return text(from, at) + text(at + token.length, to)
  }

  /** An argument that adds nothing, spread last: evaluated after all the others, so that the line is this call's. */
  function lineArgument(node: Tree): string {
    const last: Tree | undefined = node['arguments'].at(-1)
    const isMissing = last !== undefined && find(text(last.end, node.end), ',', 0) < 0
    return `${isMissing ? ',' : ''}...${at}(${lineOf(node['callee'])})`
  }

  /**
   * `a?.b[i]` → `same(isNullish(a)?void 0:load(held().b,(i),1))`: what stands before a `?.` is held while it is looked at,
   * so that it is evaluated once. @returns undefined where the chain may stay as it is
   */
  function chained(chain: Tree, links: readonly Tree[], rest: readonly Tree[]): string | undefined {
    const first = links.length - rest.length
    const isCallee = (i: number) => rest[i + 1]?.type === 'CallExpression'
    if (!rest.some((link, i) => isComputed(link) && !isCallee(i))) return undefined
    const isBound = (link: Tree | undefined) =>
      link?.type === 'MemberExpression' &&
      (link['object'].type === 'Super' || link['property'].type === 'PrivateIdentifier')
    // `super.f?.()` and `this.#f?.()` have a `this` that cannot be held apart.
    if (rest.some((link, i) => link.type === 'CallExpression' && link['optional'] && isBound(links[first + i - 1])))
      return undefined

    const base: Tree = rest[0]?.['object'] ?? rest[0]?.['callee']
    const baseIsMethod = rest[0]?.type === 'CallExpression' && base.type === 'MemberExpression'
    let conditions = ''
    let value = baseIsMethod ? '' : text(chain.start, base.start) + emit(base)
    let method: string | undefined = baseIsMethod ? methodOf(base, undefined) : undefined
    for (const [i, link] of rest.entries()) {
      const before: Tree = link['object'] ?? link['callee']
      const token = link['optional'] ? '?.' : link.type === 'CallExpression' ? '(' : isComputed(link) ? '[' : '.'
      const mark = find(script, token, before.end)
      if (link['optional']) {
        const looked = method === undefined ? `${isNullish}(${value}` : `${isNullishMethod}(${method}`
        conditions += ` ${looked}${text(before.end, mark)})?void 0:`
        value = `${held}()`
        method = undefined
      } else value += text(before.end, mark)
      const after = mark + (link['optional'] ? 2 : 0)
      const next = rest[i + 1]
      if (next?.type === 'CallExpression' && next['optional'] && link.type === 'MemberExpression')
        method = methodOf(link, value)
      else if (link.type === 'CallExpression') value += callOf(link, after)
      else if (!isComputed(link)) value += `.${text(after, link.end).replace(/^\./, '')}`
      else {
        const bracket = find(script, '[', after)
        const key =
          text(bracket + 1, link['property'].start) + emit(link['property']) + text(link['property'].end, link.end - 1)
        value = isCallee(i) ? `${value}[${key}]` : ` ${load}(${value}${text(after, bracket)},(${key}),${lineOf(link)})`
      }
    }
    return ` ${same}(${conditions}${value})`
  }

  /** `o.f` or `o[f]` as two arguments. @param object what stands before it, where that has been written already */
  function methodOf(link: Tree, object: string | undefined): string {
    const { property } = link
    const from: number = link['object'].end
    const before = object ?? text(link.start, link['object'].start) + emit(link['object'])
    if (!isComputed(link)) return `${before}${text(find(script, '.', from) + 1, property.start)},"${property.name}"`
    const bracket = find(script, '[', from)
    return `${before},(${text(bracket + 1, property.start)}${emit(property)}${text(property.end, link.end - 1)})`
  }

  /** The arguments of a call, from its bracket on. */
  function callOf(call: Tree, from: number): string {
    let out = ''
    for (const given of call['arguments'] as Tree[]) {
      out += text(from, given.start) + emit(given)
      from = given.end
    }
    return out + text(from, call.end)
  }
}

const lineOf = (member: Tree): number => member['property'].loc?.start.line ?? 0

const isComputed = (node: Tree): boolean =>
  node.type === 'MemberExpression' && node['computed'] && node['object'].type !== 'Super'

function isTouching(node: Tree): boolean {
  const { callee } = node
  return callee.type === 'MemberExpression' && !callee['computed'] && TOUCHING.has(callee['property'].name)
}

const TARGETS: Record<string, string> = {
  AssignmentExpression: 'left',
  AssignmentPattern: 'left',
  ForInStatement: 'left',
  ForOfStatement: 'left',
  UpdateExpression: 'argument',
  RestElement: 'argument',
  ArrayPattern: 'elements',
}

function useOf({ type, operator, isPattern }: Tree, role: string): Use {
  if (TARGETS[type] === role || (isPattern && role === 'value')) return 'target'
  const isHeld =
    (type === 'CallExpression' && role === 'callee') ||
    (type === 'TaggedTemplateExpression' && role === 'tag') ||
    (type === 'UnaryExpression' && operator === 'delete')
  return isHeld ? 'plain' : 'load'
}

interface Child {
  readonly child: Tree
  readonly role: string
}

/** In the order in which they stand; what stands twice (`{ a }` is key and value) once. */
function childrenOf(node: Tree): Child[] {
  const all: Child[] = []
  for (const [role, value] of Object.entries(node)) {
    if (node.type === 'Property' && node['shorthand'] && role === 'key') continue
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') {
        all.push({ child, role })
        if (node.type === 'ObjectPattern') child.isPattern = true
      }
  }
  all.sort((a, b) => a.child.start - b.child.start)
  return all.filter(({ child }, i) => i === 0 || child.start >= (all[i - 1] as Child).child.end)
}

/** The links of a chain of `.`, `[]` and `()`, in the order in which they are followed. */
function linksOf(expression: Tree): Tree[] {
  const links: Tree[] = []
  for (let node = expression; node?.type === 'MemberExpression' || node?.type === 'CallExpression'; )
    node = links[links.push(node) - 1]?.['object'] ?? links.at(-1)?.['callee']
  return links.reverse()
}

/** Where a token stands after a place, comments left out. @returns -1 where it does not */
function find(script: string, token: string, from: number): number {
  for (let at = from; at < script.length; at++) {
    if (script.startsWith('//', at)) at += script.slice(at).search(/[\n\r\u2028\u2029]|$/)
    else if (script.startsWith('/*', at)) at = script.indexOf('*/', at) + 1
    else if (script.startsWith(token, at)) return at
  }
  return -1
}
