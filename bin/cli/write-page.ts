// Where `--html FILE` goes: one file that the user names, and a sentence where it cannot be written.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KataError } from '../course/kata-error.ts'
import { type Context, shown } from './context.ts'

/** @returns the file, as the user would type it where they are. @throws {KataError} */
export function writePage(context: Context, path: string, html: string): string {
  const file = resolve(context.io.cwd, path)
  try {
    writeFileSync(file, html)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new KataError(`${shown(context, file)} cannot be written (${code}).`, 'Name a file in a folder of yours.')
  }
  return shown(context, file)
}
