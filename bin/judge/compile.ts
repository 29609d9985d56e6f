// Does a submission compile, and does it still offer what its stub offers? Runs beside the judge, never before it: one
// start of the native TypeScript compiler, about 40 ms for one submission and 150 ms for fifty.
//
// Each submission is a project of its own below one temporary folder, built by `tsc -b`: a syntax error, a
// `declare global` or a `/// <reference>` of one learner cannot reach the verdict of another. `noResolve` keeps every
// import at what the stub imports, so that no error message can quote a file that the learner may not read.
//
// The API is compared by a file of ours beside the submission: the stub, its exports renamed to `Stub…` and every other
// mention of them bound to the submission's own. So a class may gain members, public or private, wherever the stub's
// functions take or return it, and only what callers of the stub rely on is compared.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
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
/** A message of the compiler can quote a type as large as the submission that it came from. */
const MAX_LINE_LENGTH = 4_000

/**
 * Compiles any number of submissions with one start of the compiler.
 * @param course root of the course: its tsconfig.json holds the flags, and the stubs' imports lead there
 * @returns one result per submission, in the order given
 * @throws {Error} when the compiler itself fails or does not end: the whole batch is then undecided, and it is no
 * learner's fault as far as we know. A bulk caller finds the culprit by compiling one at a time.
 */
export async function compileSubmission(given: {
  readonly course: string
  readonly katas: readonly Submission[]
}): Promise<Compiled[]> {
  if (given.katas.length === 0) return []
  // The real path, because the compiler names files relative to it.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kata-compile-')))
  try {
    const checks = await Promise.all(given.katas.map((one, at) => writeProject(given.course, join(folder, `${at}`), one)))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const references = given.katas.map((_, at) => ({ path: `./${at}` }))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ files: [], references }))

    const found = given.katas.map(({ source }, at) => ({
      problems: noCheckProblem(source),
      unmet: [] as Unmet[],
      checks: checks[at] ?? new Map<number, Check>(),
    }))
    await diagnose(folder, ({ project, file, ...diagnostic }) => {
      const one = found[project]
      if (file === 'submission' && one !== undefined && one.problems.length < MAX_PROBLEMS)
        one.problems.push(...ownProblem(diagnostic))
      const check = file === 'stub' ? one?.checks.get(diagnostic.line) : undefined
      // The stand-ins for type parameters need not meet the constraints (TS2344); they are put in all the same.
      if (check !== undefined && diagnostic.code !== 2344) one?.unmet.push({ check, diagnostic })
    })
    return await Promise.all(
      given.katas.map(async ({ id, path, pristineStub, source }, at) => {
        const { problems = [], unmet = [] } = found[at] ?? {}
        const api = unmet.length === 0 ? [] : await apiProblems(await readFile(pristineStub, 'utf8'), source, unmet)
        const all = [...problems, ...api].sort((a, b) => a.line - b.line || a.column - b.column)
        return { id, path, problems: all.slice(0, MAX_PROBLEMS) }
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// ── One project per submission ──────────────────────────────────────────────────────────────────────────────────────

async function writeProject(course: string, folder: string, submission: Submission): Promise<Map<number, Check>> {
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
  return checks
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

/** A line of the conformance file, and what an error on it means. */
interface Check {
  readonly name: string
  /**
   * `members`: the error lists members. `lacks`: yours lacks them; `differs`: of another type; `asks`: callers would have to give them.
   */
  readonly finds: 'no-export' | 'other-arity' | 'other-shape' | 'other-constructor' | 'lacks' | 'differs' | 'asks'
  readonly ofStatic: boolean
}

interface Unmet {
  readonly check: Check
  readonly diagnostic: Diagnostic
}

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
      same(`new (...given: ConstructorParameters<${stubs}>) => unknown`, value, 'other-constructor')
      same(stubs, value, 'other-shape')
    } else {
      // Callers make values of such a type as well as read them: it must fit both ways round.
      same('[never]', `[${differs(`Theirs${at}`, yours)}]`, 'differs')
      same('[never]', `[${asks(yours, `Theirs${at}`)}]`, 'asks')
      same(`Theirs${at}`, yours, 'other-shape')
      same(yours, `Theirs${at}`, 'other-shape')
    }
  }
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
  readonly line: number
  readonly column: number
  readonly code: number
  /** first line of the message */
  readonly message: string
  /** last line of the message: of a chain of reasons, the one that the others follow from */
  reason: string
}

/** Calls back for each diagnostic, once it is complete; keeps none, for a submission may earn a million of them. */
async function diagnose(
  folder: string,
  see: (diagnostic: Diagnostic & { project: number; file: string }) => void,
): Promise<void> {
  const compiler = spawn(await compilerFile(), ['-b', '--pretty', 'false', '--locale', 'en'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((settle, fail) => {
    compiler.once('error', fail)
    compiler.once('close', (code, signal) => settle({ code, signal }))
  })
  let complaint = ''
  compiler.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, MAX_LINE_LENGTH)
  })
  let last: Parameters<typeof see>[0] | undefined
  let count = 0
  const readLine = (line: string) => {
    const head = /^(?:(\d+)\/(?:[^():]+\/)?(\w+)\.ts|[^ ].*)\((\d+),(\d+)\): error TS(\d+): (.*)$/.exec(line)
    if (head === null) {
      if (line.startsWith(' ') && last !== undefined) last.reason = line.trim()
      else if (line !== '') complaint = (complaint + line).slice(0, MAX_LINE_LENGTH)
      return
    }
    if (last !== undefined) see(last)
    count++
    const [, project, file = '', at, column, code, message = ''] = head
    last = { project: Number(project), file, line: Number(at), column: Number(column), code: Number(code), message, reason: message }
  }
  let pending = ''
  compiler.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH)
    for (const line of lines) readLine(line.slice(0, MAX_LINE_LENGTH).trimEnd())
  })
  const { code, signal } = await ended
  readLine(pending)
  if (last !== undefined) see(last)
  if (signal !== null) throw new Error(`The TypeScript compiler was stopped (${signal}); it may take ${DEADLINE_MS} ms.`)
  if (complaint !== '' || (code !== 0 && count === 0))
    throw new Error(`The TypeScript compiler failed (exit code ${code}): ${complaint}`)
}

