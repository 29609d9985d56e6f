// Every right and every too dear submission of the course, as it is measured to see whether verdicts about cost hold: again
// and again, quiet and under load, they come to the same figures, and to what name and header of each file say.

import { readFileSync } from 'node:fs'
import { solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { submissionUrl } from '../../sandbox/prepare.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { examineRooms } from '../verify/rooms.ts'
import { type KataBudgets, kataBudgets } from './course-budgets.ts'

const SEED = 1

export interface Implementation {
  readonly name: string
  readonly kata: Kata
  readonly budgets: KataBudgets
  readonly source: string
  readonly script: string
  /** budgets that it must break, with what each must come to */
  readonly breaks: readonly string[]
  readonly spends: string | undefined
}

/** Of those katas that have budgets. */
export async function costCorpus(ws: Workspace, katas: readonly Kata[]): Promise<Implementation[]> {
  const all: Implementation[] = []
  for (const kata of katas) {
    const budgets = await kataBudgets(ws, kata)
    if (budgets === undefined) continue
    const { accepted, rejected } = examineRooms(ws, kata)
    const dear = rejected.filter(({ name }) => name.startsWith('rejected/over-budget.'))
    for (const { name, file } of [{ name: 'solution', file: solutionFile(ws, kata) }, ...accepted, ...dear]) {
      const source = readFileSync(file, 'utf8')
      const stripped = stripTypes(source)
      if (!stripped.ok) throw new Error(`${file}: ${stripped.message}`)
      const header = (key: string) =>
        source
          .split('\n')
          .flatMap((line) => (line.startsWith(`// ${key}: `) ? [line.slice(key.length + 5).trim()] : []))
      const isDear = name.startsWith('rejected/')
      all.push({
        name: `${kata.slug} ${name}`,
        kata,
        budgets,
        source,
        script: stripped.script,
        breaks: isDear ? header('breaks') : [],
        spends: isDear ? header('spends')[0] : undefined,
      })
    }
  }
  return all
}

/** Verdict and figures of one measurement, to the letter. */
export async function costOutcome({ kata, budgets, script, source, breaks, spends }: Implementation) {
  const measured = await budgets.costOf({ url: submissionUrl(kata.path), script }, source, SEED)
  const over = measured.flatMap((one) => {
    if (!('spent' in one)) return [{ budget: one.budget, got: 'no figure' }]
    const { budget, got, kept } = one.spent
    return kept ? [] : [{ budget, got }]
  })
  const names = over.map(({ budget }) => budget)
  const right =
    names.length === breaks.length &&
    breaks.every((name) => names.includes(name)) &&
    (spends === undefined || over.every(({ got }) => got.includes(spends)))
  return { right, letter: JSON.stringify(measured) }
}
