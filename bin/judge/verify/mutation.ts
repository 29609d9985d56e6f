// Mechanical mutants of the solution: small wrong programs that nobody thought of. Each is rejected by the suite, or is
// listed as equivalent with the reason.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graderFolder, pristineStubFile, solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { importsOf, prepareSubmission } from '../../sandbox/prepare.ts'
import { entryFor, judgeSurvivors, parseEquivalents } from '../equivalents.ts'
import type { Job } from '../jobs.ts'
import type { Judge } from '../judge.ts'
import type { Fault, Proof } from './proof.ts'

const SEEDS = [1, 2, 3]
export async function killMutants(
  ws: Workspace,
  judge: Judge,
  kata: Kata,
): Promise<{ counts: NonNullable<Proof['mutants']>; faults: Fault[] }> {
  const { mutants } = await import('../mutants.ts')
  const all = mutants(readFileSync(solutionFile(ws, kata), 'utf8'))
  const mayImport = importsOf(readFileSync(pristineStubFile(ws, kata), 'utf8'))
  const jobs: Job[] = []
  for (const { id, source } of all) {
    const prepared = prepareSubmission(kata.path, source, mayImport)
    if (!prepared.ok) continue
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
