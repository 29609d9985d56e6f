// All that measuring needs of a kata, read once: its budgets, the same as modules for a subject, the reference, and what
// the reference costs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Budget } from '../../../graders/kit/budget.ts'
import { budgetsFile, solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { prepareOurs, submissionUrl } from '../../sandbox/prepare.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { type Measurable, type Measured, measure } from './measure.ts'
import { race } from './race.ts'
import { readBudgets } from './read-budgets.ts'
import { besideReference, readCosts } from './reference-costs.ts'
import { withCode } from './with-code.ts'

export interface KataBudgets {
  readonly budgets: readonly Budget[]
  /**
   * What a submission that keeps its promises costs.
   * @param source TypeScript, as it is shown to its author
   * @param options `inFull`: go on after a budget that is not kept, and race it against the reference: takes seconds
   */
  costOf(submission: Measurable, source: string, seed: number, options?: { inFull?: boolean }): Promise<Measured[]>
}

/** @returns undefined for a kata without budgets */
export async function kataBudgets(ws: Workspace, kata: Kata): Promise<KataBudgets | undefined> {
  const budgets = await readBudgets(ws, kata)
  if (budgets.length === 0) return undefined
  const kit = prepareOurs(ws.course, join(ws.course, 'graders/kit/budget.ts')).modules
  const course = { kit, budgets: prepareOurs(ws.course, budgetsFile(ws, kata), kit) }
  const stripped = stripTypes(readFileSync(solutionFile(ws, kata), 'utf8'))
  if (!stripped.ok) throw new Error(stripped.stack)
  const reference = { url: submissionUrl(kata.path), script: stripped.script }
  const costs = readCosts(ws, kata)
  return {
    budgets,
    async costOf(submission, source, seed, options) {
      const inFull = options?.inFull === true
      const measured = await measure(course, budgets, submission, reference, seed, { everything: inFull })
      const raced = inFull ? await race(course, budgets, submission, reference, seed) : []
      return [...besideReference(withCode(measured, source), costs), ...raced]
    },
  }
}
