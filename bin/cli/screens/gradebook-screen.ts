// A gradebook on a terminal: the class at a glance, one kata, one learner, what is in a state that asks for a look, and
// how it was judged.

import type { Grades, KataGrade, LearnerGrade, Run, ScoredItem } from '../../gradebook/grades.ts'
import { decimal } from '../../gradebook/reports/decimal.ts'
import { NO_END, PROPOSAL_WORDS, STATE_WORDS } from '../../gradebook/reports/state-words.ts'
import type { NotTaken } from '../../gradebook/submitted.ts'
import { exactMoment, momentText } from '../moments.ts'
import { printable } from '../printable.ts'
import { paint as paintLine, run } from '../styled-text.ts'
import { renderTable } from '../terminal-table.ts'
import { whichGradebook, withCommand, wordOf } from './grade-screen.ts'
import { count, type Look, pad, paint, wrapText } from './look.ts'

/** With what an instructor should look at marked. */
const cell = (grade: KataGrade): string => {
  const value = grade.state === 'graded' && grade.points !== undefined ? decimal(grade.points) : grade.state
  return grade.flags.length > 0 ? `${value} !` : value
}

/** @param gradebook as the instructor would type it @param undecided files of a regrade that waits for a decision */
export function overviewScreen(grades: Grades, gradebook: string, undecided: number, look: Look): string {
  const { assignment, learners } = grades
  const of = assignment.katas.reduce((sum, kata) => sum + kata.of, 0)
  const header = ['learner', `of ${decimal(of)}`, ...assignment.katas.map(({ kata }) => kata)]
  const rows = learners.map((one) => [
    nameOf(one),
    `${decimal(one.points)}${one.isComplete ? '' : ' …'}`,
    ...one.katas.map(cell),
  ])
  const command = `npx kata gradebook${whichGradebook(gradebook)}`
  const flagged = learners.flatMap(({ katas }) => katas).filter(({ flags }) => flags.length > 0).length
  return [
    ...wrapText(
      [paint(look, 'bold', printable(assignment.name)), count(learners.length, 'learner'), deadlineText(grades)]
        .filter((part) => part !== '')
        .join(' · '),
      look.width,
    ),
    '',
    ...tableLines(header, rows, look),
    '',
    ...(flagged === 0
      ? []
      : withCommand(`! ${count(flagged, 'grade')} to look at`, `${command} --state flagged`, look)),
    ...(learners.every(({ isComplete }) => isComplete) ? [] : ['… not all of it is known yet']),
    ...(grades.notTaken.length === 0
      ? []
      : withCommand(`${count(grades.notTaken.length, 'thing')} not taken`, `${command} --state not-taken`, look)),
    ...(undecided === 0
      ? []
      : withCommand(
          `A regrade of ${count(undecided, 'file')} is proposed and not decided on (apply, or discard)`,
          `npx kata grade --regrade apply${whichGradebook(gradebook, '--gradebook ')}`,
          look,
        )),
    ...(grades.runs[0] === undefined ? [] : runLines([grades.runs[0]], look)),
  ].join('\n')
}

function deadlineText({ assignment: { deadlineMs } }: Grades): string {
  return deadlineMs === undefined ? '' : `due ${exactMoment(deadlineMs)}`
}

/** @param gradebook as the instructor would type it */
export function kataScreen(grades: Grades, kata: string, gradebook: string, look: Look): string {
  const about = grades.assignment.katas.find((one) => one.kata === kata)
  const all = grades.learners.flatMap((one) =>
    one.katas.filter((grade) => grade.kata === kata).map((grade) => ({ one, grade })),
  )
  const graded = all.filter(({ grade }) => grade.state === 'graded')
  const items = (grade: KataGrade) => [...grade.promises, ...grade.budgets]
  const met = [...(about?.promises ?? []), ...(about?.budgets ?? [])].map(({ name, of }) => {
    // Whoever an older grader has judged may never have been asked for it, which is nothing broken.
    const asked = graded.flatMap(({ grade }) => items(grade).filter((item) => item.name === name))
    return [`${asked.filter(({ state }) => state === 'kept').length} of ${asked.length}`, decimal(of), name]
  })
  const flagged = all.filter(({ grade }) => grade.flags.length > 0).length
  return [
    paint(look, 'bold', `${kata} · ${about?.title ?? ''}`),
    '',
    ...tableLines(
      ['learner', `of ${decimal(about?.of ?? 0)}`, 'verdict', 'attempt'],
      all.map(({ one, grade }) => [nameOf(one), cell(grade), wordOf(grade), cameText(grade)]),
      look,
    ),
    ...(flagged === 0
      ? []
      : [
          '',
          ...withCommand(
            `! ${count(flagged, 'grade')} to look at`,
            `npx kata gradebook${whichGradebook(gradebook)} --kata ${kata} --state flagged`,
            look,
          ),
        ]),
    '',
    ...tableLines(['kept by', 'points', 'promise or budget'], met, look),
  ].join('\n')
}

