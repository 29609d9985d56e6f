// Every right and every too dear submission of the course, and every dodge: whole submissions that try to hide what they
// cost (dodges/<kata>/<verdict>.<name>.ts). They are measured to see whether verdicts about cost hold: again and again,
// quiet and under load, they come to the same figures, and to what name and header of each file say.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { submissionUrl } from '../../sandbox/prepare.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { examineRooms } from '../verify/rooms.ts'
import { type KataBudgets, kataBudgets } from './course-budgets.ts'

/** A figure may hang on the inputs: what a header says of it is said of this one. */
const SEED_OF_HEADERS = 1
const DODGES = join(import.meta.dirname, 'dodges')

export interface Dodge {
  /** `accepted`, `over-budget`, … */
  readonly verdict: string
  /** `dodges/token-bucket/over-budget.microtask.ts` */
  readonly name: string
  readonly file: string
}

export function dodgesOf(kata: Kata): Dodge[] {
  const folder = join(DODGES, kata.slug)
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => ({
    verdict: name.slice(0, name.indexOf('.')),
    name: `dodges/${kata.slug}/${name}`,
    file: join(folder, name),
  }))
}

/** What a header says behind `// key: `, line by line. */
export const headerLines = (source: string, key: string): string[] =>
  source.split('\n').flatMap((line) => (line.startsWith(`// ${key}: `) ? [line.slice(key.length + 5).trim()] : []))

export interface Implementation {
  readonly name: string
  readonly kata: Kata
  readonly budgets: KataBudgets
  readonly source: string
  readonly script: string
  /** budgets that it must break, with what each must come to */
  readonly breaks: readonly string[]
  readonly spends: string | undefined
  /** fast by being wrong: what must be found is another answer than the reference's */
  readonly differs: boolean
}

/** Of those katas that have budgets. */
export async function costCorpus(ws: Workspace, katas: readonly Kata[]): Promise<Implementation[]> {
  const all: Implementation[] = []
  for (const kata of katas) {
    const budgets = await kataBudgets(ws, kata)
    if (budgets === undefined) continue
    const { accepted, rejected } = examineRooms(ws, kata)
    const dear = rejected.filter(({ name }) => name.startsWith('rejected/over-budget.'))
    // What breaks a promise already where it is not measured is never measured.
    const dodges = dodgesOf(kata).filter(({ verdict }) => verdict !== 'crashed')
    const solution = { name: 'solution', file: solutionFile(ws, kata) }
    for (const { name, file } of [solution, ...accepted, ...dear, ...dodges]) {
      const source = readFileSync(file, 'utf8')
      const stripped = stripTypes(source)
      if (!stripped.ok) throw new Error(`${file}: ${stripped.message}`)
      const isDear = name.includes('/over-budget.')
      all.push({
        name: `${kata.slug} ${name}`,
        kata,
        budgets,
        source,
        script: stripped.script,
        breaks: isDear ? headerLines(source, 'breaks') : [],
        spends: isDear ? headerLines(source, 'spends')[0] : undefined,
        differs: name.includes('/wrong-answer.'),
      })
    }
  }
  return all
}

export interface Outcome {
  /** as name and header say */
  readonly right: boolean
  /** verdict and figures, to the letter */
  readonly letter: string
}

/** @param isExplained tell also on which lines garbage is made, which takes a second run */
export async function costOutcome(one: Implementation, seed: number, isExplained = true): Promise<Outcome> {
  const { kata, budgets, script, source, breaks, spends, differs } = one
  const measured = await budgets.costOf({ url: submissionUrl(kata.path), script }, source, seed, { isExplained })
  const over = measured.flatMap((one) => {
    if ('differs' in one) return differs ? [] : [{ budget: one.budget, got: one.differs }]
    if (!('spent' in one)) return [{ budget: one.budget, got: 'no figure' }]
    const { budget, got, kept } = one.spent
    return kept ? [] : [{ budget, got }]
  })
  const names = over.map(({ budget }) => budget)
  const right =
    names.length === breaks.length &&
    breaks.every((name) => names.includes(name)) &&
    (spends === undefined || seed !== SEED_OF_HEADERS || over.every(({ got }) => got.includes(spends))) &&
    differs === measured.some((one) => 'differs' in one)
  return { right, letter: JSON.stringify(measured) }
}
