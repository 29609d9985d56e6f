// The native TypeScript compiler as a child process, and its output as data.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Address space of the compiler, of which it needs a quarter for a hundred submissions. A type of three lines can ask for
 * all the memory of a machine, and then the system ends whatever it likes.
 */
const MAX_VIRTUAL_KIB = 4 * 1024 * 1024

/** A message of the compiler can quote a type as large as the submission that it came from. */
const MAX_LINE_LENGTH = 4_000

export interface Diagnostic {
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
export async function diagnose(
  folder: string,
  deadlineMs: number,
  see: (diagnostic: Diagnostic) => void,
): Promise<string> {
  const [command, ...args] = withinMemory(await compilerFile())
  const compiler = spawn(command, [...args, '-b', '--singleThreaded', '--pretty', 'false', '--locale', 'en'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
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
  if (signal !== null) throw new Error(`The TypeScript compiler was stopped (${signal}). It had ${deadlineMs} ms.`)
  return output
}

/** Under a limit of the system where a shell can set one. */
const withinMemory = (file: string): [string, ...string[]] =>
  process.platform === 'linux' && existsSync('/bin/sh')
    ? ['/bin/sh', '-c', `ulimit -c 0; ulimit -v ${MAX_VIRTUAL_KIB}; exec "$0" "$@"`, file]
    : [file]

/** The native compiler's own file: through `bin/tsc` every run would start a Node first. */
async function compilerFile(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  const locator: { default: () => string } = await import(
    pathToFileURL(join(dirname(manifest), 'lib/getExePath.js')).href
  )
  return locator.default()
}
