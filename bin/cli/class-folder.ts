// A folder of learners, as `kata similar` reads it: for each learner a folder, in it the stub files under their own names.
// Only regular files are opened, links are not followed.

import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Kata } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'
import { printable } from '../course/printable.ts'
import type { Submission } from '../gradebook/similar/compare.ts'

const MAX_BYTES = 256 * 1024
const MAX_DEPTH = 6

/** One file for each learner and kata: what lies nearest to the learner's own folder. @throws {KataError} */
export function readClassFolder(folder: string, katas: readonly Kata[]): Submission[] {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat?.isDirectory() !== true)
    throw new KataError(`${printable(folder)} is no folder.`, 'Name the folder that holds a folder for each learner.')
  const slugs = new Map(katas.map(({ slug }) => [`${slug}.ts`, slug]))
  return folders(folder).flatMap((learner) => {
    const taken = new Map<string, Submission>()
    for (const file of filesBelow(join(folder, learner))) {
      const kata = slugs.get(basename(file))
      if (kata !== undefined && !taken.has(kata)) taken.set(kata, { learner, kata, text: readFileSync(file, 'utf8') })
    }
    return [...taken.values()]
  })
}

const isOurs = (name: string): boolean => !name.startsWith('.') && name !== 'node_modules'

const folders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isOurs(entry.name))
    .map(({ name }) => name)
    .sort()

/** Breadth first, by name. */
function* filesBelow(folder: string, depth = 0): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const file = join(folder, entry.name)
    if (entry.isFile() && lstatSync(file).size <= MAX_BYTES) yield file
  }
  if (depth < MAX_DEPTH)
    for (const entry of entries)
      if (entry.isDirectory() && isOurs(entry.name)) yield* filesBelow(join(folder, entry.name), depth + 1)
}
