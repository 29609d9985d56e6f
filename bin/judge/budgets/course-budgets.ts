// All that measuring needs of a kata, read once: its budgets, the same as modules for a subject, the reference, and what
// the reference costs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Budget } from '../../../graders/kit/budget.ts'
import { budgetsFile, solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import type { Isolation } from '../../sandbox/isolation.ts'
import { prepareOurs, submissionUrl } from '../../sandbox/prepare.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { type Auditor, auditor } from './hidden-work.ts'
import { type Measurable, type Measured, measure, openSpares, type Spare } from './measure.ts'
import { race } from './race.ts'
import { readBudgets } from './read-budgets.ts'
import { referenceAnswers } from './reference-answers.ts'
import { besideReference, readCosts } from './reference-costs.ts'
import type { Answers } from './steps.ts'
import { withCode } from './with-code.ts'

/** A few hundred kilobytes each. */
const SEEDS_KEPT = 4

export interface KataBudgets {
  readonly budgets: readonly Budget[]
  /** of strangers' code, where counts are held against the processor's time */
  readonly auditor: Auditor
  /**
   * Starts the processes that measuring begins with, ahead of need. Whoever does so must `dismiss` what is left of them.
   */
  prepare(): void
  dismiss(): void
  /**
   * What a submission that keeps its promises costs.
   * @param source TypeScript, as it is shown to its author
   * @param options `everything`: go on after a budget that is not kept; `raced`: against the reference, which takes seconds;
   * `isExplained`: run what makes too much garbage once more, to tell on which lines
   */
  costOf(
    submission: Measurable,
    source: string,
    seed: number,
    options?: { readonly everything?: boolean; readonly raced?: boolean; readonly isExplained?: boolean },
  ): Promise<Measured[]>
}

/** @returns undefined for a kata without budgets */
export async function kataBudgets(
  ws: Workspace,
  kata: Kata,
  isolation: Isolation = 'portable',
): Promise<KataBudgets | undefined> {
  const budgets = await readBudgets(ws, kata)
  if (budgets.length === 0) return undefined
  const kit = prepareOurs(ws.course, join(ws.course, 'graders/kit/budget.ts')).modules
  const stripped = stripTypes(readFileSync(solutionFile(ws, kata), 'utf8'))
  if (!stripped.ok) throw new Error(stripped.stack)
  const reference = { url: submissionUrl(kata.path), script: stripped.script }
  const costs = readCosts(ws, kata)
  const spends = new Map(
    [...costs.values()].flatMap(({ budget, points }) => {
      const largest = points?.at(-1)
      return largest === undefined ? [] : [[budget, largest.value] as const]
    }),
  )
  const course = { kit, isolation, budgets: prepareOurs(ws.course, budgetsFile(ws, kata), kit), spends }
  const solution = import(pathToFileURL(solutionFile(ws, kata)).href) as Promise<object>
  const watching = auditor(course, budgets, reference)
  let spares: Spare[] = []
  const answers = new Map<number, Promise<ReadonlyMap<number, Answers>>>()
  /** Worked out once for each seed, however many submissions are held against it. (Each of a class has one of its own.) */
  const answersOn = (seed: number) => {
    const known = answers.get(seed) ?? solution.then((module) => referenceAnswers(budgets, module, seed))
    answers.set(seed, known)
    for (const oldest of [...answers.keys()].slice(0, -SEEDS_KEPT)) answers.delete(oldest)
    return known
  }
  return {
    budgets,
    auditor: watching,
    prepare() {
      spares.push(...openSpares(course, budgets))
    },
    dismiss() {
      for (const { session } of spares) session.kill()
      spares = []
    },
    async costOf(submission, source, seed, { everything = false, raced: isRaced = false, isExplained = true } = {}) {
      const measured = await measure(course, budgets, submission, answersOn(seed), seed, {
        everything,
        isExplained,
        spares,
      })
      // Who is found out by counts needs no second witness.
      const kept = measured.every((one) => 'spent' in one && one.spent.kept)
      const hidden = isolation === 'strict' && kept ? await watching.audit(submission, measured, seed) : []
      const raced = isRaced ? await race(course, budgets, submission, reference, seed) : []
      return [...besideReference(withCode(measured, source), costs), ...hidden, ...raced]
    },
  }
}
