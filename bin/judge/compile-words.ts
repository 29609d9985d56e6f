// What the compiler found, in words that a learner understands, with the place in their own file.

import { isBuiltin } from 'node:module'
import type { Node, SourceFile } from 'ts-morph'
import { printable } from '../course/printable.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import type { Check, Unmet } from './compile-conformance.ts'
import type { Diagnostic } from './compiler-process.ts'

export function noCheckProblem(source: string): SourceProblem[] {
  for (const comment of source.matchAll(/\s+|#!.*|\/\*[\s\S]*?\*\/|\/\/.*/gy))
    if (/^\/\/\/?\s*@ts-nocheck(?=[\s:]|$)/i.test(comment[0])) {
      const before = source.slice(0, comment.index).split('\n')
      const message = '@ts-nocheck hides from you what callers will run into: remove it.'
      return [{ kind: 'type', line: before.length, column: (before.at(-1) ?? '').length + 1, message }]
    }
  return []
}

// We leave out the types of Node and of the web: they cost three times the whole check. So a name that Node has is no
// compile error (`console`, for one; whether it may be used is for the sandbox to say), and neither is an `any` that
// comes of it, as in `signal.addEventListener('abort', (event) => …)`.

export function isUntyped(message: string): boolean {
  const name = /^Cannot find name(?:space)? '([^']+)'/.exec(message)?.[1]
  if (name !== undefined) return name in globalThis || name === 'NodeJS'
  // `Error.captureStackTrace` and the like.
  const [, member = '', owner = ''] = /^Property '(\w+)' does not exist on type '(\w+)Constructor'/.exec(message) ?? []
  const value = Object.getOwnPropertyDescriptor(globalThis, owner)?.value
  return typeof value === 'function' && member in value
}

export const isImplicitAny = (message: string): boolean => /implicitly has an? '[^']*any/.test(message)

/** What the compiler says of the learner's file. */
export function ownProblem({ line, column, code, message }: Diagnostic): SourceProblem {
  const problem = (words: string): SourceProblem => ({
    kind: code < 2000 ? 'syntax' : 'type',
    line,
    column,
    message: printable(words, 400),
  })
  const name = /^Cannot find name '([^']+)'/.exec(message)?.[1]
  const module =
    /^Cannot find module (?:or type declarations for side-effect import of )?'([^']+)/.exec(message)?.[1] ??
    (code === 2591 && name !== undefined && isBuiltin(name) ? name : undefined)
  if (module !== undefined)
    return problem(`A kata is built from what its stub imports: remove the import of "${module}".`)
  if (code === 1294)
    return problem(
      'Node runs TypeScript by blanking out types, and this would leave code behind: write a const object for an enum, ' +
        'a module for a namespace, a field for a parameter property, `as` for a cast in angle brackets.',
    )
  return problem(`TS${code}: ${message.replace(/import\("[^"]*"\)\./g, '')}`)
}

/** ts-morph takes 200 ms to load, so it names the places only when there is something to say. It reads, never checks. */
export async function apiProblems(stub: string, source: string, unmet: readonly Unmet[]): Promise<SourceProblem[]> {
  const morph = await import('ts-morph')
  const project = new morph.Project({ useInMemoryFileSystem: true })
  const theirs = project.createSourceFile('stub.ts', stub)
  let yours: SourceFile
  try {
    yours = project.createSourceFile('submission.ts', source)
  } catch (error) {
    // Nested deeper than its parser's stack; the native one grows its own.
    if (!(error instanceof RangeError)) throw error
    yours = project.createSourceFile('submission.ts', '')
  }
  return [...new Set(unmet.map(({ name }) => name))].flatMap((name) => {
    const mine = unmet.filter((one) => one.name === name)
    const changes = changesOf(morph, name, mine, declarationOf(theirs, name), declarationOf(yours, name))
    return changes.map(({ message, place, member }): SourceProblem => {
      const named = place !== undefined && morph.Node.hasName(place) ? place.getNameNode() : place
      const at = yours.getLineAndColumnAtPos(named?.getStart() ?? 0)
      return { kind: 'api', ...at, message: printable(message, 600), member: printable(member) }
    })
  })
}

interface Change {
  readonly message: string
  /** in the submission */
  readonly place: Node | undefined
  readonly member: string
}

