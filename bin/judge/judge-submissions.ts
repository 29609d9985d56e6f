// From files to reports, for any number of submissions at once: intake, compile check beside the run, evidence, verdict.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pristineStubFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { readLesson } from '../course/lesson.ts'
import { kataRevision } from '../course/revision.ts'
import { shellPath } from '../course/shell-path.ts'
import { takeIn } from '../sandbox/intake.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { importsOf, prepareSubmission } from '../sandbox/prepare.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import { startStripper } from '../sandbox/strip.ts'
import { type KataBudgets, kataBudgets } from './budgets/course-budgets.ts'
import type { Measured } from './budgets/measure.ts'
import { compileApart } from './compile.ts'
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
  /**
   * Which budgets are measured of what keeps its promises: all up to the first that is not kept, unless it says more.
   * `every`: those after it too, for whoever scores each · `in-full`: and the race against the reference, which takes seconds
   */
  readonly budgets?: 'every' | 'in-full'
  /** one broken promise is enough, told as it is: for whoever asks only whether it is accepted */
  readonly untilBroken?: true
  /** whether simulated nodes are played again, each in a process of its own: takes a second, and is for strangers' code */
  readonly apart?: true
}

/** What calls that go on beside each other share: what is known of budgets, and the turn to measure. */
export interface Measuring {
  budgetsOf(kata: Kata, isolation: Isolation): Promise<KataBudgets | undefined>
  /** One after another: a submission is measured by several processes at once, enough for any machine. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

export function measuringInTurn(ws: Workspace): Measuring {
  const known = new Map<string, Promise<KataBudgets | undefined>>()
  let queue: Promise<unknown> = Promise.resolve()
  return {
    budgetsOf(kata, isolation) {
      const key = `${kata.slug} ${isolation}`
      const budgets = known.get(key) ?? kataBudgets(ws, kata, isolation)
      known.set(key, budgets)
      return budgets
    },
    inTurn(work) {
      const done = queue.then(work)
      queue = done.catch(() => {})
      return done
    },
  }
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
  measuring: Measuring = measuringInTurn(ws),
): Promise<Map<string, Report>> {
  const startedMs = performance.now()
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
  const compiling = compileApart({
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
      const apart = request.apart === undefined ? {} : { apart: request.apart }
      const brief = request.untilBroken === undefined ? {} : { untilBroken: request.untilBroken }
      const shrink = request.untilBroken === undefined
      jobs.push({ id, kata: kata.path, url, modules, seeds, shrink, exhaustive: false, ...apart, ...brief })
    }
  }
  const budgetsOf = (kata: Kata) => measuring.budgetsOf(kata, isolation)
  // While the promises of a single submission are judged, what will measure it can start. (Many keep the machine busy.)
  const [only] = jobs.length === 1 ? taken : []
  const ahead = only === undefined ? undefined : await budgetsOf(only.request.kata).catch(() => undefined)
  ahead?.prepare()
  const measured = new Map<string, readonly Measured[]>()
  let judged: Judged = { evidence: new Map(), faults: new Map() }
  /** of ours, by request: what went wrong with one submission is nothing that another should pay for */
  const ownFaults = new Map<string, string>()
  try {
    if (jobs.length > 0) judged = await (await judge).run(jobs)
    for (const compiled of await compiling) {
      if (compiled.fault !== undefined) ownFaults.set(compiled.id, compiled.fault)
      // The compiler says best what is wrong; our own refusals stand where it has no objection.
      else if (compiled.problems.length > 0) problems.set(compiled.id, compiled.problems)
    }
    for (const { request, source } of taken) {
      const { id, kata, seeds, budgets: extent } = request
      const [found, script] = [judged.evidence.get(id), scripts.get(id)]
      if (found === undefined || script === undefined || problems.has(id) || ownFaults.has(id) || !isBehaved(found))
        continue
      try {
        const budgets = await budgetsOf(kata)
        if (budgets === undefined) continue
        const options = { everything: extent !== undefined, raced: extent === 'in-full' }
        measured.set(id, await measuring.inTurn(() => budgets.costOf(script, source, seeds[0] ?? 0, options)))
      } catch (error) {
        ownFaults.set(id, error instanceof Error ? (error.stack ?? error.message) : String(error))
      }
    }
  } finally {
    ahead?.dismiss()
  }
  const { evidence, faults } = judged

  const lesson = memo((kata: Kata) => readLesson(ws, kata).promises.map(({ name }) => name))
  const revision = memo((kata: Kata) => kataRevision(ws, kata))
  return new Map(
    requests.map(({ id, kata, file, from, seeds, untilBroken }) => {
      const found = evidence.get(id)
      const tried = new Set(found?.promises.map(({ name }) => name))
      const isBroken = found?.promises.some(({ result }) => !result.kept) === true
      const seed = found?.promises.find((one) => !one.result.kept)?.seed ?? seeds[0] ?? 0
      return [
        id,
        conclude({
          kata: kata.slug,
          file,
          revision: revision(kata),
          seed,
          ms: Math.round(performance.now() - startedMs),
          // Behind a broken one, where one is enough, none is missing.
          promises: lesson(kata).filter((name) => !(untilBroken === true && isBroken) || tried.has(name)),
          replay: replayCommand(kata, from, seed),
          problems: problems.get(id) ?? [],
          evidence: found,
          measured: measured.get(id) ?? [],
          fault: ownFaults.get(id) ?? faults.get(kata.path),
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
