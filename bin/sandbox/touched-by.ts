// By which index a program touches memory, line by line: for names in a report. What it really touches is traced, not read.

import { type Node, parse } from 'acorn'
import { visit } from './instrument.ts'

/** Of `Atomics`: the index is the second argument. (`notify` touches nothing.) */
const BY_INDEX = new Set(['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'wait'])
const OF_DATA_VIEW = /^[gs]et(?:(?:Ui|I)nt(?:8|16|32)|Float(?:16|32|64)|Big(?:Ui|I)nt64)$/
/** Of views: they touch more than one word, or one that no index tells. */
const BY_MANY =
  /^(?:at|copyWithin|entries|every|fill|filter|find|findIndex|findLast|findLastIndex|forEach|includes|indexOf|join|lastIndexOf|map|reduce|reduceRight|reverse|set|slice|some|sort|toReversed|toSorted|values|with)$/

/** By line, as it is told of a touch: the indices that may touch memory there; '' stands for one that is not known. */
export function indicesByLine(script: string): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>()
  visit(parse(script, { ecmaVersion: 'latest', sourceType: 'module', locations: true }), (node) => {
    const { callee, arguments: given = [] } = node as unknown as { callee?: Member; arguments?: Node[] }
    if (node.type === 'MemberExpression' && (node as Member).computed) add(node as Member, (node as Member).property)
    if (node.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || callee.computed) return
    const { name = '' } = callee.property
    if (callee.object.type === 'Identifier' && callee.object.name === 'Atomics') {
      if (BY_INDEX.has(name)) add(callee, given[1])
    } else if (OF_DATA_VIEW.test(name)) add(callee, given[0])
    else if (BY_MANY.test(name)) add(callee, undefined)
  })
  return found

  function add({ property }: Member, index: Node | undefined): void {
    const line = property.loc?.start.line ?? 0
    const text = index === undefined ? '' : script.slice(index.start, index.end).replace(/\s+/g, ' ').trim()
    found.set(line, (found.get(line) ?? new Set()).add(text))
  }
}

type Named = Node & { readonly name?: string }
type Member = Node & { readonly object: Named; readonly property: Named; readonly computed: boolean }
