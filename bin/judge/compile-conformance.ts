// The API of a stub, turned into questions about a submission: a file that compiles without an error on the lines noted
// here exactly when the submission offers what its stub offers.

import type { Diagnostic } from './compiler-process.ts'

/** What an error on a line of the conformance file means. `lacks`, `differs` and `asks` list members in the message. */
export interface Check {
  readonly name: string
  readonly finds:
    | 'no-export'
    | 'other-arity'
    /** members that yours does not have */
    | 'lacks'
    /** members that have another type in yours */
    | 'differs'
    /** members that callers of yours would have to give */
    | 'asks'
    | 'other-constructor'
    | 'other-shape'
    | 'canary'
  readonly ofStatic: boolean
}

export type Unmet = Check & Diagnostic

// Assignability alone is too kind: parameters of methods are compared both ways round. `Fits` also asks that yours
// takes whatever may be given to the stub's. Tuples keep `any` and unions from being taken apart.
const HELPERS = `
type Fits<Yours, Theirs> = [Yours] extends [Theirs]
  ? [Theirs] extends [(...given: infer Given) => unknown] ? [Yours] extends [(...given: Given) => unknown] ? true : false : true
  : false
type Names<T> = Exclude<keyof T, 'prototype'>
type AnySymbol<T> = T extends symbol ? symbol : T
`

// Written out wherever they are asked: by an alias's name the compiler would print that name, not the members found.
const lacks = (yours: string, theirs: string) =>
  `{ [K in Names<${theirs}>]: K extends keyof ${yours} ? never : K }[Names<${theirs}>]`
const differs = (yours: string, theirs: string) => {
  const shared = `keyof ${yours} & Names<${theirs}>`
  return `{ [K in ${shared}]: Fits<(${yours})[K], (${theirs})[K]> extends true ? never : K }[${shared}]`
}
const asks = (yours: string, theirs: string) => {
  const added = `Exclude<keyof ${yours}, keyof ${theirs}>`
  return `{ [K in ${added}]: {} extends Pick<${yours}, K> ? never : K }[${added}]`
}

const EXPORT = /^(export (?:declare )?(?:abstract )?(?:async )?(class|interface|type|function\*?|const|let) )(\w+)/gm

/** @param stub of ours, formatted by biome: each export begins a line, and is declared where it is exported */
export function conformance(stub: string): { text: string; checks: Map<number, Check> } {
  const exported = new Map([...stub.matchAll(EXPORT)].map((match) => [match[3] ?? '', { keyword: match[2], match }]))
  if (stub.match(/^export\b(?! \{\})/gm)?.length !== stub.match(EXPORT)?.length)
    throw new Error('A stub exports by declarations only (class, interface, type, function, const).')
  const lines = [...stub.replace(EXPORT, '$1Stub$3').split('\n'), ...HELPERS.split('\n')]
  const checks = new Map<number, Check>()
  const ask = (line: string, check: Check) => checks.set(lines.push(line), check)

  // Not `import type`: a stub may extend a class of its own. The error that this line brings is ours, and is not read.
  lines.push(`import { ${[...exported.keys()].join(', ')} } from './submission.ts'`)
  for (const [at, [name, { keyword, match }]] of [...exported].entries()) {
    const check = (finds: Check['finds'], ofStatic = false): Check => ({ name, finds, ofStatic })
    const same = (target: string, source: string, finds: Check['finds'], ofStatic = false) =>
      ask(`export const c${lines.length}: ${target} = null! as ${source}`, check(finds, ofStatic))
    const compareMembers = (yours: string, theirs: string, ofStatic = false) => {
      same('[never]', `[${lacks(yours, theirs)}]`, 'lacks', ofStatic)
      same('[never]', `[${differs(yours, theirs)}]`, 'differs', ofStatic)
    }
    const yours = `Yours${at}`
    ask(`import type { ${name} as Imported${at} } from './submission.ts'`, check('no-export'))
    if (keyword !== 'class' && keyword !== 'interface' && keyword !== 'type') {
      same(`AnySymbol<typeof Stub${name}>`, `typeof Imported${at}`, 'other-shape')
      continue
    }
    // Unlike types, so that swapped type parameters show.
    const count = typeParameterCount(stub.slice(match.index + match[0].length))
    const list = Array.from({ length: count }, (_, n) => `{ readonly parameter: ${n} }`).join(', ')
    const given = count === 0 ? '' : `<${list}>`
    ask(`type ${yours} = Imported${at}${given}`, check('other-arity'))
    lines.push(`type Theirs${at} = Stub${name}${given}`)
    compareMembers(yours, `Theirs${at}`)
    if (keyword === 'class') {
      const [value, stubs] = [`typeof Imported${at}`, `typeof Stub${name}`]
      compareMembers(value, stubs, true)
      same(`abstract new (...given: ConstructorParameters<${stubs}>) => unknown`, value, 'other-constructor')
      same(stubs, value, 'other-shape')
    } else {
      // Callers make values of such a type as well as read them: it must fit both ways round.
      same('[never]', `[${differs(`Theirs${at}`, yours)}]`, 'differs')
      same('[never]', `[${asks(yours, `Theirs${at}`)}]`, 'asks')
      same(`Theirs${at}`, yours, 'other-shape')
      same(yours, `Theirs${at}`, 'other-shape')
    }
  }
  // An error under the course's flags only: a tsconfig.json that was not read must not pass for a lenient one.
  ask('export const canary: number = [1][0]', { name: '', finds: 'canary', ofStatic: false })
  return { text: lines.join('\n'), checks }
}

/** @param rest what follows a declared name, e.g. `<K, V extends Map<K, string> = never> {` */
function typeParameterCount(rest: string): number {
  if (!rest.startsWith('<')) return 0
  const parameters = ['']
  let depth = 0
  for (const [at, char] of [...rest].entries()) {
    if ('<([{'.includes(char)) depth++
    else if ('>)]}'.includes(char) && rest[at - 1] !== '=') depth--
    if (depth === 0) break
    if (char === ',' && depth === 1) parameters.push('')
    else parameters[parameters.length - 1] += char
  }
  return parameters.filter((text) => text.trim() !== '').length
}
