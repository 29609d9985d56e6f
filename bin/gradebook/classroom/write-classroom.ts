// Writes a classroom, and brings it up to date later, as `kata init` does with a workspace: nothing that anybody changed
// is ever written over or deleted. Which katas it is for is remembered beside it.

import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { baseFile, bringUpToDate, type InitReport, sameText } from '../../course/init-workspace.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import { readText } from '../../course/read-text.ts'
import { replaceFile } from '../../course/replace-file.ts'
import { parseAssignment } from '../assignment.ts'
import { ASSIGNMENT, type Classroom, classroomFiles, type Rules, STARTER, starterFiles } from './classroom-files.ts'
import { keepEarlier } from './earlier-starters.ts'

const VERSION = 1
const MAX_BYTES = 64 * 1024
const MAX_NAME = 100

/** What was asked for when it was made. */
interface Made {
  readonly version: number
  readonly name: string
  readonly deadline?: string
  /** slugs */
  readonly katas: readonly string[]
}

export const madeFile = (root: string): string => join(root, '.kata', 'classroom.json')

export interface Asked {
  readonly name?: string | undefined
  readonly deadline?: string | undefined
  /** in place of those that it was made for; none: those */
  readonly katas: readonly Kata[]
}

export interface Written extends InitReport {
  readonly root: string
  readonly classroom: Classroom
  /** what the starter still has of katas that are not in the list: learners get it unless somebody deletes it */
  readonly stays: readonly string[]
}

/** @throws {KataError} for a folder that is somebody else's, no katas, or a deadline that says no instant */
export async function writeClassroom(
  course: string,
  dir: string,
  asked: Asked,
  all: readonly Kata[],
): Promise<Written> {
  const root = resolve(dir)
  const made = readMade(root)
  if (made === undefined && existsSync(root) && readdirSync(root).length > 0)
    throw new KataError(
      `${printable(root)} is not empty and no classroom.`,
      'Choose an empty folder: npx kata classroom DIR KATA…',
    )
  const slugs = asked.katas.length > 0 ? asked.katas.map(({ slug }) => slug) : (made?.katas ?? [])
  // In course order, for that is the order in which they build on each other.
  const katas = all.filter(({ slug }) => slugs.includes(slug))
  if (katas.length === 0)
    throw new KataError('No kata is named.', 'For example: npx kata classroom ../hw1 token-bucket fixed-window')
  const name = nameOf(asked.name ?? made?.name ?? (root.split(/[\\/]/).at(-1) || 'katas'))
  const rules = instructorsRules(root, all)
  const wanted = deadlineOf(asked.deadline)
  if (rules !== undefined && wanted !== undefined && wanted !== rules.deadline)
    throw new KataError(
      `${ASSIGNMENT} is yours since you changed it, and has ${rules.deadline === undefined ? 'no deadline' : `the deadline ${rules.deadline}`}.`,
      'Change it there, and run this again without --deadline.',
    )
  const deadline = wanted ?? deadlineOf(made?.deadline)
  const classroom: Classroom = { name, deadline, katas, rules }
  const files = await classroomFiles(course, classroom)
  const remembered: Made = {
    version: VERSION,
    name,
    ...(deadline === undefined ? {} : { deadline }),
    katas: katas.map(({ slug }) => slug),
  }
  replaceFile(madeFile(root), `${JSON.stringify(remembered, undefined, 2)}\n`)
  const stays = all
    .filter((kata) => !katas.includes(kata))
    .flatMap((kata) => starterFiles(kata).map((path) => `${STARTER}/${path}`))
    .filter((path) => existsSync(join(root, path)))
  keepEarlier(root, files)
  return { root, classroom, stays, ...bringUpToDate(root, files) }
}

/**
 * What the assignment file says once somebody has changed it: grades are made by that, and learners are told the same.
 * @returns undefined of one that is as we wrote it, and of one that says nothing: who grades by it is told where it is wrong
 */
function instructorsRules(root: string, all: readonly Kata[]): Rules | undefined {
  const text = readText(join(root, ASSIGNMENT), MAX_BYTES)
  const written = readText(baseFile(root, ASSIGNMENT), MAX_BYTES)
  if (text === undefined || (written !== undefined && sameText(text, written))) return undefined
  try {
    const known = all.map(({ slug }) => slug)
    const { late } = parseAssignment(text, ASSIGNMENT, known)
    return { late, deadline: parsed(text)['deadline'] as string | undefined }
  } catch (error) {
    if (error instanceof KataError) return undefined
    throw error
  }
}

/** It becomes a heading, a table's text and a package's name: one line of it, and no markup. */
function nameOf(name: string): string {
  if (name.trim() === '' || name.length > MAX_NAME || printable(name) !== name || /[<>[\]|`]/.test(name))
    throw new KataError(
      `The name "${printable(name, 60)}" cannot stand in a heading.`,
      `Give one of at most ${MAX_NAME} characters, without <>[]|\` in it.`,
    )
  return name.trim()
}

function deadlineOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new KataError(
      `"${printable(text, 60)}" is no deadline that means the same everywhere.`,
      'Give it with its offset: --deadline 2026-03-01T23:59:00+01:00',
    )
  return text
}

function readMade(root: string): Made | undefined {
  const text = readText(madeFile(root), MAX_BYTES)
  if (text === undefined) return undefined
  const value = parsed(text)
  const { version, name, deadline, katas } = value
  if (typeof version === 'number' && version > VERSION)
    throw new KataError(`${madeFile(root)} was written by a newer kata (version ${version}).`, 'Update the course.')
  if (typeof name !== 'string' || !Array.isArray(katas) || katas.some((slug) => typeof slug !== 'string'))
    throw new KataError(`${madeFile(root)} is damaged.`, 'Delete it, and name the katas again in an empty folder.')
  return { version: VERSION, name, katas: katas as string[], ...(typeof deadline === 'string' ? { deadline } : {}) }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
