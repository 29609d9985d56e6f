// gradebook.csv: everything that an instructor would compute with, one row a learner. What is not known is left empty.
// It begins with a byte order mark: without one, a spreadsheet that is opened by a double click reads it as Windows-1252,
// and Zoë becomes ZoÃ«.

import type { Grades, KataGrade } from '../grades.ts'
import { type Cell, csv } from './csv.ts'
import { decimal } from './decimal.ts'

const BYTE_ORDER_MARK = '\uFEFF'

export function gradebookCsv({ assignment, learners }: Grades): string {
  // Ids of other systems, by the header that those want.
  const ids = [...new Set(learners.flatMap(({ learner }) => Object.keys(learner.ids ?? {})))].sort()
  const head = [
    ...['id', 'name', 'email', 'section', ...ids, 'points', 'of', 'complete', 'late days used', 'flags'],
    ...assignment.katas.flatMap(({ kata }) => [kata, `${kata} state`, `${kata} verdict`, `${kata} days late`]),
  ]
  const rows = learners.map(({ learner, points, of, isComplete, lateDaysUsed, katas }): Cell[] => [
    ...[learner.id, learner.name ?? '', learner.email ?? '', learner.section ?? ''],
    ...ids.map((id) => learner.ids?.[id] ?? ''),
    ...[exact(decimal(points)), exact(decimal(of)), isComplete ? 'yes' : 'no', lateDaysUsed],
    katas.reduce((sum, { flags }) => sum + flags.length, 0),
    ...assignment.katas.flatMap(({ kata }) => kataCells(katas.find((one) => one.kata === kata))),
  ])
  return BYTE_ORDER_MARK + csv([head, ...rows])
}

const exact = (text: string): Cell => ({ exact: text })

function kataCells(grade: KataGrade | undefined): Cell[] {
  if (grade === undefined) return ['', '', '', '']
  const { points, state, report, late } = grade
  return [
    exact(points === undefined ? '' : decimal(points)),
    state,
    report?.verdict ?? '',
    late === undefined ? '' : late.days,
  ]
}
