// What a run of `kata grade` came to, how far it is, and what a regrade would change.

import { shellPath } from '../../course/shell-path.ts'
import type { Grades, KataGrade } from '../../gradebook/grades.ts'
import type { Difference, Side } from '../../gradebook/regrade.ts'
import { decimal } from '../../gradebook/reports/decimal.ts'
import { columns } from '../columns.ts'
import { printable } from '../printable.ts'
import { count, type Look, paint, sideBySide, wrapText } from './look.ts'
import { duration } from './verdict-screen.ts'

export interface RunSummary {
  readonly gradebook: string
  readonly judged: number
  readonly fromCache: number
  readonly judgeErrors: number
  /** results that an older grader, engine or weaker sandbox gave */
  readonly outdated: number
  readonly remarks: readonly string[]
  readonly isolation: 'strict' | 'portable'
  readonly remark?: string
}

const MAX_ERRORS = 10
const DEFAULT_GRADEBOOK = 'gradebook.sqlite'

/** What a command must be told of a gradebook that it would not find by itself: ` hw/gradebook.sqlite`, with its flag. */
export const whichGradebook = (gradebook: string, flag = ''): string =>
  gradebook === DEFAULT_GRADEBOOK ? '' : ` ${flag}${shellPath(gradebook)}`

/** And the command that tells more: on a line of its own where it is long, for a shell takes half a command for a whole one. */
export const withCommand = (text: string, command: string, look: Look): string[] =>
  columns(`${text}: ${command}`) <= look.width
    ? [`${text}: ${command}`]
    : [...wrapText(`${text}:`, look.width), `  ${command}`]

export function gradedScreen(grades: Grades, summary: RunSummary, look: Look): string {
  const { assignment, learners } = grades
  const { gradebook, judged, fromCache, judgeErrors, outdated, isolation, remark } = summary
  const head = [
    paint(look, 'bold', 'graded'),
    printable(assignment.name),
    count(learners.length, 'learner'),
    count(assignment.katas.length, 'kata'),
  ].join(' · ')
  const rows = assignment.katas.map(({ kata }) => [`  ${kata}`, countsOf(grades, kata)] as const)
  const run = [
    `${judged} judged`,
    ...(fromCache === 0 ? [] : [`${fromCache} known from before`]),
    ...(judgeErrors === 0 ? [] : [count(judgeErrors, 'judge error')]),
    `${isolation} sandbox`,
  ].join(' · ')
  return [
    ...wrapText(head, look.width),
    '',
    ...sideBySide(rows, look),
    '',
    ...wrapText(run, look.width),
    ...(remark === undefined ? [] : wrapText(printable(remark), look.width)),
    ...summary.remarks.flatMap((one) => wrapText(printable(one), look.width, '  ')),
    ...errorLines(grades, gradebook, look),
    ...(grades.notTaken.length === 0
      ? []
      : withCommand(
          `${count(grades.notTaken.length, 'thing')} could not be taken`,
          `npx kata gradebook${whichGradebook(gradebook)} --state not-taken`,
          look,
        )),
    ...(outdated === 0
      ? []
      : withCommand(
          `${count(outdated, 'result')} of an older grader or engine; what would change`,
          `npx kata grade --regrade${whichGradebook(gradebook, '--gradebook ')}`,
          look,
        )),
    '',
    `gradebook  ${gradebook}`,
    `look       npx kata gradebook ${shellPath(gradebook)}`,
  ].join('\n')
}

/** `accepted 30 · wrong-answer 8 · missing 2`, most first. */
function countsOf({ learners }: Grades, kata: string): string {
  const counts = new Map<string, number>()
  for (const { katas } of learners)
    for (const grade of katas) if (grade.kata === kata) counts.set(wordOf(grade), (counts.get(wordOf(grade)) ?? 0) + 1)
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([word, n]) => `${word} ${n}`)
      .join(' · ') || 'nobody'
  )
}

/** What became of it, in one word: the verdict where there is one. */
export const wordOf = ({ state, report }: KataGrade): string =>
  state === 'graded' ? (report?.verdict ?? state) : state

function errorLines({ learners }: Grades, gradebook: string, look: Look): string[] {
  const errors = learners.flatMap(({ learner, katas }) =>
    katas.flatMap(({ kata, state, report }) =>
      state === 'judge-error' ? [`${learner.id} · ${kata} · ${report?.reason ?? 'no more is known'}`] : [],
    ),
  )
  return ownFault('Our own fault, not scored, and tried again by the next run:', errors, look, (more) =>
    withCommand(more, `npx kata gradebook${whichGradebook(gradebook)} --state judge-error`, look),
  )
}

/** @param rest says how many more there are */
function ownFault(
  title: string,
  told: readonly string[],
  look: Look,
  rest: (more: string) => readonly string[],
): string[] {
  if (told.length === 0) return []
  return [
    '',
    ...wrapText(title, look.width),
    ...told
      .slice(0, MAX_ERRORS)
      .flatMap((text) =>
        wrapText(printable(text.split('\n')[0] ?? ''), look.width - 2, '  ').map((line) => `  ${line}`),
      ),
    ...(told.length > MAX_ERRORS ? rest(`  and ${told.length - MAX_ERRORS} more`) : []),
  ]
}

