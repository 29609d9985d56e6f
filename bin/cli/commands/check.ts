// `kata check`: one submission, one verdict.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pristineStubFile, stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { startJudge } from '../../judge/judge.ts'
import { judgeSubmissions, seedOf } from '../../judge/judge-submissions.ts'
import { exitCodeOf, type Report } from '../../judge/report.ts'
import { type Values, wholeNumber } from '../arguments.ts'
import { type Context, record, say, sayJson, shown } from '../context.ts'
import { verdictScreen } from '../screens/verdict-screen.ts'
import { whichKata } from '../which-kata.ts'

export async function check(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const file = values.from === undefined ? stubFile(context.ws, kata) : resolve(context.io.cwd, values.from)
  const bytes = readSubmission(context, kata, file)
  const seed = values.seed === undefined ? seedOf(bytes) : wholeNumber('seed', values.seed, 0, 2 ** 32 - 1)
  const judge = startJudge(context.ws.course)
  // Intake and compilation start before vitest is up; its failure is told where the judge is awaited.
  judge.catch(() => {})
  try {
    const reports = await judgeSubmissions(context.ws, judge, [
      { id: kata.slug, kata, file: shown(context, file), bytes, seeds: [seed] },
    ])
    const report = reports.get(kata.slug) as Report
    if (values.from === undefined) recordCheck(context, kata, report)
    if (context.json) sayJson(context, report)
    else say(context, verdictScreen(report, context.look))
    return exitCodeOf(report.verdict)
  } finally {
    await judge.then((started) => started.close()).catch(() => {})
  }
}

export function readSubmission(context: Context, kata: Kata, file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT')
      throw new KataError(`There is no file ${shown(context, file)}.`, `Bring the stub back: kata reset ${kata.slug}`)
    if (code === 'EISDIR' || code === 'EACCES')
      throw new KataError(`${shown(context, file)} cannot be read (${code}).`, 'Name a file.')
    throw error
  }
}

/** Only the learner's own file counts as progress, and only if it is not still the stub. */
export function recordCheck(context: Context, kata: Kata, report: Report): void {
  const untouched =
    report.verdict === 'todo' &&
    readFileSync(stubFile(context.ws, kata)).equals(readFileSync(pristineStubFile(context.ws, kata)))
  if (untouched) return
  const kept = report.promises.filter((promise) => promise.kept).length
  const promise = report.promises.find((one) => !one.kept)?.name
  record(context, 'check', kata, {
    verdict: report.verdict,
    seed: report.seed,
    kept,
    of: report.promises.length,
    revision: report.revision,
    ...(promise === undefined ? {} : { promise }),
  })
}
