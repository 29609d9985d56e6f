// Does a submission compile, and does it still offer what its stub offers? Runs beside the judge, never before it: one
// start of the native TypeScript compiler, about 45 ms for one submission and 10 ms for each further one.
//
// Each submission is a project of its own below one temporary folder, built by `tsc -b`: a syntax error, a
// `declare global` or a `/// <reference>` of one learner cannot reach the verdict of another. `noResolve` holds every
// import to what the stub imports, so that no error message can quote a file that the learner may not read.
//
// The API is compared by a file of ours beside the submission: the stub, its exports renamed to `Stub…` and every other
// mention of them bound to the submission's own. So a class may gain members, public or private, wherever the stub's
// functions take or return it, and only what callers of the stub rely on is compared.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Node, SourceFile } from 'ts-morph'
import { printable } from '../course/printable.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'

export interface Submission {
  /** the caller's own name for it */
  readonly id: string
  /** the kata's path, e.g. `2-foundation/token-bucket` */
  readonly path: string
  /** file of the untouched stub */
  readonly pristineStub: string
  /** text of the submission */
  readonly source: string
}

export interface Compiled {
  readonly id: string
  readonly path: string
  /** at most ten, by place; empty when the submission compiles and matches its stub */
  readonly problems: readonly SourceProblem[]
}

const MAX_PROBLEMS = 10
const DEADLINE_MS = 20_000
/** What takes about a second, far from the deadline. */
const PER_START = 100
/** A message of the compiler can quote a type as large as the submission that it came from. */
const MAX_LINE_LENGTH = 4_000

/**
 * Compiles any number of submissions, up to a hundred with one start of the compiler.
 * @param given.course root of the course: its tsconfig.json holds the flags, and the stubs' imports lead there
 * @returns one result per submission, in the order given
 * @throws {Error} when the compiler fails or does not end: then all of them are undecided, and as far as we know it is
 * no learner's fault. A bulk caller finds the one that does it by compiling one at a time.
 */
export async function compileSubmission(given: {
  readonly course: string
  readonly katas: readonly Submission[]
}): Promise<Compiled[]> {
  const compiled: Compiled[] = []
  for (let at = 0; at < given.katas.length; at += PER_START)
    compiled.push(...(await compileTogether(given.course, given.katas.slice(at, at + PER_START))))
  return compiled
}

async function compileTogether(course: string, submissions: readonly Submission[]): Promise<Compiled[]> {
  // The real path, because the compiler names files relative to it.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kata-compile-')))
  try {
    // Text of a submission can put whole lines into the compiler's output (a module's name may hold a newline). Names
    // that nobody can guess keep it from speaking of other submissions.
    const projects = await Promise.all(
      submissions.map((one, at) => writeProject(course, folder, `${basename(folder)}-${at}`, one)),
    )
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const references = projects.map(({ name }) => ({ path: `./${name}` }))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ files: [], references }))

    const byName = new Map(projects.map((project) => [project.name, project]))
    const output = await diagnose(folder, (diagnostic) => {
      const project = byName.get(diagnostic.project)
      if (project !== undefined) take(project, diagnostic)
    })
    const compiled: Compiled[] = []
    for (const { checked, problems, unmet, stub, submission } of projects) {
      const { id, path, source } = submission
      if (!checked) throw new Error(`The TypeScript compiler did not look at ${id} (${path}): ${output}`)
      const all = [...noCheckProblem(source), ...problems]
      if (unmet.length > 0) all.push(...(await apiProblems(stub, source, unmet)))
      all.sort((a, b) => a.line - b.line || a.column - b.column)
      compiled.push({ id, path, problems: all.slice(0, MAX_PROBLEMS) })
    }
    return compiled
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function take(project: Project, diagnostic: Diagnostic): void {
  if (diagnostic.file === 'submission') {
    project.checked = true
    if (project.problems.length < MAX_PROBLEMS) project.problems.push(...ownProblem(diagnostic))
    return
  }
  const check = diagnostic.file === 'stub' ? project.checks.get(diagnostic.line) : undefined
  if (check?.finds === 'canary') project.checked = true
  // Stand-ins for type parameters need not meet the constraints: the compiler says so, and puts them in all the same.
  else if (check !== undefined && (check.finds !== 'other-arity' || OTHER_ARITY.has(diagnostic.code)))
    project.unmet.push({ ...check, ...diagnostic })
}