export function learnerScreen(grades: Grades, one: LearnerGrade, look: Look): string {
  const { name, email, section } = one.learner
  const known = [name, email, section].filter((part) => part !== undefined).map((part) => printable(part))
  const points = `${decimal(one.points)} of ${decimal(one.of)}${one.isComplete ? '' : ', not all known yet'}`
  const days = one.lateDaysUsed === 0 ? [] : [`${count(one.lateDaysUsed, 'late day')} used`]
  const { deadlineMs } = one
  const due =
    deadlineMs === undefined || deadlineMs === grades.assignment.deadlineMs
      ? []
      : [`extension until ${exactMoment(deadlineMs)}`]
  return [
    ...wrapText(
      [paint(look, 'bold', printable(one.learner.id)), ...known, points, ...days, ...due].join(' · '),
      look.width,
    ),
    ...one.katas.flatMap((grade) => ['', ...gradeLines(grade, look)]),
    ...grades.notTaken
      .filter(({ learner }) => learner === one.learner.id)
      .flatMap(({ origin, why }) => ['', ...wrapText(printable(`not taken: ${origin}: ${why}`), look.width, '  ')]),
  ].join('\n')
}

function gradeLines(grade: KataGrade, look: Look): string[] {
  const { kata, state, points, rawPoints, of, late, report, flags } = grade
  const worth = points === undefined ? `– of ${decimal(of)}` : `${decimal(points)} of ${decimal(of)}`
  const lost = late === undefined ? '' : lateText(late, rawPoints)
  const head = [paint(look, 'bold', kata), wordOf(grade), worth, lost].filter((part) => part !== '').join(' · ')
  const words = state === 'graded' ? (report?.reason ?? problemText(grade)) : STATE_WORDS[state]
  return [
    ...wrapText(head, look.width),
    ...wrapText(printable(attemptText(grade)), look.width - 2).map((line) => `  ${line}`),
    ...(words === undefined
      ? []
      : wrapText(printable(words.split('\n')[0] ?? ''), look.width - 2).map((line) => `  ${line}`)),
    ...flags.flatMap((flag) => wrapText(`! ${printable(flag)}`, look.width - 2, '  ').map((line) => `  ${line}`)),
    ...(state === 'graded' ? [...grade.promises, ...grade.budgets].flatMap((item) => itemLines(item, look)) : []),
  ]
}

