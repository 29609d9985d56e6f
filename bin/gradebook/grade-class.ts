// Judges what a gradebook holds and has no result for. Every result is kept the moment it is there; what cannot be judged
// is tried once more by itself, because a fault that a neighbour brought about does not come again, and is then listed as
// our own and left for the next run.

import type { Kata, Workspace } from '../course/kata.ts'
import type { Judge, Judged } from '../judge/judge.ts'
import { judgeSubmissions, type Measuring, measuringInTurn, type Request } from '../judge/judge-submissions.ts'
import type { Report } from '../judge/report.ts'
import { secretSeeds } from '../judge/secret-seeds.ts'
import type { Work } from './store.ts'

export interface Grading {
  readonly ws: Workspace
  /** may still be starting */
  readonly judge: Promise<Judge>
  readonly katas: ReadonlyMap<string, Kata>
  readonly work: readonly Work[]
  bytesOf(content: string): Uint8Array
  /** of this run: what its inputs are drawn from */
  readonly secret: Uint8Array
  /** a verdict, or a judge error that came twice: told as soon as it is known */
  onJudged(work: Work, report: Report): void
  /** asked before each batch and before each result is told */
  isStopped(): boolean
}

/** Each promise is tried on dozens of inputs of one seed; whatever breaks one in the course breaks it on every seed. */
const SEEDS = 1
/** Submissions in one start of the compiler and one call of the judge: enough to share what starting costs. */
const MAX_BATCH = 16
/** Of a small class the batches are smaller, so that there is something to see, and little to lose by an interrupt. */
const MIN_BATCHES = 8
/** Calls beside each other: while one measures, the other compiles and judges promises. */
const LANES = 2

/** @returns how many came to a verdict, and how many to a fault of ours */
export async function gradeClass(grading: Grading): Promise<{ judged: number; judgeErrors: number }> {
  const { work, onJudged, isStopped } = grading
  const judge = oneRunAtATime(grading.judge)
  // Told where it is awaited; where everything is refused at intake, nobody does.
  judge.catch(() => {})
  const measuring = measuringInTurn(grading.ws)
  const batches = batched(work)
  const again: Work[] = []
  let [judged, judgeErrors, next] = [0, 0, 0]
  /** A result could not be kept (a full disk, say): whoever called ends the judge, and this run with it. */
  let isOver = false

  const lane = async () => {
    while (next < batches.length && !isStopped() && !isOver) {
      const batch = batches[next++] ?? []
      const reports = await judgeBatch(grading, judge, measuring, batch)
      // What ends the judge ends its subjects, and they are not to blame for it.
      if (isStopped() || isOver) return
      for (const [i, one] of batch.entries()) {
        const report = reports[i] as Report
        if (report.verdict === 'judge-error') again.push(one)
        else {
          judged++
          onJudged(one, report)
        }
      }
    }
  }
  const lanes = Array.from({ length: LANES }, () =>
    lane().catch((error: unknown) => {
      isOver = true
      throw error
    }),
  )
  await Promise.all(lanes)

  for (const one of again) {
    if (isStopped()) break
    const [report] = await judgeBatch(grading, judge, measuring, [one])
    if (report === undefined || isStopped()) break
    if (report.verdict === 'judge-error') judgeErrors++
    else judged++
    onJudged(one, report)
  }
  return { judged, judgeErrors }
}

/** Each batch is of one kata, so that all of it shares one run of the suite. */
function batched(work: readonly Work[]): Work[][] {
  const batches: Work[][] = []
  const size = Math.min(MAX_BATCH, Math.ceil(work.length / MIN_BATCHES))
  for (const one of work) {
    const last = batches.at(-1)
    if (last === undefined || last.length === size || last[0]?.kata !== one.kata) batches.push([one])
    else last.push(one)
  }
  return batches
}

/** @returns one report each, in order; never throws for what a submission does to us */
async function judgeBatch(
  { ws, katas, bytesOf, secret }: Grading,
  judge: Promise<Judge>,
  measuring: Measuring,
  batch: readonly Work[],
): Promise<Report[]> {
  const startedMs = performance.now()
  const requests = batch.map(({ kata: slug, content }, i): Request => {
    const kata = katas.get(slug)
    if (kata === undefined) throw new Error(`${slug} was not asked for.`)
    const bytes = bytesOf(content)
    return {
      id: String(i),
      kata,
      // As its author knows it: what it was called on its way here is the attempt's to say.
      file: `katas/${kata.path}.ts`,
      bytes,
      seeds: secretSeeds(secret, bytes, SEEDS),
      budgets: 'every',
      apart: true,
    }
  })
  const faulty = (why: string) =>
    requests.map(({ kata, file, seeds }): Report => {
      const seed = seeds[0] ?? 0
      const replay = `npx kata check ${kata.slug} --seed ${seed}`
      const base = { kata: kata.slug, file, seed, replay, ms: 0, revision: '', promises: [], spent: [] }
      return { ...base, verdict: 'judge-error', reason: why }
    })
  try {
    const reports = await judgeSubmissions(ws, judge, requests, measuring)
    const ms = Math.round((performance.now() - startedMs) / batch.length)
    return requests.map(({ id }) => ({ ...(reports.get(id) as Report), ms }))
  } catch (error) {
    return faulty(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

/** vitest runs one thing at a time; whoever comes second waits here, and not in an error of its. */
async function oneRunAtATime(starting: Promise<Judge>): Promise<Judge> {
  const judge = await starting
  let queue: Promise<unknown> = Promise.resolve()
  return {
    ...judge,
    run(jobs) {
      const done: Promise<Judged> = queue.then(() => judge.run(jobs))
      queue = done.catch(() => {})
      return done
    },
  }
}
