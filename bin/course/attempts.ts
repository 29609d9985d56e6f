// Every text of the learner's that the program is about to overwrite lands here first, so that nothing is ever lost:
// `.kata/attempts/<slug>/2026-03-01T10-15-00-000Z-reset.ts`.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attemptsFolder, pristineStubFile, stubFile } from './files.ts'
import type { Kata, Workspace } from './kata.ts'
import { KataError } from './kata-error.ts'
import { readBytes } from './read-text.ts'
import { replaceFile } from './replace-file.ts'

export interface Attempt {
  readonly file: string
  /** ISO time with dashes, sortable */
  readonly time: string
  /** 1, or higher for those saved in the same millisecond */
  readonly place: number
  /** what was about to overwrite it */
  readonly reason: string
}

const MAX_BYTES = 4 * 1024 * 1024
const NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)(?:-(\d{1,6}))?-([a-z]+(?:-[a-z]+)*)\.ts$/

/** Newest first. Files that we did not name are left out. */
export function listAttempts(ws: Workspace, kata: Kata): Attempt[] {
  const folder = attemptsFolder(ws, kata)
  return namesIn(folder)
    .flatMap((name): Attempt[] => {
      const [, time, place, reason] = NAME.exec(name) ?? []
      return time === undefined || reason === undefined
        ? []
        : [{ file: join(folder, name), time, place: Number(place ?? 1), reason }]
    })
    .sort((a, b) => (a.time === b.time ? b.place - a.place : a.time < b.time ? 1 : -1))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * Keeps the learner's present file.
 * @param reason a few small words with dashes, such as `reset`
 * @returns where it lies, perhaps since earlier; undefined when there is nothing of theirs to keep: the pristine stub
 */
export function saveAttempt(ws: Workspace, kata: Kata, reason: string, atMs: number): string | undefined {
  const present = readBytes(stubFile(ws, kata), MAX_BYTES)
  if (present === undefined) return undefined
  const [newest] = listAttempts(ws, kata)
  const isPresent = (file: string) => readBytes(file, MAX_BYTES)?.equals(present) === true
  if (isPresent(pristineStubFile(ws, kata))) return undefined
  if (newest !== undefined && isPresent(newest.file)) return newest.file

  // A clock that was set back must not put this attempt behind older ones: `--undo` goes by the newest.
  const clock = new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')
  const time = newest !== undefined && newest.time > clock ? newest.time : clock
  const folder = attemptsFolder(ws, kata)
  mkdirSync(folder, { recursive: true })
  for (let place = time === newest?.time ? newest.place + 1 : 1; ; place++) {
    const name = `${time}${place === 1 ? '' : `-${place}`}-${reason}.ts`
    if (!NAME.test(name)) throw new Error(`an attempt can't be named ${name}`)
    if (writeNew(join(folder, name), present)) return join(folder, name)
  }
}

/** False when there is such a file already: another process was as quick. */
function writeNew(file: string, bytes: Buffer): boolean {
  try {
    writeFileSync(file, bytes, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Brings an attempt back; the present file is kept first. Returns where that lies, as saveAttempt does. */
export function restoreAttempt(ws: Workspace, kata: Kata, attempt: Attempt, atMs: number): string | undefined {
  const bytes = readBytes(attempt.file, MAX_BYTES)
  if (bytes === undefined) throw new KataError(`The attempt ${attempt.file} is gone.`)
  const saved = saveAttempt(ws, kata, 'restore', atMs)
  replaceFile(stubFile(ws, kata), bytes)
  return saved
}

/** Gives an empty stub; the present file is kept first. Returns where that lies, as saveAttempt does. */
export function resetStub(ws: Workspace, kata: Kata, atMs: number): string | undefined {
  const pristine = pristineStubFile(ws, kata)
  const bytes = readBytes(pristine, MAX_BYTES)
  if (bytes === undefined) throw new KataError(`The course's stub ${pristine} is missing.`, 'Install the course again.')
  const saved = saveAttempt(ws, kata, 'reset', atMs)
  replaceFile(stubFile(ws, kata), bytes)
  return saved
}

/** Brings the newest attempt back; done twice it goes forth again if there was something to lose. Returns what it restored. */
export function undoReset(ws: Workspace, kata: Kata, atMs: number): Attempt {
  const [newest] = listAttempts(ws, kata)
  if (newest === undefined) throw new KataError(`No attempt at ${kata.slug} is kept, so nothing can be undone.`)
  restoreAttempt(ws, kata, newest, atMs)
  return newest
}
