// Long text goes through the reader's pager, short text and pipes straight out; a pager that is missing or left early is
// nothing to report.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { columns } from './columns.ts'

/** What a pager needs of `process.stdout`; a file has a descriptor, and no rows. */
export type Screen = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'rows' | 'columns'>>

/** Shows the text and returns when the reader has left the pager, or the text is written. */
export async function page(text: string, { stdout, env }: { stdout: Screen; env: NodeJS.ProcessEnv }): Promise<void> {
  const { PAGER = 'less -FRX' } = env
  const paged = stdout.isTTY === true && PAGER.trim() !== '' && rowsOf(text, stdout) >= (stdout.rows ?? 24)
  if (!paged || !(await pipeInto(PAGER, text, { stdout, env }))) await write(text, stdout)
}

function rowsOf(text: string, { columns: width = 80 }: Screen): number {
  return stripVTControlCharacters(text)
    .replace(/\n$/, '')
    .split('\n')
    .reduce((rows, line) => rows + Math.max(1, Math.ceil(columns(line) / Math.max(1, width))), 0)
}

/** `false` if there is no such pager. No shell: the same on every system, and a missing one is an error, not a status. */
async function pipeInto(command: string, text: string, { stdout, env }: Parameters<typeof page>[1]): Promise<boolean> {
  const [program = '', ...flags] = command.trim().split(/\s+/)
  // As git does: colour and short texts right even where PAGER is a bare `less`, and its character set is ours.
  const pagerEnv = { LESS: 'FRX', LESSCHARSET: 'utf-8', ...env }
  process.on('SIGINT', ignore) // Ctrl-C belongs to the pager while it has the screen
  try {
    const pager = spawn(program, flags, { stdio: ['pipe', stdout as WriteStream, 'inherit'], env: pagerEnv })
    pager.stdin.on('error', throwUnlessClosed)
    pager.stdin.end(text)
    await once(pager, 'close')
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  } finally {
    process.off('SIGINT', ignore)
  }
}

async function write(text: string, stdout: Screen): Promise<void> {
  stdout.off('error', ignore).on('error', ignore)
  const failure = await new Promise<Error | null | undefined>((resolve) => stdout.write(text, resolve))
  if (failure) throwUnlessClosed(failure)
  else stdout.off('error', ignore)
}

/** A failed stream reports its failure again, as an event, when `write` has already returned: hence a listener that stays. */
function ignore(): void {}

/** The reader left before the end (`q`, `| head`): that is their right. Which of the two it is depends on what was unread. */
function throwUnlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')
}
