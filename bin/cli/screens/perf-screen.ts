// Every budget of a kata in full, one below the other.

import { judging } from '../../judge/budgets/spent.ts'
import type { Report } from '../../judge/report.ts'
import { count, type Look, paint, wrapText } from './look.ts'
import { spentLines } from './spent-lines.ts'
import { perfCommand, verdictScreen } from './verdict-screen.ts'

/** @param recorded whether it is the learner's own file */
export function perfScreen(report: Report, look: Look, recorded: boolean): string {
  // What is wrong has no cost worth knowing: what it gets wrong comes first.
  if (report.spent.length === 0) return verdictScreen(report, look, recorded)
  const { kata, verdict, spent, file, seed } = report
  const budgets = judging(spent)
  const kept = budgets.filter((one) => one.kept).length
  return [
    `${paint(look, 'bold', verdict)} · ${kata} · ${kept} of ${count(budgets.length, 'budget')} kept`,
    '',
    ...spent.flatMap((one) => {
      const mark = one.kind === 'throughput' ? '·' : one.kept ? '✓' : '✗'
      const title = wrapText(`${mark} ${one.budget}`, look.width, '  ').map((line) => paint(look, 'bold', line))
      return [...title, '', ...spentLines(one, file, look), '']
    }),
    `${paint(look, 'dim', 'page'.padEnd(8))}${perfCommand(report, recorded)} --html perf.html`,
    `${paint(look, 'dim', 'seed'.padEnd(8))}${seed}`,
  ].join('\n')
}