/** The native compiler's own file: through `bin/tsc` every run would start a Node first. */
async function compilerFile(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  const locator: { default: () => string } = await import(pathToFileURL(join(dirname(manifest), 'lib/getExePath.js')).href)
  return locator.default()
}

// ── From diagnostics to words ───────────────────────────────────────────────────────────────────────────────────────

function noCheckProblem(source: string): SourceProblem[] {
  for (const comment of source.matchAll(/\s+|#!.*|\/\*[^]*?\*\/|\/\/.*/gy))
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
    /^Cannot find module (?:or type declarations for side-effect import of )?'([^']+)'/.exec(message)?.[1] ??
    (code === 2591 && name !== undefined && isBuiltin(name) ? name : undefined)
  if (module !== undefined) return problem(`A kata is built from what its stub imports: remove the import of "${module}".`)
  if (code === 1294)
    return problem(
      'Node runs TypeScript by blanking out types, and this would leave code behind: write a const object for an enum, ' +
        'a module for a namespace, a field for a parameter property, `as` for a cast in angle brackets.',
    )
  return problem(`TS${code}: ${message.replace(/import\("[^"]*"\)\./g, '')}`)
}

/** ts-morph takes 200 ms to load, so it names the places only when there is something to say. It reads, never checks. */
async function apiProblems(stub: string, source: string, unmet: readonly Unmet[]): Promise<SourceProblem[]> {
  const { Node, Project } = await import('ts-morph')
  const project = new Project({ useInMemoryFileSystem: true })
  const theirs = project.createSourceFile('stub.ts', stub)
  const yours = project.createSourceFile('submission.ts', source)

  const declared = (file: SourceFile, name: string): Node | undefined =>
    file.getClass(name) ??
    file.getInterface(name) ??
    file.getTypeAlias(name) ??
    file.getFunction(name) ??
    file.getVariableDeclaration(name)
  const memberOf = (file: SourceFile, name: string, member: string, ofStatic: boolean): Node | undefined => {
    const holder = declared(file, name)
    const body = Node.isTypeAliasDeclaration(holder) ? holder.getTypeNode() : holder
    if (Node.isClassDeclaration(body))
      return body
        .getMembers()
        .find((one) =>
          Node.isConstructorDeclaration(one)
            ? member === 'constructor'
            : !Node.isClassStaticBlockDeclaration(one) &&
              one.getName() === member &&
              (Node.isStaticable(one) && one.isStatic()) === ofStatic,
        )
    if (!Node.isInterfaceDeclaration(body) && !Node.isTypeLiteral(body)) return undefined
    return [...body.getProperties(), ...body.getMethods()].find((one) => one.getName() === member)
  }
  const signature = (node: Node): string => {
    const body = Node.isBodyable(node) ? node.getBody() : undefined
    const end = body?.getStart() ?? node.getEnd()
    const text = node.getSourceFile().getFullText().slice(node.getStart(), end)
    return printable(text.replace(/\s+/g, ' ').trim().replace(/[;,]$/, ''), 120)
  }
  const problem = (place: Node | undefined, message: string, member?: string): SourceProblem => {
    const start = (place !== undefined && Node.hasName(place) ? place.getNameNode() : place)?.getStart() ?? 0
    const named = member === undefined ? {} : { member }
    return { kind: 'api', ...yours.getLineAndColumnAtPos(start), message: printable(message, 600), ...named }
  }
  const because = ({ diagnostic }: Unmet): string => ` (${printable(diagnostic.reason.replace(/\.$/, ''), 160)})`

  const problems: SourceProblem[] = []
  for (const name of new Set(unmet.map(({ check }) => check.name))) {
    const mine = unmet.filter(({ check }) => check.name === name)
    const place = declared(yours, name)
    const first = (finds: Check['finds']) => mine.find(({ check }) => check.finds === finds)
    if (first('no-export') !== undefined) {
      problems.push(problem(place, `${name} is no longer exported; the stub exports it: put it back.`, name))
      continue
    }
    const shape = first('other-shape')
    const kinds = [place, declared(theirs, name)].map((node) => node && KINDS[node.getKindName()])
    const [kind, stubKind] = kinds
    if (kind !== stubKind && kind !== undefined && shape !== undefined) {
      problems.push(problem(place, `${name} is ${kind} here; in the stub it is ${stubKind}.`, name))
      continue
    }
    const arity = first('other-arity')
    if (arity !== undefined) {
      problems.push(problem(place, `${name} has other type parameters than in the stub${because(arity)}.`, name))
      continue
    }

    const found: { message: string; place: Node | undefined; member: string; why?: Unmet | undefined }[] = []
    for (const { check, diagnostic } of mine)
      for (const [, member = ''] of diagnostic.message.matchAll(/"([^"\\]+)"/g)) {
        const full = `${name}.${member}`
        if (found.some((one) => one.member === full)) continue
        const was = memberOf(theirs, name, member, check.ofStatic)
        const is = memberOf(yours, name, member, check.ofStatic)
        const said = was === undefined ? 'it' : `\`${signature(was)}\``
        const message = {
          lacks: `${full} is missing; the stub has ${said}: put it back.`,
          asks: `${full} is not in the stub, so nobody will give it: make it optional or remove it.`,
          differs: `${full} has changed: the stub has ${said}${is === undefined ? '' : `, yours is \`${signature(is)}\``}`,
        }[check.finds as 'lacks' | 'asks' | 'differs']
        found.push({ message, place: is ?? place, member: full, why: check.finds === 'differs' ? shape : undefined })
      }
    const constructor = first('other-constructor')
    if (constructor !== undefined) {
      const [was, is] = [theirs, yours].map((file) => memberOf(file, name, 'constructor', false))
      const [stubs, own] = [was, is].map((node) => (node === undefined ? '`constructor()`' : `\`${signature(node)}\``))
      const message = `The constructor of ${name} has changed: the stub has ${stubs}, yours is ${own}`
      found.push({ message, place: is ?? place, member: `${name}.constructor`, why: constructor })
    }
    if (found.length === 0 && shape !== undefined)
      found.push({ message: `${name} no longer matches the stub`, place, member: name, why: shape })
    for (const { message, place: at, member, why } of found) {
      // The compiler explains one difference only: with several, it is not known which.
      const end = message.endsWith('.') ? '' : `${why !== undefined && found.length === 1 ? because(why) : ''}.`
      problems.push(problem(at, `${message}${end}`, member))
    }
  }
  return problems
}

const KINDS: Record<string, string> = {
  ClassDeclaration: 'a class',
  InterfaceDeclaration: 'a type',
  TypeAliasDeclaration: 'a type',
  FunctionDeclaration: 'a function',
  VariableDeclaration: 'a constant',
}
