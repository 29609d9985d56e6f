// Visible examples must fail on the stub (or they say nothing) and pass on the solution (or they say something false).

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { exampleFile, pristineStubFile, solutionFile, stateFolder } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import type { Judge } from '../judge.ts'
import type { Fault } from './proof.ts'

/** Runs the examples of several katas at once. @returns faults by slug */
export async function exampleFaults(
  ws: Workspace,
  judge: Judge,
  katas: readonly Kata[],
): Promise<Map<string, Fault[]>> {
  // Of a kata that is only begun: what is missing is told elsewhere.
  if (katas.length === 0) return new Map()
  // Below the course, so that `vitest` resolves; in the state folder, so that git and the strays check do not see it.
  const folder = join(stateFolder({ ...ws, root: ws.course }), `verify-${process.pid}`)
  const placed = katas.flatMap((kata) =>
    (['stub', 'solution'] as const).map((kind) => {
      const test = join(folder, kind, `${kata.path}.test.ts`)
      mkdirSync(dirname(test), { recursive: true })
      cpSync(exampleFile(ws, kata), test)
      cpSync(
        kind === 'stub' ? pristineStubFile(ws, kata) : solutionFile(ws, kata),
        join(dirname(test), `${basename(kata.path)}.ts`),
      )
      return { kata, kind, test }
    }),
  )
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  try {
    const results = await judge.runExamples(placed.map(({ test }) => test))
    const faults = new Map<string, Fault[]>(katas.map(({ slug }) => [slug, []]))
    for (const { kata, kind, test } of placed) {
      const { passed, failed, errors } = results.get(test) ?? { passed: 0, failed: 0, errors: ['did not run'] }
      const where = `katas/${kata.path}.test.ts`
      const say = (message: string) => faults.get(kata.slug)?.push({ where, message })
      if (kind === 'stub' && passed > 0) say(`${passed} of its examples pass on the stub`)
      if (kind === 'stub' && failed === 0) say('has no example that fails on the stub')
      if (kind === 'solution' && (failed > 0 || errors.length > 0 || passed === 0))
        say(`does not pass on the solution: ${errors[0] ?? `${failed} fail`}`)
    }
    return faults
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
