// Whether submissions of the course's own are accepted on many more seeds, at the price of their work alone: each is loaded
// once and asked its promises on all of the seeds, on each until one is broken. What keeps them all on a seed is measured on
// it, by fresh processes.

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { pristineStubFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import type { KataBudgets } from '../judge/budgets/course-budgets.ts'
import type { Evidence, Job } from '../judge/jobs.ts'
import type { Judge } from '../judge/judge.ts'
import type { Measuring } from '../judge/judge-submissions.ts'
import { importsOf, prepareSubmission } from '../sandbox/prepare.ts'

/** Subjects at a time: a batch is over when its slowest is. */
const BATCH = 4 * availableParallelism()
/** Measurements at a time, beside the promises of the next batch. */
const LANES = availableParallelism()

interface Asked<Subject> {
  readonly subject: Subject
  readonly seeds: readonly number[]
}

/**
 * @param judge in the portable sandbox or the strict one: what is measured is in the same
 * @param isOver asked before each batch and each measurement: what is not begun by then is left out
 * @param give told of each seed; without a verdict where it has to be judged by itself (something happened of which no seed
 * can be named)
 */
export async function moreVerdicts<Subject extends { readonly bytes: Uint8Array }>(
  ws: Workspace,
  judge: Judge,
  measuring: Measuring,
  kata: Kata,
  asked: readonly Asked<Subject>[],
  isOver: () => boolean,
  give: (subject: Subject, seed: number, verdict: string | undefined) => void,
): Promise<void> {
  const allowed = importsOf(readFileSync(pristineStubFile(ws, kata), 'utf8'))
  const budgets = await measuring.budgetsOf(kata, judge.isolation)
  const lanes: Promise<void>[] = Array.from({ length: LANES }, () => Promise.resolve())
  let turn = 0
  for (let at = 0; at < asked.length && !isOver(); at += BATCH) {
    const batch = asked.slice(at, at + BATCH).map((one, i) => {
      const source = Buffer.from(one.subject.bytes).toString('utf8')
      return { ...one, source, id: String(i), prepared: prepareSubmission(kata.path, source, allowed) }
    })
    const jobs = batch.flatMap(({ id, prepared, seeds }): Job[] => {
      if (!prepared.ok) return []
      const { url, modules } = prepared
      return [{ id, kata: kata.path, url, modules, seeds, shrink: false, exhaustive: true, untilBroken: true }]
    })
    const { evidence } = await judge.run(jobs)
    for (const { subject, seeds, source, id, prepared } of batch) {
      const found = evidence.get(id)
      for (const seed of seeds) {
        const broken = found === undefined || !prepared.ok || !isWhole(found) ? undefined : brokenOn(found, seed)
        if (broken !== false) give(subject, seed, broken === true ? 'rejected' : undefined)
        else if (budgets === undefined) give(subject, seed, 'accepted')
        else if (prepared.ok) {
          const { url, script } = prepared
          const lane = turn++ % LANES
          lanes[lane] = (lanes[lane] as Promise<void>).then(async () => {
            if (!isOver()) give(subject, seed, await measuredOn(budgets, { url, script }, source, seed))
          })
        }
      }
    }
  }
  await Promise.all(lanes)
}

/** Nothing happened beside its answers: an error that nobody caught has no seed, and a process that died may take the other
 * seeds with it. */
const isWhole = ({ load, late, deaths }: Evidence): boolean =>
  load === undefined && late.length === 0 && deaths.length === 0

/** @returns undefined where that cannot be said */
function brokenOn({ promises }: Evidence, on: number): boolean | undefined {
  const results = promises.filter(({ seed }) => seed === on).map(({ result }) => result)
  if (results.some((result) => !result.kept && result.kind !== 'fault' && result.kind !== 'for-nothing')) return true
  const isAll = results.length > 0 && results.length === new Set(promises.map(({ name }) => name)).size
  return isAll && results.every(({ kept }) => kept) ? false : undefined
}

/** @returns undefined where it was lost, and has to be judged by itself */
async function measuredOn(
  budgets: KataBudgets,
  submission: { readonly url: string; readonly script: string },
  source: string,
  seed: number,
): Promise<string | undefined> {
  const measured = await budgets.costOf(submission, source, seed, { isExplained: false })
  if (measured.some((one) => 'death' in one)) return undefined
  if (measured.some((one) => 'differs' in one)) return 'wrong-answer'
  return measured.every((one) => 'spent' in one && one.spent.kept) ? 'accepted' : 'over-budget'
}