export interface Progress {
  readonly done: number
  readonly of: number
  readonly errors: number
  readonly elapsedMs: number
}

/** Never more than one line, for what is written over: without the rate where there is no room, and then without the rest. */
export function progressLine({ done, of, errors, elapsedMs }: Progress, look: Look): string {
  const leftMs = done === 0 ? undefined : (elapsedMs / done) * (of - done)
  const judged = [`${done} of ${of} judged`]
  const rate = done === 0 ? ['starting'] : [`${rateText((done * 60_000) / elapsedMs)} a minute`]
  const left = leftMs === undefined || done === of ? [] : [`about ${timeLeft(leftMs)} left`]
  const faults = errors === 0 ? [] : [paint(look, 'red', count(errors, 'judge error'))]
  const lines = [
    [judged, rate, left, faults],
    [judged, left, faults],
    [judged, faults],
  ].map((parts) => parts.flat().join(' · '))
  return lines.find((line) => columns(line) <= look.width) ?? judged.join('')
}

const rateText = (perMinute: number): string => (perMinute < 10 ? perMinute.toFixed(1) : perMinute.toFixed(0))

function timeLeft(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 1) return duration(Math.ceil(ms / 1_000) * 1_000).replace('.0', '')
  return minutes < 90 ? count(Math.round(minutes), 'minute') : `${(minutes / 60).toFixed(1)} hours`
}

export function differencesScreen(
  found: readonly Difference[],
  {
    state,
    rejudged,
    judgeErrors,
    faults,
    outdated,
    gradebook,
  }: {
    state: string
    rejudged: number
    judgeErrors: number
    faults: readonly Fault[]
    /** files that are still graded by an older grader, engine or sandbox */
    outdated: number
    gradebook: string
  },
  look: Look,
): string {
  const which = whichGradebook(gradebook, '--gradebook ')
  const changed = count(new Set(found.map(({ learner }) => learner)).size, 'learner')
  const head = [
    paint(look, 'bold', state),
    `${count(rejudged, 'file')} judged anew`,
    found.length === 0
      ? 'no grade changes'
      : `${count(found.length, 'grade')} of ${changed} ${state === 'proposed' ? 'would change' : state === 'applied' ? 'changed' : 'would have changed'}`,
    ...(judgeErrors === 0 ? [] : [count(judgeErrors, 'judge error')]),
  ].join(' · ')
  return [
    ...wrapText(head, look.width),
    ...(found.length === 0 ? [] : ['']),
    ...found.flatMap(({ learner, kata, old, new: comes, flipped }) => [
      ...wrapText(printable(`${learner} · ${kata} · ${sideText(old)} → ${sideText(comes)}`), look.width, '  '),
      ...flipped.flatMap(({ name, from, to }) =>
        wrapText(`${from} → ${to}: ${name}`, look.width - 4, '  ').map((line) => paint(look, 'dim', `    ${line}`)),
      ),
    ]),
    ...faultLines(faults, look),
    '',
    ...(state === 'proposed'
      ? [`apply      npx kata grade --regrade apply${which}`, `discard    npx kata grade --regrade discard${which}`]
      : state === 'applied'
        ? [
            ...(outdated === 0
              ? wrapText('The grades are those of the present grader. The old results are kept.', look.width)
              : wrapText(
                  `${count(outdated, 'file')} could not be judged anew, and ${outdated === 1 ? 'is' : 'are'} graded by an older grader still.`,
                  look.width,
                )),
            ...(outdated === 0 ? [] : [`again      npx kata grade --regrade${which}`]),
          ]
        : ['The grades are what they were.']),
  ].join('\n')
}

export const nothingToRegradeScreen = (look: Look): string =>
  wrapText('All is judged by the present grader and engine: there is nothing to regrade.', look.width).join('\n')

/** A fault of ours, of as many files as came to the same. */
export interface Fault {
  /** slug */
  readonly kata: string
  readonly files: number
  readonly reason: string
}

/** Of a regrade in which nothing could be judged anew. */
export const nothingProposedScreen = (faults: readonly Fault[], gradebook: string, look: Look): string =>
  [
    ...wrapText('Nothing is proposed: what could not be judged anew keeps what it was given before.', look.width),
    ...faultLines(faults, look),
    '',
    `again      npx kata grade --regrade${whichGradebook(gradebook, '--gradebook ')}`,
  ].join('\n')

const faultLines = (faults: readonly Fault[], look: Look): string[] =>
  ownFault(
    'Our own fault, and tried again by the next regrade:',
    faults.map(({ kata, files, reason }) => `${kata} · ${count(files, 'file')} · ${reason}`),
    look,
    (more) => [more],
  )

const sideText = ({ verdict, points }: Side): string =>
  [verdict ?? 'no verdict', ...(points === undefined ? [] : [decimal(points)])].join(' ')
