// Reads a small text file of unknown origin: never more than the given size, and never a pipe or device that would
// block us for ever.

import { readFileSync, statSync } from 'node:fs'
import { KataError } from './kata-error.ts'
import { printable } from './printable.ts'

/**
 * The bytes of the file, or undefined when there is none.
 * @param next what to do about something else in its place, or about too much of it: `Move it away.` where the name is ours
 */
export function readBytes(file: string, maxBytes: number, next = 'Move it away.'): Buffer | undefined {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile()) throw new KataError(`${file} is not a file.`, next)
  if (stat.size > maxBytes) {
    throw new KataError(`${file} has ${stat.size} bytes, more than the ${maxBytes} that belong there.`, next)
  }
  return readFileSync(file)
}

export const readText = (file: string, maxBytes: number, next?: string): string | undefined =>
  readBytes(file, maxBytes, next)?.toString('utf8')

/**
 * The same of a file that the user has named: what the system refuses there is theirs to mend, and no bug of ours.
 * @param next what to name instead
 */
export function readNamed(file: string, maxBytes: number, next: string): Buffer | undefined {
  try {
    return readBytes(file, maxBytes, next)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    throw new KataError(
      `${printable(file)} cannot be read (${code}).`,
      isForbidden ? 'Give yourself the right to read it.' : next,
    )
  }
}
