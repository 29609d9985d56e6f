// From files to reports, for any number of submissions at once: intake, compile check beside the run, evidence, verdict.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pristineStubFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { readLesson } from '../course/lesson.ts'
import { kataRevision } from '../course/revision.ts'
import { shellPath } from '../course/shell-path.ts'
import { takeIn } from '../sandbox/intake.ts'
import { importsOf, prepareSubmission } from '../sandbox/prepare.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import { startStripper } from '../sandbox/strip.ts'
import { kataBudgets } from './budgets/course-budgets.ts'
import type { Measured } from './budgets/measure.ts'
import { compileSubmission } from './compile.ts'
import { conclude, isBehaved } from './conclude.ts'
import type { Job } from './jobs.ts'
import type { Judge, Judged } from './judge.ts'
import type { Report } from './report.ts'

export interface Request {
  readonly id: string
  readonly kata: Kata
  /** as the learner would name it */
  readonly file: string
  /** judged in place of the learner's own, as `--from` named it: a replay must name it too */
  readonly from?: string
  readonly bytes: Uint8Array
  readonly seeds: readonly number[]
  /** measure all budgets, also after one that is not kept, and race against the reference: takes seconds */
  readonly inFull?: true
}

/**
 * The seed of a file that nobody gave one for: its own content, so that the same code is judged on the same inputs and
 * gets the same verdict every time.
 */
export function seedOf(bytes: Uint8Array): number {
  return createHash('sha256').update(bytes).digest().readUInt32LE(0)
}

/** @param judge may still be starting: intake and compilation go on beside it */
export async function judgeSubmissions(
  ws: Workspace,
  judge: Promise<Judge>,
  requests: readonly Request[],
  now: () => number = performance.now.bind(performance),
): Promise<Map<string, Report>> {
  const startedMs = now()
  // Three things start side by side, and each takes longer to start than to do its work: the judge, a thread that strips
  // types, and the compiler.
  startStripper()
  const problems = new Map<string, readonly SourceProblem[]>()
  const taken: { readonly request: Request; readonly source: string }[] = []
  for (const request of requests) {
    const intake = takeIn(request.bytes)
    if (intake.ok) taken.push({ request, source: intake.source })
    else problems.set(request.id, intake.problems)
  }
  const compiling = compileSubmission({
    course: ws.course,
    katas: taken.map(({ request: { id, kata }, source }) => ({
      id,
      path: kata.path,
      pristineStub: pristineStubFile(ws, kata),
      source,
    })),
  })
  // Awaited below; a failure meanwhile must not be unhandled.
  compiling.catch(() => {})

  // None is needed where intake has refused everything; and then nothing is measured either.
  const isolation = taken.length > 0 ? (await judge).isolation : 'portable'
  const allowed = memo((kata: Kata) => importsOf(readFileSync(pristineStubFile(ws, kata), 'utf8')))
  const jobs: Job[] = []
  const scripts = new Map<string, { readonly url: string; readonly script: string }>()
  for (const { request, source } of taken) {
    const { id, kata, seeds } = request
    const prepared = prepareSubmission(kata.path, source, allowed(kata))
    if (!prepared.ok) problems.set(id, prepared.problems)
    else {
      const { url, modules, script } = prepared
      scripts.set(id, { url, script })
      jobs.push({ id, kata: kata.path, url, modules, seeds, shrink: true, exhaustive: false })
    }
  }
  const budgetsOf = memo((kata: Kata) => kataBudgets(ws, kata, isolation))
  // While the promises of a single submission are judged, what will measure it can start. (Many keep the machine busy.)
  const [only] = jobs.length === 1 ? taken : []
  const ahead = only === undefined ? undefined : await budgetsOf(only.request.kata).catch(() => undefined)
  ahead?.prepare()
  const measured = new Map<string, readonly Measured[]>()
  let judged: Judged = { evidence: new Map(), faults: new Map() }
  let compilerFault: string | undefined
  try {
    if (jobs.length > 0) judged = await (await judge).run(jobs)
    try {
      // The compiler says best what is wrong; our own refusals stand where it has no objection.
      for (const { id, problems: found } of await compiling) if (found.length > 0) problems.set(id, found)
    } catch (error) {
      compilerFault = error instanceof Error ? error.message : String(error)
    }
    for (const { request, source } of taken) {
      const { id, kata, seeds, inFull = false } = request
      const [found, script] = [judged.evidence.get(id), scripts.get(id)]
      if (found === undefined || script === undefined || problems.has(id) || !isBehaved(found)) continue
      try {
        const budgets = await budgetsOf(kata)
        if (budgets !== undefined) measured.set(id, await budgets.costOf(script, source, seeds[0] ?? 0, { inFull }))
      } catch (error) {
        judged.faults.set(kata.path, error instanceof Error ? (error.stack ?? error.message) : String(error))
      }
    }
  } finally {
    ahead?.dismiss()
  }
  const { evidence, faults } = judged

  const lesson = memo((kata: Kata) => readLesson(ws, kata).promises.map(({ name }) => name))
  const revision = memo((kata: Kata) => kataRevision(ws, kata))
  return new Map(
    requests.map(({ id, kata, file, from, seeds }) => {
      const found = evidence.get(id)
      const seed = found?.promises.find((one) => !one.result.kept)?.seed ?? seeds[0] ?? 0
      return [
        id,
        conclude({
          kata: kata.slug,
          file,
          revision: revision(kata),
          seed,
          ms: Math.round(now() - startedMs),
          promises: lesson(kata),
          replay: replayCommand(kata, from, seed),
          problems: problems.get(id) ?? [],
          evidence: found,
          measured: measured.get(id) ?? [],
          fault: compilerFault ?? faults.get(kata.path),
        }),
      ]
    }),
  )
}

function replayCommand(kata: Kata, from: string | undefined, seed: number): string {
  return `npx kata check ${kata.slug}${from === undefined ? '' : ` --from ${shellPath(from)}`} --seed ${seed}`
}

function memo<T>(make: (kata: Kata) => T): (kata: Kata) => T {
  const made = new Map<string, T>()
  return (kata) => {
    const known = made.get(kata.slug)
    if (known !== undefined) return known
    const value = make(kata)
    made.set(kata.slug, value)
    return value
  }
}
