// `kata gradebook`: reads what `kata grade` has kept, with the policies of the assignment as they are now.

import { resolve } from 'node:path'
import { KataError } from '../../course/kata-error.ts'
import { nearest } from '../../course/nearest.ts'
import { printable } from '../../course/printable.ts'
import { shellPath } from '../../course/shell-path.ts'
import { VERDICTS } from '../../course/verdict.ts'
import { nobodysExtensions } from '../../gradebook/extensions.ts'
import { whoIsMeant } from '../../gradebook/folded.ts'
import type { Grades, KataGrade } from '../../gradebook/grades.ts'
import { readGrades } from '../../gradebook/read-class.ts'
import { canvasRemarks } from '../../gradebook/reports/canvas-csv.ts'
import { openStore } from '../../gradebook/store.ts'
import { changedDeadlines } from '../../gradebook/taken-by.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { classOf, gradebookFile, namedAssignment, rememberedAssignment } from '../class-in-use.ts'
import { type Context, say, sayJson, shown } from '../context.ts'
import { whichGradebook } from '../screens/grade-screen.ts'
import {
  type Found,
  kataScreen,
  learnerScreen,
  nobodys,
  overviewScreen,
  runsScreen,
  stateScreen,
} from '../screens/gradebook-screen.ts'
import { count, type Look, wrapText } from '../screens/look.ts'
import { makeFolder, withSystemsWords } from '../system-refuses.ts'
import { writeOutputs } from '../write-outputs.ts'

export async function gradebook(context: Context, file: string | undefined, values: Values): Promise<number> {
  if (values.redact === true && values.out === undefined)
    throw new KataError(
      '--redact is about the files that --out writes.',
      'Name a folder for them: npx kata gradebook --out DIR --redact',
    )
  refuseTwoQuestions(values)
  const store = openStore(gradebookFile(context, values, file), 'read')
  try {
    const { assignment: named } = values
    const from =
      namedAssignment(context, named === undefined ? {} : { assignment: named }) ?? rememberedAssignment(store)
    const { assignment, graded } = await classOf(context, from)
    const grades = readGrades(store, assignment, graded)
    const gradebook = shown(context, store.file)
    const again = (folder: string) =>
      `npx kata grade ${shellPath(shown(context, folder))}${whichGradebook(gradebook, '--gradebook ')}`
    const doubts = [...nobodysExtensions(assignment, idsOf(grades)), ...changedDeadlines(store, assignment, again)]
    if (values.runs === true) tell(context, grades.runs, () => runsScreen(grades.runs, context.look))
    else if (values.out !== undefined) {
      const folder = resolve(context.io.cwd, values.out)
      const into = shown(context, folder)
      const written = withSystemsWords(into, 'Name a folder of yours: --out DIR', () => {
        makeFolder(folder)
        return writeOutputs(grades, folder, { redact: values.redact === true })
      })
      const remarks = [...doubts, ...canvasRemarks(grades)]
      tell(context, { folder: into, written, remarks }, () =>
        [`${count(written.length, 'file')} in ${into}`, ...remarksLines(remarks, context.look)].join('\n'),
      )
    } else {
      const undecided = store.openProposal()?.changes.length ?? 0
      query(context, { grades, gradebook, undecided, remarks: doubts }, values)
    }
    return EXIT.accepted
  } finally {
    store.close()
  }
}

/** A gradebook answers one question at a time; what it would leave out of its answer is refused, and not ignored. */
function refuseTwoQuestions({ runs, out, learner, kata = [], state }: Values): void {
  const given = { '--out': out, '--runs': runs, '--learner': learner, '--kata': kata[0], '--state': state }
  const asked = Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag]))
  const isOne = asked.length < 2 || (asked.length === 2 && kata.length > 0 && state !== undefined)
  if (!isOne)
    throw new KataError(
      `${asked.slice(0, 2).join(' and ')} do not go together.`,
      'Ask for one of them; only --kata and --state go together.',
    )
  if (kata.length > 1)
    throw new KataError(`kata gradebook shows one kata, not ${kata.length}.`, 'Ask for each by itself: --kata SLUG')
}