/** Why a source was refused has no promise to stand under. */
function problemText({ report }: KataGrade): string | undefined {
  const [first, ...more] = report?.problems ?? []
  if (first === undefined) return undefined
  return `line ${first.line}: ${first.message.split('\n')[0]}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
}

const MARKS = { kept: '✓', broken: '✗', unknown: '?' } as const
const COLOURS = { kept: 'green', broken: 'red', unknown: 'yellow' } as const
const ITEM_POINTS = 16

function itemLines({ name, of, points, state }: ScoredItem, look: Look): string[] {
  const left = pad(`${MARKS[state]} ${decimal(points)} of ${decimal(of)}`, ITEM_POINTS)
  // In a word, too: of what earns nothing, only the mark tells it from what is broken.
  const said = state === 'unknown' ? `${name} (not judged)` : name
  const [first = '', ...more] = wrapText(said, look.width - ITEM_POINTS - 4)
  return [`  ${paint(look, COLOURS[state], left)}  ${first}`, ...more.map((line) => ' '.repeat(ITEM_POINTS + 4) + line)]
}

function lateText({ days, lateDaysUsed, off }: NonNullable<KataGrade['late']>, raw = 0): string {
  const used = lateDaysUsed === 0 ? [] : [`${count(lateDaysUsed, 'late day')} used`]
  const lost = off === 0 ? [] : [`${decimal(off)} of ${decimal(raw)} off`]
  return [`${count(days, 'day')} late`, ...used, ...lost].join(', ')
}

function attemptText({ attempt }: KataGrade): string {
  if (attempt === undefined) return ''
  const { origin, atMs, number, of } = attempt
  const when = atMs === undefined ? [] : [exactMoment(atMs)]
  return [...(of === 1 ? [] : [`${number} of ${of}`]), ...when, origin].join(' · ')
}

/** With why an accepted one has less than all of its points. */
const cameText = (grade: KataGrade): string =>
  [...(grade.late === undefined ? [] : [lateText(grade.late, grade.rawPoints)]), attemptText(grade)].join(' · ')

export interface Found {
  readonly learner: string
  readonly grade: KataGrade
}

/** What was not taken and stands in no grade's way. */
export const nobodys = ({ notTaken }: Grades): readonly NotTaken[] => notTaken.filter(({ katas }) => katas.length === 0)

export const notTakenText = ({ learner, origin, why }: NotTaken): string =>
  `${learner === undefined ? '' : `${learner} · `}${origin}: ${why}`

export function stateScreen(found: readonly Found[], grades: Grades, state: string, look: Look): string {
  const lines = found.flatMap(({ learner, grade }) => {
    const { flags, report, points, rawPoints, late } = grade
    const head = [learner, grade.kata, wordOf(grade), ...(points === undefined ? [] : [decimal(points)])].join(' · ')
    const whyOf: Readonly<Record<string, () => readonly string[]>> = {
      'judge-error': () => [report?.reason?.split('\n')[0] ?? ''],
      late: () => (late === undefined ? flags : [lateText(late, rawPoints)]),
    }
    const why = whyOf[state]?.() ?? flags
    return [
      ...wrapText(printable(head), look.width, '  '),
      ...why.flatMap((one) => wrapText(printable(one), look.width - 4).map((line) => `    ${line}`)),
    ]
  })
  const beyond =
    state === 'not-taken'
      ? nobodys(grades).flatMap((one) => wrapText(printable(notTakenText(one)), look.width, '  '))
      : []
  const beside = beyond.length === 0 ? [] : ['', 'Of no learner, or of no kata:', ...beyond]
  return [...(lines.length === 0 ? [`Nothing is ${state}.`] : lines), ...beside].join('\n')
}

export function runsScreen(runs: readonly Run[], look: Look): string {
  return runs.length === 0 ? 'It was never graded.' : runLines(runs, look).join('\n')
}

function runLines(runs: readonly Run[], look: Look): string[] {
  return runs.flatMap(({ kind, startedMs, endedMs, proposal, isolation, remark, judged, fromCache, judgeErrors }) => {
    const parts = [
      momentText(startedMs),
      `${judged} judged${kind === 'regrade' ? ' anew' : ''}`,
      ...(fromCache === 0 ? [] : [`${fromCache} known from before`]),
      ...(judgeErrors === 0 ? [] : [count(judgeErrors, 'judge error')]),
      `${isolation} sandbox`,
      ...(proposal === undefined ? [] : [PROPOSAL_WORDS[proposal]]),
      ...(endedMs === undefined ? [NO_END] : []),
    ]
    return [
      ...wrapText(parts.join(' · '), look.width),
      ...(remark === undefined ? [] : wrapText(printable(remark), look.width - 2).map((line) => `  ${line}`)),
    ]
  })
}

/** With the id, because two learners may be called the same. */
export const whoIs = ({ learner: { id, name } }: LearnerGrade): string =>
  name === undefined || name === id ? id : `${name} (${id})`

const nameOf = (one: LearnerGrade): string => printable(whoIs(one))

function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width, colour }: Look,
): string[] {
  const line = (text: string) => [run(printable(text))]
  return renderTable(
    { alignments: header.map(() => 'left'), header: header.map(line), rows: rows.map((row) => row.map(line)) },
    width,
  ).map((one) => paintLine(one, colour))
}
