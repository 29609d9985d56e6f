// Where the operating system refuses a place that the user has named: a sentence, and not a stack.

import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { KataError } from '../course/kata-error.ts'

/** @param place as the user would type it. @throws {KataError} for what the system refuses; a bug of ours stays one */
export function withSystemsWords<T>(place: string, next: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw inWords(error, place, next)
  }
}

/** The error in words where the system refused; otherwise the error itself. */
export function inWords(error: unknown, place: string, next: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return new KataError(`${place} cannot be written: a file is where a folder should be (${code}).`, next)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new KataError(`${place} could not be written: the disk is full (${code}).`, 'Make room, and type it again.')
  return new KataError(`${place} cannot be written (${code}).`, next)
}

/** One by one: Node's recursive `mkdirSync` never returns from below `/proc`. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}
