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

import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import { type Check, conformance, type Unmet } from './compile-conformance.ts'
import { apiProblems, isImplicitAny, isUntyped, noCheckProblem, ownProblem } from './compile-words.ts'
import { type Diagnostic, diagnose } from './compiler-process.ts'

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
/** Of one start: far more than it needs (45 ms, and 10 for each further submission), for machines are loaded. */
const DEADLINE_MS = 20_000
const MORE_FOR_EACH_MS = 200
const PER_START = 100

export interface Compilation {
  /** root of the course: its tsconfig.json holds the flags, and the stubs' imports lead there */
  readonly course: string
  readonly katas: readonly Submission[]
  /** of one start of the compiler */
  readonly deadlineMs?: number
}

/**
 * Compiles any number of submissions, up to a hundred with one start of the compiler.
 * @returns one result per submission, in the order given
 * @throws {Error} when the compiler fails or does not end: then all of them are undecided, and as far as we know it is
 * no learner's fault.
 */
export async function compileSubmission({ course, katas, deadlineMs }: Compilation): Promise<Compiled[]> {
  const compiled: Compiled[] = []
  for (let at = 0; at < katas.length; at += PER_START)
    compiled.push(...(await compileTogether(course, katas.slice(at, at + PER_START), deadlineMs)))
  return compiled
}

/**
 * The same for submissions that have nothing to do with each other: where the compiler fails over all of them, each is
 * compiled by itself, so that the one that does it is alone in being undecided.
 * @returns in the order given; `fault` for one over which the compiler fails: as far as we know it is no learner's fault
 */
export async function compileApart(given: Compilation): Promise<(Compiled & { readonly fault?: string })[]> {
  try {
    return await compileSubmission(given)
  } catch (error) {
    if (given.katas.length > 1) {
      const apart = []
      for (const one of given.katas) apart.push(...(await compileApart({ ...given, katas: [one] })))
      return apart
    }
    const fault = error instanceof Error ? error.message : String(error)
    return given.katas.map(({ id, path }) => ({ id, path, problems: [], fault }))
  }
}

async function compileTogether(
  course: string,
  submissions: readonly Submission[],
  deadlineMs = DEADLINE_MS,
): Promise<Compiled[]> {
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
    const output = await diagnose(folder, deadlineMs + projects.length * MORE_FOR_EACH_MS, (diagnostic) => {
      const project = byName.get(diagnostic.project)
      if (project !== undefined) take(project, diagnostic)
    })
    const compiled: Compiled[] = []
    for (const { checked, problems, implicit, untyped, unmet, stub, submission } of projects) {
      const { id, path, source } = submission
      if (!checked) throw new Error(`The TypeScript compiler did not look at ${id} (${path}): ${output}`)
      const all = [...noCheckProblem(source), ...problems, ...(untyped ? [] : implicit)]
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
    if (isUntyped(diagnostic.message)) project.untyped = true
    else {
      const list = isImplicitAny(diagnostic.message) ? project.implicit : project.problems
      if (list.length < MAX_PROBLEMS) list.push(ownProblem(diagnostic))
    }
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

/** A submission's project, and what the compiler finds in it. */
interface Project {
  /** of its folder */
  readonly name: string
  readonly submission: Submission
  readonly stub: string
  /** by line of the conformance file */
  readonly checks: ReadonlyMap<number, Check>
  readonly problems: SourceProblem[]
  /** problems only if nothing is untyped */
  readonly implicit: SourceProblem[]
  /** uses names of Node, whose types are left out */
  untyped: boolean
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
  return { name, submission, stub, checks, problems: [], implicit: [], untyped: false, unmet: [], checked: false }
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
