// Finds the learner's side: the nearest folder above that `kata init` made, else the course's own folder.

import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Workspace } from './kata.ts'
import { KataError } from './kata-error.ts'
import { printable } from './printable.ts'
import { readText } from './read-text.ts'

export const WORKSPACE_VERSION = 1
const MAX_BYTES = 64 * 1024

export const workspaceFile = (root: string): string => join(root, '.kata', 'workspace.json')

/** @param course the course that this program belongs to */
export function findWorkspace(cwd: string, course: string): Workspace {
  for (let root = resolve(cwd); ; root = dirname(root)) {
    const linked = readWorkspaceCourse(root)
    if (linked !== undefined) {
      // A course's suites run with our rights, so a folder found on the way up must not choose which course that is.
      if (realPath(linked) !== realPath(course)) throw foreignCourse(root, linked, course)
      return { course, root }
    }
    if (root === dirname(root)) return { course, root: course }
  }
}

/** The course that a workspace is linked to, or undefined when the folder is no workspace. */
export function readWorkspaceCourse(root: string): string | undefined {
  const file = workspaceFile(root)
  const text = readText(file, MAX_BYTES)
  if (text === undefined) return undefined
  const { course, version } = parseObject(text)
  if (typeof version === 'number' && version > WORKSPACE_VERSION) {
    throw new KataError(`${file} was written by a newer kata (version ${version}).`, 'Update the course.')
  }
  if (version !== WORKSPACE_VERSION || typeof course !== 'string' || course === '' || course.includes('\0')) {
    throw new KataError(
      `${file} is damaged.`,
      'Restore it, or move the folder aside, run kata init, and copy your katas/ back.',
    )
  }
  return resolve(root, course)
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function realPath(folder: string): string | undefined {
  try {
    return realpathSync(folder)
  } catch {
    return undefined
  }
}

const foreignCourse = (root: string, linked: string, course: string): KataError =>
  new KataError(
    `The workspace ${printable(root)} belongs to the course in ${printable(linked)}, and this program to the one in ${printable(course)}.`,
    'Run the kata of that course, or link the workspace to this one: npx kata init . (in the workspace)',
  )
