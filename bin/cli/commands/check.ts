// `kata check`: one submission, one verdict.

import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pristineStubFile, stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { readBytes } from '../../course/read-text.ts'
import { shellPath } from '../../course/shell-path.ts'
import { judgeSubmissions, seedOf } from '../../judge/judge-submissions.ts'
import { exitCodeOf, leadingPromise, type Report } from '../../judge/report.ts'
import { type Values, wholeNumber } from '../arguments.ts'
import { type Context, record, say, sayJson, shown } from '../context.ts'
import { withJudge } from '../judge-in-use.ts'
import { keepTrace } from '../kept-trace.ts'
import { verdictScreen } from '../screens/verdict-screen.ts'
import { whichKata } from '../which-kata.ts'

/** More than any submission may have: whether it is too long, intake says. */
const MAX_BYTES = 4 * 1024 * 1024

export async function check(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const report = await judgeOne(context, kata, values)
  if (context.json) sayJson(context, report)
  else say(context, verdictScreen(report, context.look, values.from === undefined))
  return exitCodeOf(report.verdict)
}

/** Judges the learner's own file, and records it; or the one that `--from` names. */
export async function judgeOne(
  context: Context,
  kata: Kata,
  values: Values,
  options: { budgets?: 'in-full' } = {},
): Promise<Report> {
  const from = values.from === undefined ? undefined : resolve(context.io.cwd, values.from)
  const file = from ?? stubFile(context.ws, kata)
  const bytes = from === undefined ? readOwn(context, kata) : readGiven(context, from)
  const seed = values.seed === undefined ? seedOf(bytes) : wholeNumber('seed', values.seed, 0, 2 ** 32 - 1)
  const request = {
    id: kata.slug,
    kata,
    file: shown(context, file),
    ...(from === undefined ? {} : { from: shown(context, from) }),
    bytes,
    seeds: [seed],
    ...options,
  }
  if (context.clears) context.io.stdout.write(`checking ${kata.slug} …`)
  const reports = await withJudge(context, (judge) => judgeSubmissions(context.ws, judge, [request]))
  if (context.clears) context.io.stdout.write('\r\u001b[2K')
  const report = reports.get(kata.slug) as Report
  if (from === undefined) {
    keepTrace(context.ws, kata, report)
    if (isProgress(context, kata, bytes, report)) recordCheck(context, kata, report)
  }
  return report
}

/** The learner's own file. @throws {KataError} */
export function readOwn(context: Context, kata: Kata): Uint8Array {
  const file = stubFile(context.ws, kata)
  const bytes = readAtMost(context, file)
  if (bytes !== undefined) return bytes
  const { course, root } = context.ws
  throw new KataError(
    `There is no file ${shown(context, file)}.`,
    // A course that has grown since `kata init` brings the examples along too.
    course === root
      ? `Bring the stub back: npx kata reset ${kata.slug}`
      : `Bring it here: npx kata init ${shellPath(shown(context, root))}`,
  )
}

function readGiven(context: Context, file: string): Uint8Array {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new KataError(`${shown(context, file)} is not a file.`, 'See: npx kata help check')
  const bytes = readAtMost(context, file)
  if (bytes === undefined) throw new KataError(`There is no file ${shown(context, file)}.`, 'See: npx kata help check')
  return bytes
}

function readAtMost(context: Context, file: string): Uint8Array | undefined {
  try {
    return readBytes(file, MAX_BYTES)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    throw new KataError(`${shown(context, file)} cannot be read (${code}).`, 'Give yourself the right to read it.')
  }
}

/** Neither an empty stub nor a fault of ours is anything that the learner did. */
export function isProgress(context: Context, kata: Kata, bytes: Uint8Array, { verdict }: Report): boolean {
  const untouched = verdict === 'todo' && readFileSync(pristineStubFile(context.ws, kata)).equals(bytes)
  return verdict !== 'judge-error' && !untouched
}

export function recordCheck(context: Context, kata: Kata, report: Report, fields: { watch?: true } = {}): void {
  const { verdict, seed, revision, promises } = report
  const promise = shownPromise(report)
  record(context, 'check', kata, {
    verdict,
    seed,
    kept: keptOf(report),
    of: promises.length,
    revision,
    ...(promise === undefined ? {} : { promise }),
    ...fields,
  })
}

export const keptOf = ({ promises }: Report): number => promises.filter(({ kept }) => kept).length

/** The promise that hints will be about. */
export const shownPromise = (report: Report): string | undefined =>
  (leadingPromise(report) ?? report.promises.find(({ kept }) => !kept))?.name