const idsOf = ({ learners }: Grades): string[] => learners.map(({ learner }) => learner.id)

interface Read {
  readonly grades: Grades
  /** as the instructor would type it */
  readonly gradebook: string
  /** files of a regrade that was proposed: it changes nothing until somebody says so, and is easily forgotten */
  readonly undecided: number
  /** what the assignment says and means nobody */
  readonly remarks: readonly string[]
}

function query(
  context: Context,
  { grades, gradebook, undecided, remarks }: Read,
  { learner, kata: [kata] = [], state }: Values,
): void {
  const { look } = context
  const kataOnly = ({ grade }: Found) => kata === undefined || grade.kata === kata
  if (learner !== undefined) {
    const ids = idsOf(grades)
    const meant = whoIsMeant(learner, ids)
    const found = grades.learners.find((one) => one.learner.id === meant)
    if (found === undefined) throw unknown('learner', learner, ids, gradebook)
    tell(context, found, () => learnerScreen(grades, found, look))
    return
  }
  const slugs = grades.assignment.katas.map((one) => one.kata)
  if (kata !== undefined && !slugs.includes(kata)) throw unknown('kata in this assignment', kata, slugs, gradebook)
  if (state !== undefined) {
    const found = inState(grades, state).filter(kataOnly)
    // As on the screen, what is in no grade's way comes after the grades: it has an origin, and no grade.
    const beside = state === 'not-taken' ? nobodys(grades).map(({ katas: _, ...one }) => one) : []
    tell(context, [...found, ...beside], () => stateScreen(found, grades, state, look))
  } else if (kata !== undefined) {
    tell(context, allOf(grades).filter(kataOnly), () => kataScreen(grades, kata, gradebook, look))
  } else
    tell(context, { ...grades, undecided, remarks }, () =>
      [overviewScreen(grades, gradebook, undecided, look), ...remarksLines(remarks, look)].join('\n'),
    )
}

const remarksLines = (remarks: readonly string[], look: Look): string[] =>
  remarks.flatMap((remark) => ['', ...wrapText(remark, look.width)])

const STATES = ['graded', 'missing', 'not-taken', 'pending', 'judge-error']
const ASPECTS: Readonly<Record<string, (grade: KataGrade) => boolean>> = {
  flagged: ({ flags }) => flags.length > 0,
  // Also what another system calls late without saying by how much: whoever asks for late work is to look at that, too.
  late: ({ late, attempt }) => late !== undefined || attempt?.markedLateBy !== undefined,
}

function inState(grades: Grades, state: string): Found[] {
  const known = [...STATES, ...Object.keys(ASPECTS), ...VERDICTS.filter((verdict) => !STATES.includes(verdict))]
  if (!known.includes(state))
    throw new KataError(
      `--state takes ${known.join(', ')}; not "${printable(state, 40)}".`,
      'See: npx kata help gradebook',
    )
  const isIn =
    ASPECTS[state] ??
    (STATES.includes(state)
      ? (grade: KataGrade) => grade.state === state
      : (grade: KataGrade) => grade.state === 'graded' && grade.report?.verdict === state)
  return allOf(grades).filter(({ grade }) => isIn(grade))
}

const allOf = ({ learners }: Grades): Found[] =>
  learners.flatMap(({ learner, katas }) => katas.map((grade) => ({ learner: learner.id, grade })))

function unknown(what: string, name: string, known: readonly string[], gradebook: string): KataError {
  const [near] = nearest(name, known)
  return new KataError(
    `No ${what} "${printable(name, 60)}".${near === undefined ? '' : ` Did you mean ${near}?`}`,
    `See: npx kata gradebook${whichGradebook(gradebook)}`,
  )
}

function tell(context: Context, data: unknown, screen: () => string): void {
  if (context.json) sayJson(context, data)
  else say(context, screen())
}
