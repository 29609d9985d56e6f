// The run that broke a promise in a kata's last check, kept so that it can be drawn later without judging again. One file
// for each kata, written over by each check; what is read back may have been edited by anybody.

import { rmSync } from 'node:fs'
import { traceFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'
import { readText } from '../course/read-text.ts'
import { replaceFile } from '../course/replace-file.ts'
import { type Report, type Trace, tracedPromise } from '../judge/report.ts'
import { readTrace } from '../judge/trace/read-trace.ts'

const VERSION = 1
const MAX_BYTES = 16 * 1024 * 1024
const MAX_TEXT = 400

export interface KeptTrace {
  /** slug */
  readonly kata: string
  /** the promise that the run breaks */
  readonly promise: string
  readonly seed: number
  /** the command that judges the same inputs again */
  readonly replay: string
  readonly trace: Trace
}

/** Keeps the run that is told of, or forgets the one before: what is drawn is always of the last check. */
export function keepTrace(ws: Workspace, kata: Kata, report: Report): void {
  // Our own fault says nothing of the file.
  if (report.verdict === 'judge-error') return
  const file = traceFile(ws, kata)
  const traced = tracedPromise(report)
  if (traced === undefined) {
    rmSync(file, { force: true })
    return
  }
  const { kata: slug, seed, replay } = report
  const kept: KeptTrace = { kata: slug, promise: traced.name, seed, replay, trace: traced.trace }
  replaceFile(file, `${JSON.stringify({ version: VERSION, ...kept })}\n`)
}

/** @throws {KataError} where none is kept, or what is kept is none */
export function keptTrace(ws: Workspace, kata: Kata): KeptTrace {
  const file = traceFile(ws, kata)
  const again = `Judge it: npx kata check ${kata.slug}`
  const text = readText(file, MAX_BYTES)
  if (text === undefined) throw new KataError(`The last check of ${kata.slug} left no run to draw.`, again)
  const { version, promise, seed, replay, trace } = parsed(text)
  const read = readTrace(trace)
  const isWhole = typeof promise === 'string' && typeof replay === 'string' && Number.isInteger(seed)
  if (version !== VERSION || read === undefined || !isWhole) throw new KataError(`${file} is damaged.`, again)
  return {
    kata: kata.slug,
    promise: promise.slice(0, MAX_TEXT),
    seed: seed as number,
    replay: replay.slice(0, MAX_TEXT),
    trace: read,
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
