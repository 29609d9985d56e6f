// The peer of `npm run bench:class`: what a class is graded with where nobody has built a judge. One cold `vitest run`
// for each submission, the hidden suite and the submission in one process, no sandbox, no compile check, no budgets.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Known } from './class-of-submissions.ts'

/** @returns whether every promise was kept; throws where the run itself fails */
export function plainVitest(course: string, { kata }: Known, submission: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kata-bench-peer-'))
  try {
    const report = join(folder, 'report.json')
    const from = (path: string) => JSON.stringify(join(course, path))
    writeFileSync(
      join(folder, 'setup.ts'),
      `import { writeFileSync } from 'node:fs'
import * as driver from ${from(`graders/${kata.path}/driver.ts`)}
import { serveSubjects } from ${from('graders/kit/subjects.ts')}
const results = []
const call = async (operation, inputs) => {
  const outcomes = []
  for (const input of inputs)
    try {
      outcomes.push({ kind: 'returned', value: await driver[operation](input) })
    } catch (error) {
      outcomes.push({ kind: 'threw', name: error.name, message: error.message })
    }
  return outcomes
}
const subject = { id: '', seeds: [7], shrink: true, exhaustive: false, isDecided: () => false, call, report: (_, __, result) => results.push(result.kept) }
serveSubjects(async () => ({
  subjects: [subject],
  finish: async () => writeFileSync(${JSON.stringify(report)}, JSON.stringify(results)),
}))
`,
    )
    writeFileSync(
      join(folder, 'vitest.config.mjs'),
      `export default {
  resolve: { alias: { ${JSON.stringify(`#kata/${kata.path}`)}: ${JSON.stringify(submission)} } },
  server: { fs: { strict: false } },
  test: { setupFiles: [${JSON.stringify(join(folder, 'setup.ts'))}], include: [${JSON.stringify(`graders/${kata.path}/suite.test.ts`)}] },
}
`,
    )
    const vitest = join(course, 'node_modules/vitest/vitest.mjs')
    execFileSync(
      process.execPath,
      [vitest, 'run', '--root', course, '--config', join(folder, 'vitest.config.mjs'), '--maxWorkers', '1'],
      { stdio: 'ignore', env: { ...process.env, CI: '1' } },
    )
    const results = JSON.parse(readFileSync(report, 'utf8')) as boolean[]
    return results.length > 0 && results.every((kept) => kept)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
