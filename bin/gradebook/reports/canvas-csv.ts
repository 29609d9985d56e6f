// What Canvas imports into its gradebook, by its own importer (instructure/canvas-lms, lib/gradebook_importer.rb): the
// first two headers are Student and ID; SIS User ID and SIS Login ID may follow; Section is the last before the
// assignments; a row whose first cell says Points Possible; then one row a student. Students are found by ID, else by
// SIS User ID, else by SIS Login ID, else by name; an assignment by a number in brackets at the end of its header,
// else by its title, and one that is not found is offered as a new one.

import type { Grades, KataGrade, LearnerGrade } from '../grades.ts'
import { type Cell, csv } from './csv.ts'
import { decimal } from './decimal.ts'

const ID = 'ID'
const SIS_USER = 'SIS User ID'
const SIS_LOGIN = 'SIS Login ID'

export interface CanvasOptions {
  /** by slug, the header of an assignment that Canvas has: `Token bucket (4711)`, as its own export names it */
  readonly headers?: Readonly<Record<string, string>>
  /** a 0 for what was not handed in; left empty otherwise, so that Canvas's own policy for missing work applies */
  readonly zeroWhereMissing?: true
}

export function canvasCsv({ assignment, learners }: Grades, options: CanvasOptions = {}): string {
  const taken = new Set<string>()
  const headers = assignment.katas.map(({ kata, title }) => {
    const header = options.headers?.[kata] ?? withoutNumber(taken.has(title) ? `${title}: ${kata}` : title)
    taken.add(title)
    return header
  })
  const rows = learners.map(({ learner, katas }): Cell[] => [
    learner.name ?? learner.id,
    ...[ID, SIS_USER, SIS_LOGIN].map((id) => learner.ids?.[id] ?? ''),
    learner.section ?? '',
    ...assignment.katas.map(({ kata }) => ({
      exact: score(
        katas.find((one) => one.kata === kata),
        options,
      ),
    })),
  ])
  return csv([
    ['Student', ID, SIS_USER, SIS_LOGIN, 'Section', ...headers],
    // The spaces are Canvas's own.
    [{ exact: '    Points Possible' }, '', '', '', '', ...assignment.katas.map(({ of }) => ({ exact: decimal(of) }))],
    ...rows,
  ])
}

/** What an instructor should know before the import: a sentence, where Canvas would have to go by names. */
export function canvasRemarks({ learners }: Grades): string[] {
  const without = learners.filter((one) => !isKnownToCanvas(one)).length
  if (without === 0) return []
  const who =
    without === learners.length
      ? 'No learner has an id that Canvas knows'
      : `${without} of ${learners.length} learners ${without === 1 ? 'has' : 'have'} no id that Canvas knows`
  return [
    `${who}: of canvas.csv it goes by names alone there, and two may have the same. With Canvas's own gradebook export as --roster, kata grade knows the ids.`,
  ]
}

const isKnownToCanvas = ({ learner: { ids } }: LearnerGrade): boolean =>
  [ID, SIS_USER, SIS_LOGIN].some((id) => (ids?.[id] ?? '') !== '')

/** A number in brackets at the end would be taken for the id of some other assignment. */
const withoutNumber = (title: string): string => title.replace(/\s*\((\d+)\)\s*$/, ' $1')

/** Never a number for what nobody knows: an export is where a made-up zero becomes a grade. */
function score(grade: KataGrade | undefined, { zeroWhereMissing }: CanvasOptions): string {
  if (grade?.state === 'graded' && grade.points !== undefined) return decimal(grade.points)
  return grade?.state === 'missing' && zeroWhereMissing === true ? '0' : ''
}
