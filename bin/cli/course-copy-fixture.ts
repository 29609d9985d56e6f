// The real command line on a course of its own: a copy of the engine with two katas (token-bucket, and a small one that
// waits), and a workspace beside it made by `kata init`. So a test may break a suite or age a file, and no other kata,
// no other test and not the repository's own .kata can touch it.

import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

const REPOSITORY = join(import.meta.dirname, '../..')
const TOKEN_BUCKET = '2-foundation/token-bucket'
export const ASK_TWICE = '3-patience/ask-twice'
const ASK_TWICE_FILES: Readonly<Record<string, string>> = {
  'stub.ts.txt': `graders/${ASK_TWICE}/stub.ts`,
  'driver.ts.txt': `graders/${ASK_TWICE}/driver.ts`,
  'suite.test.ts.txt': `graders/${ASK_TWICE}/suite.test.ts`,
  'solution.ts.txt': `solutions/${ASK_TWICE}.ts`,
  'example.test.ts.txt': `katas/${ASK_TWICE}.test.ts`,
  'lesson.md': `lessons/${ASK_TWICE}.md`,
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** how large a file may become, in blocks of 512 bytes; where there is a shell */
  readonly maxFileBlocks?: number
}

export interface CourseCopy extends Disposable {
  readonly course: string
  /** made by `kata init` */
  readonly ws: string
  /** the learner's token bucket, or another kata's file */
  file(path?: string): string
  /** writes the learner's token bucket, or another file of the workspace */
  write(text: string, path?: string): void
  kata(args: readonly string[], options?: RunOptions): Promise<Ran>
  start(args: readonly string[], options?: RunOptions): ChildProcess
  /** a command and its screen as a reader of the README would see them, with what differs from run to run masked */
  screen(args: readonly string[], options?: RunOptions): Promise<string>
  json(args: readonly string[], options?: RunOptions): Promise<Record<string, unknown>>
  mask(text: string): string
}

export const SOLUTION = readFileSync(join(REPOSITORY, 'solutions', `${TOKEN_BUCKET}.ts`), 'utf8')
export const ASK_TWICE_SOLUTION = readFileSync(join(import.meta.dirname, 'fixtures/ask-twice/solution.ts.txt'), 'utf8')
/** A known wrong answer of token-bucket's, such as `wrong-answer.drifts`. */
export const rejected = (name: string): string =>
  readFileSync(join(REPOSITORY, 'graders', TOKEN_BUCKET, 'rejected', `${name}.ts`), 'utf8')

/** The solution with one change, which must apply. */
export function changed(from: string | RegExp, to: string, source = SOLUTION): string {
  const text = source.replace(from, () => to)
  if (text === source) throw new Error(`nothing in the solution is like ${from}`)
  return text
}

export async function courseCopy(): Promise<CourseCopy> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'kata-cli-')))
  const course = join(root, 'course')
  const ws = join(root, 'ws')
  const dispose = () => rmSync(root, { recursive: true, force: true })
  copyCourse(course)

  const start = (args: readonly string[], { cwd = ws, env = {}, maxFileBlocks }: RunOptions = {}) => {
    const typed = [process.execPath, join(course, 'bin/kata.js'), ...args]
    // A write beyond the limit fails, as it does where the disk is full.
    const limited = ['/bin/sh', '-c', `trap '' XFSZ; ulimit -f ${maxFileBlocks}; exec "$0" "$@"`, ...typed]
    const [command = '', ...rest] = maxFileBlocks === undefined ? typed : limited
    return spawn(command, rest, { cwd, env: { ...plainEnv(root), ...env } })
  }
  const kata = async (args: readonly string[], options?: RunOptions): Promise<Ran> => ended(start(args, options))
  const mask = (text: string) =>
    text
      .replaceAll(course, '<course>')
      .replaceAll(ws, '<workspace>')
      .replace(/ · (\d+ ms|\d+\.\d s)$/gm, ' · <time>')
      .replace(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z/g, '<when>')

  const { code, err } = await kata(['init', ws], { cwd: root })
  if (code !== 0) {
    dispose()
    throw new Error(`kata init ended with ${code}: ${err}`)
  }
  return {
    course,
    ws,
    file: (path = TOKEN_BUCKET) => join(ws, 'katas', `${path}.ts`),
    write: (text, path = join('katas', `${TOKEN_BUCKET}.ts`)) => writeFileSync(join(ws, path), text),
    kata,
    start,
    async screen(args, options) {
      const { code, out, err } = await kata(args, options)
      const typed = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')
      return mask(`$ kata ${typed}\n${out}${err}[exit ${code}]\n`)
    },
    async json(args, options) {
      const { out, err } = await kata([...args, '--json'], options)
      if (err !== '') throw new Error(err)
      return JSON.parse(out) as Record<string, unknown>
    },
    mask,
    [Symbol.dispose]: dispose,
  }
}

export async function ended(child: ChildProcess): Promise<Ran> {
  const read = async (stream: NodeJS.ReadableStream | null) => {
    let text = ''
    for await (const chunk of stream?.setEncoding('utf8') ?? []) text += chunk
    return text
  }
  const closed = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  child.stdin?.end()
  const [code, out, err] = await Promise.all([closed, read(child.stdout), read(child.stderr)])
  return { code, out, err }
}

/** Nothing of the machine that a screen could depend on, and a compile cache that dies with the copy. */
const plainEnv = (root: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: root,
  TZ: 'UTC',
  NODE_COMPILE_CACHE: join(root, 'cache'),
})

function copyCourse(course: string): void {
  const ours = (path: string) => /\/suite\.test\.ts$|^katas\//.test(path) || !/\.test\.ts$|fixture/.test(path)
  const copy = (path: string) =>
    cpSync(join(REPOSITORY, path), join(course, path), {
      recursive: true,
      filter: (from) => ours(relative(REPOSITORY, from).replaceAll('\\', '/')),
    })
  for (const path of ['bin', 'package.json', 'tsconfig.json', 'graders/kit', `graders/${TOKEN_BUCKET}`]) copy(path)
  for (const path of [`lessons/${TOKEN_BUCKET}.md`, `solutions/${TOKEN_BUCKET}.ts`, `katas/${TOKEN_BUCKET}.test.ts`])
    copy(path)
  // What it needs in the course is not in this one.
  const lesson = join(course, `lessons/${TOKEN_BUCKET}.md`)
  writeFileSync(lesson, readFileSync(lesson, 'utf8').replace(/^after: .*$/m, 'after: []'))
  const fixtures = join(import.meta.dirname, 'fixtures/ask-twice')
  for (const name of readdirSync(fixtures)) {
    const to = join(course, ASK_TWICE_FILES[name] ?? name)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(join(fixtures, name), to)
  }
  // The stubs as the course ships them, whatever a learner of this very repository has made of theirs.
  for (const path of [TOKEN_BUCKET, ASK_TWICE])
    cpSync(join(course, 'graders', path, 'stub.ts'), join(course, 'katas', `${path}.ts`))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(course, 'node_modules'), 'junction')
}
