// The entry: one match over commands. Each command is a file of its own and is loaded only when it is asked for, so that
// `kata next` does not pay for what `kata verify` needs.

import { inspect } from 'node:util'
import { KataError } from '../course/kata-error.ts'
import { EXIT } from '../judge/report.ts'
import { parseCommand } from './arguments.ts'
import { createContext, type Io } from './context.ts'
import { helpData, helpText } from './help.ts'
import { jsonText } from './json-text.ts'
import { errorScreen } from './screens/error-screen.ts'
import { lookOf } from './screens/look.ts'

/** @param launcherPipe see `endWithLauncher` */
export async function main(launcherPipe?: number): Promise<void> {
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
  }
  // A reader who has seen enough (`kata list | head`) is no error.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.accepted)
      throw error
    })
  // A bug of ours is our own error: the system's own exit code for it would say that a file was not accepted.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${inspect(error)}\n`)
    process.exit(EXIT.judgeError)
  })
  const argv = process.argv.slice(2)
  // The short ones end before anybody misses them. On Windows nobody has tried it.
  if (launcherPipe !== undefined && process.platform !== 'win32' && LONG.some((name) => argv.includes(name)))
    (await import('./end-with-launcher.ts')).endWithLauncher(launcherPipe)
  const code = await run(argv, io)
  process.exitCode = code
  // A run of vitest that a command has left in the middle still ends, and would say that tests have failed.
  process.on('beforeExit', () => {
    process.exitCode = code
  })
}

/** These go on for minutes, or until somebody ends them. */
const LONG = ['grade', 'verify', 'watch']

/** @returns the exit code */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json')
  try {
    return await dispatch(argv, io)
  } catch (error) {
    if (!(error instanceof KataError)) throw error
    // Where a command speaks in lines, a mistake is one of them.
    const command = argv.find((word) => !word.startsWith('-')) ?? ''
    const indent = ['grade', 'watch'].includes(command) ? 0 : 2
    if (json) io.stdout.write(`${jsonText({ error: error.what, next: error.next ?? null }, indent)}\n`)
    else io.stderr.write(`${errorScreen(error, lookOf(io.stderr, io.env))}\n`)
    return EXIT.usage
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const { name, values, positionals } = parseCommand(argv)
  if (name === 'help' || values.help === true) {
    const topic = values.help === true ? name : positionals[0]
    const text =
      values.json === true ? JSON.stringify(helpData(topic), null, 2) : helpText(topic, lookOf(io.stdout, io.env))
    io.stdout.write(`${text}\n`)
    return EXIT.accepted
  }
  if (name === 'version') {
    const { version } = await import('./version.ts')
    io.stdout.write(version(values.json === true))
    return EXIT.accepted
  }
  const context = createContext(io, values.json === true)
  switch (name) {
    case 'next':
      return (await import('./commands/next.ts')).next(context)
    case 'check':
      return (await import('./commands/check.ts')).check(context, positionals[0], values)
    case 'watch':
      return (await import('./commands/watch.ts')).watch(context, positionals[0], values)
    case 'trace':
      return (await import('./commands/trace.ts')).trace(context, positionals[0], values)
    case 'perf':
      return (await import('./commands/perf.ts')).perf(context, positionals[0], values)
    case 'list':
      return (await import('./commands/list.ts')).list(context, positionals, values)
    case 'lesson':
      return (await import('./commands/lesson.ts')).lesson(context, positionals[0], values)
    case 'hint':
      return (await import('./commands/hint.ts')).hint(context, positionals[0], values)
    case 'solution':
      return (await import('./commands/solution.ts')).solution(context, positionals[0], values)
    case 'diff':
      return (await import('./commands/diff.ts')).diff(context, positionals[0], values)
    case 'reset':
      return (await import('./commands/reset.ts')).reset(context, positionals[0], values)
    case 'redo':
      return (await import('./commands/redo.ts')).redo(context, positionals[0])
    case 'stats':
      return (await import('./commands/stats.ts')).stats(context, values)
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor(context)
    case 'init':
      return (await import('./commands/init.ts')).init(context, positionals[0])
    case 'classroom':
      return (await import('./commands/classroom.ts')).classroom(context, positionals, values)
    case 'similar':
      return (await import('./commands/similar.ts')).similar(context, positionals, values)
    case 'new':
      return (await import('./commands/new.ts')).newKata(context, positionals[0])
    case 'grade':
      return (await import('./commands/grade.ts')).grade(context, positionals[0], values)
    case 'gradebook':
      return (await import('./commands/gradebook.ts')).gradebook(context, positionals[0], values)
    case 'verify':
      return (await import('./commands/verify.ts')).verify(context, positionals, values)
  }
}
