// What a class was given before the course moved on. A learner who started in the first week hands in the first week's
// `package.json`, and it is still nobody's change.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { baseFile } from '../../course/init-workspace.ts'
import { readText } from '../../course/read-text.ts'
import { replaceFile } from '../../course/replace-file.ts'
import type { WorkspaceFile } from '../../course/workspace-files.ts'
import { steers } from '../intake/pick-stubs.ts'

const MAX_BYTES = 4 * 1024 * 1024

const folderOf = (root: string, path: string): string => join(root, '.kata', 'given', path)

/** To be called before these files are brought up to date. Of what steers a build alone: nothing else is ever asked for. */
export function keepEarlier(root: string, files: readonly WorkspaceFile[]): void {
  for (const { path, text } of files) {
    const known = steers(path) ? readText(baseFile(root, path), MAX_BYTES) : undefined
    if (known === undefined || known === text) continue
    const name = createHash('sha256').update(known).digest('hex').slice(0, 16)
    replaceFile(join(folderOf(root, path), `${name}.base`), known)
  }
}

/** Where a file lies as it was given at earlier times. */
export function earlierFiles(root: string, path: string): string[] {
  const folder = folderOf(root, path)
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}