/** Too few or too many type arguments, not generic, no type at all. */
const OTHER_ARITY = new Set([2314, 2707, 2315, 2749])

// ── One project per submission ──────────────────────────────────────────────────────────────────────────────────────

/** A submission's project, and what the compiler finds in it. */
interface Project {
  /** of its folder */
  readonly name: string
  readonly submission: Submission
  readonly stub: string
  /** by line of the conformance file */
  readonly checks: ReadonlyMap<number, Check>
  readonly problems: SourceProblem[]
  readonly unmet: Unmet[]
  /** a check that did not happen must not look like one that was passed */
  checked: boolean
}

async function writeProject(course: string, parent: string, name: string, submission: Submission): Promise<Project> {
  const folder = join(parent, name)
  if (!/^[\w-]+(\/[\w-]+)*$/.test(submission.path)) throw new Error(`"${submission.path}" is no kata's path.`)
  const stub = await readFile(submission.pristineStub, 'utf8')
  const { text, checks } = conformance(stub)
  const imports = await importsOf(stub, join(course, 'katas', `${submission.path}.ts`), course)
  // As deep as the kata lies in the course, so that `rootDirs` leads relative imports of the stub there.
  const room = join(folder, 'katas', dirname(submission.path))
  await mkdir(room, { recursive: true })
  await writeFile(join(room, 'submission.ts'), submission.source)
  await writeFile(join(room, 'stub.ts'), text)
  // Modules of Node go untyped: their types would cost three times the whole check.
  await writeFile(join(room, 'node.d.ts'), imports.builtins.map((name) => `declare module '${name}'\n`).join(''))
  const config = {
    extends: resolve(course, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      types: [],
      noResolve: true,
      rootDirs: [folder, resolve(course)],
      paths: imports.paths,
    },
    files: [...['submission.ts', 'stub.ts', 'node.d.ts'].map((file) => join(room, file)), ...imports.files],
    include: [],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  return { name, submission, stub, checks, problems: [], unmet: [], checked: false }
}

/** What a stub imports, and what that imports in turn: files of ours, to be in the project from the start. */
async function importsOf(stub: string, stubFile: string, course: string) {
  const files: string[] = []
  const paths: Record<string, string[]> = {}
  const builtins: string[] = []
  const require = createRequire(join(resolve(course), 'package.json'))
  const queue = [{ text: stub, file: resolve(stubFile) }]
  for (const { text, file } of queue)
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^'"]*?\bfrom '([^'"]+)'/gm)) {
      if (isBuiltin(specifier)) {
        builtins.push(specifier)
        continue
      }
      const relative = specifier.startsWith('.')
      const target = relative ? resolve(dirname(file), specifier) : require.resolve(specifier)
      if (!relative) paths[specifier] = [target]
      if (files.includes(target)) continue
      files.push(target)
      queue.push({ text: await readFile(target, 'utf8'), file: target })
    }
  return { files, paths, builtins }
}

// ── The API: the stub turned into questions about the submission ────────────────────────────────────────────────────

/** What an error on a line of the conformance file means. `lacks`, `differs` and `asks` list members in the message. */
interface Check {
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

type Unmet = Check & Diagnostic

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
function conformance(stub: string): { text: string; checks: Map<number, Check> } {
  const exported = new Map([...stub.matchAll(EXPORT)].map((match) => [match[3] ?? '', { keyword: match[2], match }]))
  if (exported.size === 0 || (stub.match(/^export\b/gm) ?? []).length !== [...stub.matchAll(EXPORT)].length)
    throw new Error('A stub exports by declarations only (class, interface, type, function, const), and at least one.')
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

// ── The compiler ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Diagnostic {
  /** folder of the project */
  readonly project: string
  /** name of the file, without folder and ending */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly code: number
  /** first line of the message */
  readonly message: string
  /** last line of the message: of a chain of reasons, the one that the others follow from */
  reason: string
}

/**
 * Calls back for each complete diagnostic and keeps none, for a submission may earn a million of them.
 * @returns the beginning of the output, for a message of ours
 */
async function diagnose(folder: string, see: (diagnostic: Diagnostic) => void): Promise<string> {
  const compiler = spawn(await compilerFile(), ['-b', '--singleThreaded', '--pretty', 'false', '--locale', 'en'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
  })
  const ended = new Promise<string | null>((settle, fail) => {
    compiler.once('error', fail)
    compiler.once('close', (_, signal) => settle(signal))
  })
  let output = ''
  let pending = ''
  let last: Diagnostic | undefined
  const readLine = (line: string) => {
    const head = /^([\w-]+)\/(?:[^():]+\/)?(\w+)\.ts\((\d+),(\d+)\): error TS(\d+): (.*)$/.exec(line)
    if (head === null) {
      if (line.startsWith(' ') && last !== undefined) last.reason = line.trim()
      return
    }
    if (last !== undefined) see(last)
    const [, project = '', file = '', at, column, code, message = ''] = head
    last = { project, file, line: Number(at), column: Number(column), code: Number(code), message, reason: message }
  }
  for (const stream of [compiler.stdout, compiler.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, MAX_LINE_LENGTH)
    })
  compiler.stdout.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH)
    for (const line of lines) readLine(line.slice(0, MAX_LINE_LENGTH).trimEnd())
  })
  const signal = await ended
  if (last !== undefined) see(last)
  if (signal !== null)
    throw new Error(
      `The TypeScript compiler was stopped (${signal}). It has ${DEADLINE_MS} ms for all that it is given.`,
    )
  return output
}

