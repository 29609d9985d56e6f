// What every command works with: where the course is, what the learner did, and the one way to the outside world.

import { randomUUID } from 'node:crypto'
import { dirname, relative, sep } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import { progressFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { appendProgress, type EventType, readProgress } from '../course/progress.ts'
import { kataRevision } from '../course/revision.ts'
import { deriveState, type KataState } from '../course/state.ts'
import { findWorkspace } from '../course/workspace.ts'
import { jsonText } from './json-text.ts'
import type { Screen } from './pager.ts'
import { type Look, lookOf } from './screens/look.ts'

export interface Io {
  readonly stdout: Screen
  readonly stderr: Screen
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?(raw: boolean): unknown }
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  now(): number
}

export interface Context {
  readonly io: Io
  readonly ws: Workspace
  /** in course order */
  readonly katas: readonly Kata[]
  readonly json: boolean
  readonly look: Look
  /** a person is there to answer */
  readonly interactive: boolean
  /** and what was written can be cleared away again */
  readonly clears: boolean
}

const COURSE = dirname(dirname(import.meta.dirname))

export function createContext(io: Io, json: boolean): Context {
  const interactive = !json && io.stdin.isTTY === true && io.stdout.isTTY === true && io.env['CI'] === undefined
  return {
    io,
    ws: findWorkspace(io.cwd, COURSE),
    katas: discoverKatas(COURSE),
    json,
    look: lookOf(io.stdout, io.env),
    interactive,
    clears: interactive && io.env['TERM'] !== 'dumb',
  }
}

export function say(context: Context, text: string): void {
  context.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** One object, one line-broken JSON document: what `--json` prints. */
export function sayJson(context: Context, value: unknown): void {
  context.io.stdout.write(`${jsonText(value, 2)}\n`)
}

export function progress(context: Context): Map<string, KataState> {
  const { events } = readProgress(progressFile(context.ws))
  return deriveState(events, context.katas, (kata) => kataRevision(context.ws, kata), context.io.now())
}

export function record(
  context: Context,
  type: EventType,
  kata: Kata,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const at = new Date(context.io.now()).toISOString()
  appendProgress(progressFile(context.ws), { id: randomUUID(), at, type, kata: kata.slug, ...fields })
}

/** A path as the learner would type it where they are. */
export function shown(context: Context, file: string): string {
  const path = relative(context.io.cwd, file)
  return (path === '' ? '.' : path.startsWith(`..${sep}..`) ? file : path).split(sep).join('/')
}
