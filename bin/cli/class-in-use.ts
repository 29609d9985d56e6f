// Which gradebook and which assignment an instructor means. The assignment is read anew each time, so that an extension
// written into the file counts at once; the gradebook remembers which file that is, and keeps a copy for the day on which
// it is gone.

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findKata } from '../course/discover.ts'
import { budgetsFile } from '../course/files.ts'
import type { Kata } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'
import { readLesson } from '../course/lesson.ts'
import { printable } from '../course/printable.ts'
import { readNamed } from '../course/read-text.ts'
import { type Assignment, gradedKata, parseAssignment, plainAssignment } from '../gradebook/assignment.ts'
import type { GradedKata } from '../gradebook/grades.ts'
import type { Store } from '../gradebook/store.ts'
import { readBudgets } from '../judge/budgets/read-budgets.ts'
import type { Values } from './arguments.ts'
import { type Context, shown } from './context.ts'

const MAX_BYTES = 1024 * 1024
const GRADEBOOK = 'gradebook.sqlite'
const SETTING = 'assignment'

/** What the gradebook keeps of it: a file and its text, or the slugs of the command line. */
export type Remembered = { readonly file: string; readonly text: string } | { readonly katas: readonly string[] }

export interface ClassInUse {
  readonly assignment: Assignment
  readonly katas: readonly Kata[]
  readonly graded: readonly GradedKata[]
}

export function gradebookFile({ io }: Context, values: Values, given = values.gradebook): string {
  if (given !== undefined) return resolve(io.cwd, given)
  const { assignment } = values
  return assignment === undefined ? join(io.cwd, GRADEBOOK) : join(dirname(resolve(io.cwd, assignment)), GRADEBOOK)
}

/** What the command line names. @throws {KataError} where it is not there */
export function namedAssignment(context: Context, values: Values): Remembered | undefined {
  if (values.assignment !== undefined) {
    if (values.kata !== undefined)
      throw new KataError('--assignment and --kata both say which katas.', 'Leave one of them out.')
    const file = resolve(context.io.cwd, values.assignment)
    const text = assignmentText(file)
    if (text === undefined) throw new KataError(`There is no file ${shown(context, file)}.`, 'See: npx kata help grade')
    return { file, text }
  }
  if (values.kata !== undefined) return { katas: values.kata.map((name) => findKata(context.katas, name).slug) }
  return undefined
}

/** What the gradebook was graded by last. @throws {KataError} for one that never was */
export function rememberedAssignment(store: Store): Remembered {
  const kept = store.setting(SETTING)
  if (kept === undefined) throw nothingSaid()
  const known = JSON.parse(kept) as Remembered
  if (!('file' in known) || !existsSync(known.file)) return known
  return { ...known, text: assignmentText(known.file) ?? known.text }
}

const assignmentText = (file: string): string | undefined =>
  readNamed(file, MAX_BYTES, 'Name the file itself: --assignment FILE')?.toString('utf8')

export const nothingSaid = (): KataError =>
  new KataError(
    'Nothing says which katas to grade.',
    'Say it: npx kata grade DIR --assignment FILE, or npx kata grade DIR --kata SLUG',
  )

export const remember = (store: Store, assignment: Remembered): void =>
  store.set(SETTING, JSON.stringify(assignment satisfies Remembered))

/** @throws {KataError} for what the assignment says wrongly */
export async function classOf(context: Context, from: Remembered): Promise<ClassInUse> {
  const file = 'file' in from ? shown(context, from.file) : 'the command line'
  const slugs = context.katas.map(({ slug }) => slug)
  const assignment = 'file' in from ? parseAssignment(from.text, file, slugs) : plainAssignment(from.katas)
  const katas = assignment.katas.map(({ kata }) => findKata(context.katas, kata))
  const graded = await Promise.all(
    katas.map(async (kata, i) => {
      const budgets = (await budgetsOf(context, kata)).filter((budget) => !('throughput' in budget))
      const { title, promises } = readLesson(context.ws, kata)
      const known = {
        title,
        promises: promises.map(({ name }) => name),
        budgets: budgets.map(({ name }) => name),
      }
      return gradedKata(assignment.katas[i] as Assignment['katas'][number], known, file)
    }),
  )
  return { assignment, katas, graded }
}

/** What its author has written wrongly is no bug of ours: a sentence with the file, as for a lesson with such a fault. */
async function budgetsOf({ ws }: Context, kata: Kata): ReturnType<typeof readBudgets> {
  try {
    return await readBudgets(ws, kata)
  } catch (error) {
    const file = budgetsFile(ws, kata)
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    // Where a file does not parse, Node writes the place above the error.
    const [head = ''] = stack.split('\n')
    const line = [file, pathToFileURL(file).href].some((path) => head.startsWith(`${path}:`))
      ? head.slice(head.lastIndexOf(':'))
      : ''
    throw new KataError(
      `The budgets of ${kata.slug} cannot be read: ${file}${line}: ${printable(message.replace(`${file} `, '').split('\n')[0] ?? '')}`,
      'The mistake is in the course, not in the class: mend the file, or install the course again.',
    )
  }
}