/** The native compiler's own file: through `bin/tsc` every run would start a Node first. */
async function compilerFile(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  const locator: { default: () => string } = await import(
    pathToFileURL(join(dirname(manifest), 'lib/getExePath.js')).href
  )
  return locator.default()
}

// ── From diagnostics to words ───────────────────────────────────────────────────────────────────────────────────────

function noCheckProblem(source: string): SourceProblem[] {
  for (const comment of source.matchAll(/\s+|#!.*|\/\*[\s\S]*?\*\/|\/\/.*/gy))
    if (/^\/\/\/?\s*@ts-nocheck(?=[\s:]|$)/i.test(comment[0])) {
      const before = source.slice(0, comment.index).split('\n')
      const message = '@ts-nocheck hides from you what callers will run into: remove it.'
      return [{ kind: 'type', line: before.length, column: (before.at(-1) ?? '').length + 1, message }]
    }
  return []
}

/** What the compiler says of the learner's file; nothing where the editor would not say it too. */
function ownProblem({ line, column, code, message }: Diagnostic): SourceProblem[] {
  const problem = (words: string): SourceProblem[] => [
    { kind: code < 2000 ? 'syntax' : 'type', line, column, message: printable(words, 400) },
  ]
  const name = /^Cannot find name(?:space)? '([^']+)'/.exec(message)?.[1]
  // We leave out the types of Node and of the web. A name that Node has is no compile error (`console`, for one);
  // whether it may be used is for the sandbox to say.
  if (name !== undefined && (name in globalThis || name === 'NodeJS')) return []
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
async function apiProblems(stub: string, source: string, unmet: readonly Unmet[]): Promise<SourceProblem[]> {
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
