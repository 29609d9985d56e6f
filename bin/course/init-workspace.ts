// Makes a workspace outside the course, and brings it up to date later without ever writing over the learner's work.
// As in a three-way merge: what we wrote last is kept under `.kata/base/`, and a file that still equals it is ours.

import { existsSync, readdirSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import type { Kata } from './kata.ts'
import { KataError } from './kata-error.ts'
import { printable } from './printable.ts'
import { readText } from './read-text.ts'
import { replaceFile } from './replace-file.ts'
import { readWorkspaceCourse, WORKSPACE_VERSION, workspaceFile } from './workspace.ts'
import { type WorkspaceFile, workspaceFiles } from './workspace-files.ts'

/** Paths relative to the workspace. A file that is as the course has it already is in none of the lists. */
export interface InitReport {
  readonly added: string[]
  /** had not been changed by the learner, and now is as the course has it */
  readonly updated: string[]
  /** changed by the learner only: left alone */
  readonly kept: string[]
  /** changed by both: the learner's is left alone, the course's lies beside it */
  readonly conflicts: { readonly file: string; readonly newFile: string }[]
}

const MAX_BYTES = 4 * 1024 * 1024

export function initWorkspace(course: string, dir: string, katas: readonly Kata[]): InitReport {
  const root = resolve(dir)
  if (readWorkspaceCourse(root) === undefined && existsSync(root) && readdirSync(root).length > 0) {
    throw new KataError(
      `${printable(root)} is not empty and no workspace.`,
      'Choose an empty folder: npx kata init DIR',
    )
  }
  // Read all of the course before anything is written, and mark the folder as ours first: whatever stops us in the
  // midst, the same command takes up where it ended.
  const files = workspaceFiles(course, katas)
  const link = { course: resolve(course), version: WORKSPACE_VERSION }
  replaceFile(workspaceFile(root), `${JSON.stringify(link, undefined, 2)}\n`)

  return bringUpToDate(root, files)
}

/** Writes what is new or was not changed by anybody, and nothing over what was. */
export function bringUpToDate(root: string, files: readonly WorkspaceFile[]): InitReport {
  const report: InitReport = { added: [], updated: [], kept: [], conflicts: [] }
  for (const file of files) bringOneUpToDate(root, file, report)
  return report
}

function bringOneUpToDate(root: string, { path, text }: WorkspaceFile, report: InitReport): void {
  const place = join(root, path)
  const base = baseFile(root, path)
  const mine = readText(place, MAX_BYTES)
  const known = readText(base, MAX_BYTES)
  const changedByCourse = known === undefined || !sameText(known, text)
  const changedByLearner = mine !== undefined && (known === undefined || !sameText(mine, known))
  if (mine === undefined) {
    replaceFile(place, text)
    report.added.push(path)
  } else if (!sameText(mine, text)) {
    if (!changedByLearner) {
      replaceFile(place, text)
      report.updated.push(path)
    } else if (changedByCourse) report.conflicts.push({ file: path, newFile: landBeside(root, { path, text }, known) })
    else report.kept.push(path)
  }
  // Last, so that a crash before it only makes the next run look at this file again.
  if (changedByCourse) replaceFile(base, text)
}

/** Named so that no test runner takes the copy of an example for a test. */
export const baseFile = (root: string, path: string): string => join(root, '.kata', 'base', `${path}.base`)

/** Line endings are those of the learner's editor or checkout, not a change. */
export const sameText = (a: string, b: string): boolean => a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n')

/** `token-bucket.new.ts`; another number when the learner has made something of an earlier one. */
function landBeside(root: string, file: WorkspaceFile, known: string | undefined): string {
  const { dir, name, ext } = parse(file.path)
  for (let number = 1; ; number++) {
    const path = [...(dir === '' ? [] : [dir]), `${name}.new${number === 1 ? '' : `-${number}`}${ext}`].join('/')
    const there = readText(join(root, path), MAX_BYTES)
    if (there !== undefined && !sameText(there, file.text) && !(known !== undefined && sameText(there, known))) continue
    replaceFile(join(root, path), file.text)
    return path
  }
}
