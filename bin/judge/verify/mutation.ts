// Mechanical mutants of the solution: small wrong programs that nobody thought of. Each is rejected by the suite or by a
// budget, or is listed as equivalent with the reason.

import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { graderFolder, pristineStubFile, solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { importsOf, prepareSubmission } from '../../sandbox/prepare.ts'
import { kataBudgets } from '../budgets/course-budgets.ts'
import type { Measurable, Measured } from '../budgets/measure.ts'
import { entryFor, judgeSurvivors, parseEquivalents } from '../equivalents.ts'
import type { Job } from '../jobs.ts'
import type { Judge } from '../judge.ts'
import type { Fault, Proof } from './proof.ts'

const SEEDS = [1, 2, 3]
/** Those that the suite accepts are measured so many at a time. */
const MEASURED_AT_ONCE = Math.max(2, availableParallelism())

export async function killMutants(
  ws: Workspace,
  judge: Pick<Judge, 'run'>,
  kata: Kata,
): Promise<{ counts: NonNullable<Proof['mutants']>; faults: Fault[] }> {
  const { mutants } = await import('../mutants.ts')
  const all = mutants(readFileSync(solutionFile(ws, kata), 'utf8'))
  const mayImport = importsOf(readFileSync(pristineStubFile(ws, kata), 'utf8'))
  const jobs: Job[] = []
  const scripts = new Map<string, Measurable>()
  for (const { id, source } of all) {
    const prepared = prepareSubmission(kata.path, source, mayImport)
    if (!prepared.ok) continue
    scripts.set(id, prepared)
    jobs.push({
      id,
      kata: kata.path,
      url: prepared.url,
      modules: prepared.modules,
      seeds: SEEDS,
      shrink: false,
      exhaustive: false,
      untilBroken: true,
    })
  }
  const alive = new Set<string>()
  const { evidence, faults } = await judge.run(jobs)
  const fault = faults.get(kata.path)
  if (fault !== undefined)
    return { counts: { killed: 0, equivalent: 0, survived: 0 }, faults: [{ where: 'suite.test.ts', message: fault }] }
  for (const { id } of jobs) {
    const found = evidence.get(id)
    const dead =
      found?.load !== undefined ||
      found?.deaths.length ||
      found?.late.length ||
      found?.promises.some(({ result }) => !result.kept)
    if (!dead) alive.add(id)
  }
  for (const id of await tooDear(ws, kata, alive, scripts)) alive.delete(id)
  const file = join(graderFolder(ws, kata), 'equivalent-mutants.md')
  const { entries, problems } = parseEquivalents(existsSync(file) ? readFileSync(file, 'utf8') : '')
  const survivors = all.filter(({ id }) => alive.has(id))
  const { unexplained, stale } = judgeSurvivors(survivors, entries)
  const list = 'equivalent-mutants.md'
  return {
    counts: {
      killed: jobs.length - survivors.length,
      equivalent: survivors.length - unexplained.length,
      survived: unexplained.length,
    },
    faults: [
      ...problems.map(({ line, message }) => ({ where: `${list}:${line}`, message })),
      ...unexplained.map((mutant) => ({
        where: `solutions/${kata.path}.ts:${mutant.id}`,
        message: `survives; kill it, or list it with the reason: ${entryFor(mutant)}`,
      })),
      ...stale.map(({ line, before }) => ({ where: `${list}:${line}`, message: `no such mutant is alive: ${before}` })),
    ],
  }
}

/**
 * Of those that answer as the solution does, which ones a budget refuses. One seed is enough: sizes and inputs hang on it,
 * and what grows, grows on all of them.
 */
export async function tooDear(
  ws: Workspace,
  kata: Kata,
  ids: ReadonlySet<string>,
  scripts: ReadonlyMap<string, Measurable>,
): Promise<Set<string>> {
  const dear = new Set<string>()
  const budgets = ids.size === 0 ? undefined : await kataBudgets(ws, kata)
  if (budgets === undefined) return dear
  const queue = [...ids]
  const work = async () => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const script = scripts.get(id)
      if (script === undefined) continue
      const measured = await budgets.costOf(script, '', SEEDS[0] as number)
      if (measured.some(isRefused)) dear.add(id)
    }
  }
  await Promise.all(Array.from({ length: MEASURED_AT_ONCE }, work))
  return dear
}

/** A fault of ours kills nobody. */
const isRefused = (one: Measured): boolean =>
  'spent' in one ? !one.spent.kept : !('death' in one) || one.death.cause !== 'judge-error'
