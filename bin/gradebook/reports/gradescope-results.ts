// results.json of one learner, as Gradescope's autograder specification has it
// (gradescope-autograders.readthedocs.io/en/latest/specs). Formats are all set to `text`: the default of the top-level
// output renders HTML, and what stands here comes from submissions. Flags are for the instructor and name other learners
// and hidden runs: none is in a file that a learner gets.

import type { Grades, KataGrade, LearnerGrade, ScoredItem } from '../grades.ts'
import { decimalNumber } from './decimal.ts'
import { redacted } from './redacted.ts'
import { STATE_WORDS } from './state-words.ts'
import { toldPromise, toldReport, toldSpent } from './told.ts'

export type Visibility = 'hidden' | 'after_due_date' | 'after_published' | 'visible'

export interface GradescopeResults {
  /** of what is known */
  readonly score: number
  readonly output: string
  readonly output_format: 'text'
  readonly test_output_format: 'text'
  readonly test_name_format: 'text'
  readonly visibility: Visibility
  readonly stdout_visibility: 'hidden'
  readonly tests: readonly GradescopeTest[]
  readonly extra_data: Readonly<Record<string, unknown>>
}

export interface GradescopeTest {
  readonly name: string
  readonly number: string
  /** neither where it is not known: no made-up zero */
  readonly score?: number
  readonly max_score?: number
  /** neither passed nor failed where it is not known */
  readonly status?: 'passed' | 'failed'
  readonly output?: string
  readonly visibility: Visibility
}

export interface GradescopeOptions {
  /** leave the hidden inputs out */
  readonly redact?: boolean
  /** of every test; `visible` where it is left out */
  readonly visibility?: Visibility
}

export function gradescopeResults(
  { assignment }: Grades,
  { learner, points, of, isComplete, lateDaysUsed, katas }: LearnerGrade,
  { redact = false, visibility = 'visible' }: GradescopeOptions = {},
): GradescopeResults {
  const titles = new Map(assignment.katas.map(({ kata, title }) => [kata, title]))
  const open = katas.filter((one) => one.points === undefined)
  return {
    score: decimalNumber(points),
    output: [
      ...(isComplete
        ? []
        : [
            `Not complete: ${open.map(({ kata }) => kata).join(', ')} is not scored yet. The score is of the rest, and hidden until then.`,
          ]),
      ...katas.flatMap(({ kata, late }) => (late === undefined ? [] : [`${kata} was ${lateness(late)}.`])),
    ].join('\n'),
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    // A score that is not whole yet would be taken for a grade: Gradescope shows no total where tests are hidden.
    visibility: isComplete ? visibility : 'hidden',
    stdout_visibility: 'hidden',
    tests: katas.flatMap((grade, i) =>
      kataTests(grade, titles.get(grade.kata) ?? grade.kata, i + 1, redact).map((test) => ({
        ...test,
        visibility: isComplete ? visibility : 'hidden',
      })),
    ),
    extra_data: {
      learner: learner.id,
      of: decimalNumber(of),
      isComplete,
      lateDaysUsed,
      katas: katas.map(({ kata, state, attempt, report }) => ({
        kata,
        state,
        verdict: report?.verdict ?? null,
        content: attempt?.content ?? null,
        revision: report?.revision ?? null,
      })),
    },
  }
}

/** Also what cost no points: a late day that is used up is missed the next time. */
const lateness = ({ days, lateDaysUsed, off }: NonNullable<KataGrade['late']>): string => {
  const used = lateDaysUsed === 0 ? '' : `, ${counted(lateDaysUsed, 'late day')} used`
  const price = off > 0 ? `${counted(decimalNumber(off), 'point')} off` : 'nothing off'
  return `${counted(days, 'day')} late${used}: ${price}`
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

type Test = Omit<GradescopeTest, 'visibility'>

function kataTests(grade: KataGrade, title: string, at: number, redact: boolean): Test[] {
  const { state, promises, budgets } = grade
  if (state !== 'graded')
    return [
      {
        name: title,
        number: String(at),
        ...(grade.points === undefined
          ? {}
          : { score: decimalNumber(grade.points), max_score: decimalNumber(grade.of) }),
        ...(state === 'missing' || state === 'not-taken' ? { status: 'failed' as const } : {}),
        output: STATE_WORDS[state],
      },
    ]
  const report = grade.report === undefined || !redact ? grade.report : redacted(grade.report)
  const said = report === undefined ? [] : toldReport(report)
  const outputOf = (item: ScoredItem): string[] => {
    if (item.state !== 'broken')
      return item.state === 'kept' ? [] : ['Not judged: judging ended before it came to this.']
    const promise = report?.promises.find(({ name, kept }) => name === item.name && !kept)
    const spent = report?.spent.find(({ budget, kept }) => budget === item.name && !kept)
    if (report !== undefined && promise !== undefined) return toldPromise(report, promise)
    return spent === undefined ? [] : toldSpent(spent)
  }
  const tests = [...promises, ...budgets].map((item, i): Test => {
    const output = outputOf(item)
    return {
      name: `${title}: ${item.name}`,
      number: `${at}.${i + 1}`,
      score: decimalNumber(item.points),
      max_score: decimalNumber(item.of),
      ...(item.state === 'unknown' ? {} : { status: item.state === 'kept' ? 'passed' : 'failed' }),
      ...(output.length === 0 ? {} : { output: output.join('\n') }),
    }
  })
  const verdict = report?.verdict ?? 'graded'
  const whole: Test = {
    name: `${title}: ${verdict}`,
    number: String(at),
    status: verdict === 'accepted' ? 'passed' : 'failed',
    ...(said.length === 0 ? {} : { output: said.join('\n') }),
  }
  return [whole, ...tests]
}
