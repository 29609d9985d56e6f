// How long a learner whose file is right waits for all its budgets: each kata's reference, measured as `kata check` does,
// processes started ahead of need.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import { solutionFile } from '../course/files.ts'
import { kataBudgets } from '../judge/budgets/course-budgets.ts'
import { submissionUrl } from '../sandbox/prepare.ts'
import { stripTypes } from '../sandbox/strip.ts'
import { median, type Row } from './statistics.ts'

const COURSE = join(import.meta.dirname, '../..')
const TARGET_MS = 2_000
const SEED = 1
/** What a suite takes beside which the processes start. */
const AHEAD_MS = 200

export async function budgetRows(rounds: number): Promise<Row[]> {
  const ws = { course: COURSE, root: COURSE }
  const rows: Row[] = []
  for (const kata of discoverKatas(COURSE)) {
    const budgets = await kataBudgets(ws, kata)
    if (budgets === undefined) continue
    const source = readFileSync(solutionFile(ws, kata), 'utf8')
    const stripped = stripTypes(source)
    if (!stripped.ok) throw new Error(stripped.message)
    const times: number[] = []
    for (let round = -1; round < rounds; round++) {
      budgets.prepare()
      await new Promise((resolve) => setTimeout(resolve, AHEAD_MS))
      const startedMs = performance.now()
      const measured = await budgets.costOf({ url: submissionUrl(kata.path), script: stripped.script }, source, SEED)
      // The first one also works out what the reference answers.
      if (round >= 0) times.push(performance.now() - startedMs)
      budgets.dismiss()
      const over = measured.find((one) => !('spent' in one) || !one.spent.kept)
      if (over !== undefined) throw new Error(`The reference of ${kata.slug} is refused: ${JSON.stringify(over)}`)
    }
    const ms = median(times)
    rows.push({
      what: `all budgets of ${kata.slug}`,
      value: `${ms.toFixed(0)} ms`,
      target: '≤ 2,000 ms',
      met: ms <= TARGET_MS,
    })
  }
  return rows
}
