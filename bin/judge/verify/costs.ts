// Proves a kata's budgets: what is right keeps all of them, what is too dear breaks just the one of its header and comes to
// what the header says, and the reference costs what it cost when it was counted last.

import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Kata, Workspace } from '../../course/kata.ts'
import { replaceFile } from '../../course/replace-file.ts'
import { kataBudgets } from '../budgets/course-budgets.ts'
import type { Measured } from '../budgets/measure.ts'
import { costsFile, costsText } from '../budgets/reference-costs.ts'
import { isBehaved } from '../conclude.ts'
import type { Judged } from '../judge.ts'
import type { BudgetMargin, Fault } from './proof.ts'
import { type Candidate, type Candidates, MESSAGE_SEED } from './submissions.ts'

/** Counts do not hang on the seed, only sizes and inputs do: a few are enough. */
const SEEDS = 3
/** Each is measured by several processes: one seed for so many of the suite's. */
const SUITE_SEEDS = 10

/** By id, then by seed. */
export type Costs = ReadonlyMap<string, ReadonlyMap<number, readonly Measured[]>>

export async function measureCandidates(
  ws: Workspace,
  { kata, all, scripts, problems }: Candidates,
  { evidence }: Judged,
  write: boolean,
): Promise<Costs> {
  const costs = new Map<string, Map<number, readonly Measured[]>>()
  let budgets = await kataBudgets(ws, kata)
  if (budgets === undefined) return costs
  const solution = scripts.get(all.find(({ name }) => name === 'solution')?.id ?? '')
  if (write && solution !== undefined) {
    // First of all: every message tells what the reference spends.
    replaceFile(costsFile(ws, kata), costsText(await budgets.costOf(solution, '', MESSAGE_SEED)))
    budgets = (await kataBudgets(ws, kata)) ?? budgets
  }
  for (const one of all) {
    const [found, script] = [evidence.get(one.id), scripts.get(one.id)]
    if (found === undefined || script === undefined || problems.has(one.id) || !isBehaved(found)) continue
    const bySeed = new Map<number, readonly Measured[]>()
    for (const seed of one.seeds.slice(0, measuredSeeds(one))) {
      bySeed.set(seed, await budgets.costOf(script, one.source, seed))
    }
    costs.set(one.id, bySeed)
  }
  return costs
}

/** Of what is wrong there are few seeds anyway. */
const measuredSeeds = ({ expected, seeds }: Candidate): number =>
  expected === 'accepted' ? Math.min(SEEDS, Math.ceil(seeds.length / SUITE_SEEDS)) : seeds.length

export function costFaults(ws: Workspace, kata: Kata, all: readonly Candidate[], costs: Costs): Fault[] {
  const solution = all.find(({ name }) => name === 'solution')
  const measured = solution === undefined ? undefined : costs.get(solution.id)?.get(MESSAGE_SEED)
  const file = costsFile(ws, kata)
  const where = relative(ws.course, file)
  if (measured === undefined)
    return existsSync(file) ? [{ where, message: 'there are no budgets that it could be of' }] : []
  const text = costsText(measured)
  if (!existsSync(file)) return [{ where, message: 'is missing: kata verify --write' }]
  if (readFileSync(file, 'utf8').replaceAll('\r\n', '\n') !== text)
    return [{ where, message: 'is not what the reference costs now: look why, then kata verify --write' }]
  return []
}

/** How far each budget is from the reference below it and from the traps above it. */
export function margins(all: readonly Candidate[], costs: Costs): BudgetMargin[] {
  const on = (candidate: Candidate | undefined) =>
    (candidate === undefined ? undefined : costs.get(candidate.id)?.get(MESSAGE_SEED)) ?? []
  const dear = all.filter(({ expected }) => expected === 'over-budget')
  return on(all.find(({ name }) => name === 'solution')).flatMap((one) => {
    if (!('spent' in one)) return []
    const { budget, limit, got } = one.spent
    const traps = dear.flatMap((candidate) =>
      on(candidate).flatMap((other) =>
        'spent' in other && other.spent.budget === budget && !other.spent.kept ? [other.spent.got] : [],
      ),
    )
    return [{ budget, limit, reference: got, traps: [...new Set(traps)] }]
  })
}