/** @param was how the stub declares the export, @param is how the submission does, as far as it is to be found there */
function changesOf(
  morph: Morph,
  name: string,
  unmet: readonly Unmet[],
  was: Node | undefined,
  is: Node | undefined,
): Change[] {
  const first = (finds: Check['finds']) => unmet.find((one) => one.finds === finds)
  const because = (one: Unmet | undefined) =>
    one === undefined ? '' : ` (${printable(one.reason.replace(/\.$/, ''), 160)})`
  const whole = (message: string): Change[] => [{ message, place: is, member: name }]

  if (first('no-export') !== undefined) return whole(`${name} is no longer exported; the stub exports it: put it back.`)
  const [stubKind, kind] = [was, is].map((node) => KINDS[node?.getKindName() ?? ''])
  // A class does for a type, functions and constants do for one another.
  const sameKind =
    kind === stubKind ||
    (stubKind === 'a type' ? kind === 'a class' : stubKind !== 'a class' && /function|constant/.test(kind ?? ''))
  if (kind !== undefined && !sameKind) return whole(`${name} is ${kind} here; in the stub it is ${stubKind}.`)
  const [stubParameters, parameters] = [was, is].map((node) =>
    node === undefined || !morph.Node.isTypeParametered(node)
      ? []
      : node.getTypeParameters().map((one) => one.getName()),
  )
  if (is !== undefined && parameters?.length !== stubParameters?.length)
    return whole(`${name} has the type parameters <${parameters}>; in the stub it has <${stubParameters}>.`)
  const arity = first('other-arity')
  if (arity !== undefined) return whole(`${name} has other type parameters than in the stub${because(arity)}.`)

  const changes: (Change & { why?: Unmet | undefined })[] = []
  for (const { finds, ofStatic, message } of unmet) {
    if (finds !== 'lacks' && finds !== 'differs' && finds !== 'asks') continue
    for (const [, key = ''] of message.matchAll(/"([^"\\]+)"/g)) {
      const member = `${name}.${key}`
      // What has changed for those who read has changed for those who write.
      if (changes.some((one) => one.member === member)) continue
      const [stubMember, place] = [was, is].map((node) => memberOf(morph, node, key, ofStatic))
      const said = stubMember === undefined ? 'it' : signatureOf(morph, stubMember)
      const now = place === undefined ? '' : `, yours is ${signatureOf(morph, place)}`
      if (finds === 'lacks')
        changes.push({ message: `${member} is missing; the stub has ${said}: put it back`, place: is, member })
      else if (finds === 'asks')
        changes.push({
          message: `${member} is not in the stub, so nobody will give it: make it optional or remove it`,
          place: place ?? is,
          member,
        })
      else
        changes.push({
          message: `${member} has changed: the stub has ${said}${now}`,
          place: place ?? is,
          member,
          why: first('other-shape'),
        })
    }
  }
  const otherConstructor = first('other-constructor')
  if (otherConstructor !== undefined) {
    const [stubMember, place] = [was, is].map((node) => memberOf(morph, node, 'constructor', false))
    const [said, now] = [stubMember, place].map((node) => (node === undefined ? 'none' : signatureOf(morph, node)))
    const message = `The constructor of ${name} has changed: the stub has ${said}, yours is ${now}`
    changes.push({ message, place: place ?? is, member: `${name}.constructor`, why: otherConstructor })
  }
  if (changes.length === 0) changes.push(...whole(`${name} no longer matches the stub${because(first('other-shape'))}`))
  // The compiler explains one difference; among several, it is not known which.
  return changes.map(({ why, message, ...change }) => ({
    ...change,
    message: `${message}${changes.length === 1 ? because(why) : ''}.`,
  }))
}

type Morph = typeof import('ts-morph')

const KINDS: Record<string, string> = {
  ClassDeclaration: 'a class',
  InterfaceDeclaration: 'a type',
  TypeAliasDeclaration: 'a type',
  FunctionDeclaration: 'a function',
  VariableDeclaration: 'a constant',
}

function declarationOf(file: SourceFile, name: string): Node | undefined {
  return (
    file.getClass(name) ??
    file.getInterface(name) ??
    file.getTypeAlias(name) ??
    file.getFunction(name) ??
    file.getVariableDeclaration(name)
  )
}

function memberOf({ Node }: Morph, holder: Node | undefined, name: string, ofStatic: boolean): Node | undefined {
  const body = Node.isTypeAliasDeclaration(holder) ? holder.getTypeNode() : holder
  if (Node.isInterfaceDeclaration(body) || Node.isTypeLiteral(body))
    return [...body.getProperties(), ...body.getMethods()].find((member) => member.getName() === name)
  if (!Node.isClassDeclaration(body)) return undefined
  if (name === 'constructor') return body.getConstructors()[0]
  const members = ofStatic ? body.getStaticMembers() : body.getInstanceMembers()
  return members.find((member) => member.getName() === name)
}

/** A declaration without its body, in one line. */
function signatureOf({ Node }: Morph, node: Node): string {
  const end = (Node.isBodyable(node) ? node.getBody()?.getStart() : undefined) ?? node.getEnd()
  const text = node.getSourceFile().getFullText().slice(node.getStart(), end)
  return `\`${printable(text.replace(/\s+/g, ' ').trim().replace(/[;,]$/, ''), 120)}\``
}
