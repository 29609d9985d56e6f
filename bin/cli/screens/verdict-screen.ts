// The screen that a learner sees most: what holds, what breaks first and how, and what to type next. At most 20 lines:
// a message that does not fit is not read, so the story gives way to what frames it, and prints give way to both.

import type { Verdict } from '../../course/verdict.ts'
import type { Spent } from '../../judge/budgets/spent.ts'
import { leadingPromise, type PromiseReport, type Report, tracedPromise } from '../../judge/report.ts'
import { printable } from '../printable.ts'
import { layOut } from '../space-time-layout.ts'
import { diagramLines, isDrawable } from '../space-time-text.ts'
import { count, cutTo, foldCode, type Look, paint, wrapText } from './look.ts'
import { spentLines, spentTable } from './spent-lines.ts'

const MAX_LINES = 20
/** A cost has a plot, and what is accepted a table of costs. */
const MAX_COST_LINES = 25
const MAX_STORY = 8
const MIN_STORY = 3
/** Of longer runs, what led to the violation is drawn. */
const MAX_ROWS = 60
/** Fewer lines of a picture show nothing. */
const MIN_PICTURE = 5
const MAX_PROBLEMS = 4
const MAX_PRINTED = 3
const MAX_ALSO_OVER = 3
const LABEL = 12

/** @param recorded false for a file that is not the learner's own: it is no progress, and hints must be told what it broke */
export const verdictScreen = (report: Report, look: Look, recorded = true): string =>
  screenOf(report, look, whatNext(report, look, recorded), perfCommand(report, recorded))

/** The same for a learner of a class, who has no command of ours: none is named. */
export const verdictWithoutCommands = (report: Report, look: Look): string => screenOf(report, look, []).trimEnd()

/** Shows all of what a file costs, wherever a screen has no room for it. */
export const perfCommand = ({ kata, replay }: Report, recorded: boolean): string =>
  recorded ? `npx kata perf ${kata}` : replay.replace(' check ', ' perf ')

/** @param next commands; none for somebody who has none, and no `perf` either */
function screenOf(report: Report, look: Look, next: readonly string[], perf?: string): string {
  const head = [...headline(report, look), '']
  const most = report.verdict === 'over-budget' || report.verdict === 'accepted' ? MAX_COST_LINES : MAX_LINES
  const room = most - head.length - next.length
  if (report.verdict === 'over-budget') return [...head, ...dearLines(report, look, room), ...next].join('\n')
  const body = report.problems === undefined ? evidence(report, look, room, perf) : problemLines(report, look, room)
  return [...head, ...body, ...next].join('\n')
}

const COLOURS: Record<Verdict, 'green' | 'red' | 'yellow' | 'magenta'> = {
  todo: 'yellow',
  accepted: 'green',
  'wrong-answer': 'red',
  'over-budget': 'red',
  'timed-out': 'red',
  crashed: 'red',
  'rejected-source': 'red',
  tampered: 'red',
  'judge-error': 'magenta',
}

/** The first budget that is over in full, the others by name. */
function dearLines(report: Report, look: Look, room: number): string[] {
  const [first, ...others] = report.spent.filter(({ kept }) => !kept)
  if (first === undefined) return []
  const also = others.map(({ budget, got }) => wrapText(`Also over: ${budget} (${got})`, look.width, '  '))
  const rest = stacked([cutLines(also.flat(), MAX_ALSO_OVER)])
  const title = wrapText(`✗ ${first.budget}`, look.width, '  ').map((line) => paint(look, 'bold', line))
  const left = room - title.length - 2 - rest.length
  return [...title, '', ...cutLines(spentLines(first, report.file, look, left), left), '', ...rest]
}

/** Never without saying so. (The command that shows everything stands below.) */
function cutLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines
  const left = lines.length - most + 1
  return [...lines.slice(0, most - 1), `  … and ${count(left, 'line')} more`]
}

/** A budget is told whole or counted. */
function costLines(spent: readonly Spent[], look: Look, room: number, perf: string | undefined): string[] {
  const all = spentTable(spent, look)
  if (all.length <= room) return all
  const wanted = (shown: number) => {
    const left = `… and ${spent.length - shown} more${perf === undefined ? '' : `: ${perf}`}`
    return [...(shown === 0 ? [] : spentTable(spent.slice(0, shown), look)), left]
  }
  const shown = spent.findLastIndex((_, i) => wanted(i + 1).length <= room) + 1
  return wanted(shown)
}

function headline({ verdict, kata, promises, spent, ms }: Report, look: Look): string[] {
  const kept = promises.filter((promise) => promise.kept).length
  const facts = [
    kata,
    ...(promises.length === 0 ? [] : [`${kept} of ${promises.length} promises kept`]),
    // Where one is not kept, those after it were not measured.
    ...(spent.length === 0 || spent.some((one) => !one.kept) ? [] : [`${count(spent.length, 'budget')} kept`]),
  ].join(' · ')
  const name = paint(look, ['bold', COLOURS[verdict]], verdict)
  const took = paint(look, 'dim', duration(ms))
  const fits = `${verdict} · ${facts} · ${duration(ms)}`.length <= look.width
  return fits ? [`${name} · ${facts} · ${took}`] : [`${name} · ${took}`, ...wrapText(facts, look.width)]
}

export const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)

/** Sections one below the other, each followed by a blank line. */
const stacked = (sections: readonly (readonly string[])[]): string[] =>
  sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, ''])

function evidence(report: Report, look: Look, room: number, perf: string | undefined): string[] {
  const { verdict, printed = [] } = report
  const told = subjectOf(report)
  const layout = (lines: number, story: readonly string[]) =>
    stacked([
      ...(verdict === 'todo' ? [todoLines(report, look, lines)] : []),
      title(report, told, look).slice(0, lines),
      story,
      ...(told === undefined
        ? [verdict === 'todo' ? [] : placeLines(report, leadingPromise(report), look)]
        : [factsOf(report, told, look, lines), reasonLines(report, told, look).slice(0, lines)]),
      othersOf(report, told, look, lines),
      // Each section is followed by a blank line.
      verdict === 'accepted' ? costLines(report.spent, look, room - 1 - printsRoom, perf) : [],
    ])
  const printsRoom = printed.length === 0 ? 0 : 2
  const storyRoom = (lines: number) => room - layout(lines, []).length - 1 - printsRoom
  // Each text gives up lines before the story loses its point.
  const lines = [3, 2].find((most) => storyRoom(most) >= MIN_STORY) ?? 1
  const story =
    pictureLines(told, storyRoom(lines), look) ??
    storyLines(told?.counterexample, Math.max(MIN_STORY, Math.min(MAX_STORY, storyRoom(lines))), look)
  const body = layout(lines, story)
  return [...body, ...printedLines(report, room - body.length, look, perf !== undefined)]
}

/** The promise whose story is told: the one that the verdict is about, or what else is wrong in a file with a TODO. */
function subjectOf(report: Report): PromiseReport | undefined {
  if (report.verdict === 'judge-error') return undefined
  const about =
    report.verdict === 'todo'
      ? report.promises.find(({ kept, verdict }) => !kept && verdict !== undefined && verdict !== 'todo')
      : leadingPromise(report)
  // Without calls that lead to it, it is about the whole file.
  return about?.counterexample === undefined ? undefined : about
}

function title(report: Report, told: PromiseReport | undefined, look: Look): string[] {
  const reason = printable(report.reason?.split('\n')[0] ?? '')
  if (report.verdict === 'judge-error')
    return [
      ...wrapText(reason, look.width),
      ...wrapText('This is our fault, not yours: it costs you no attempt.', look.width),
    ]
  const text = told === undefined ? reason : told.name
  return text === '' ? [] : wrapText(`✗ ${text}`, look.width, '  ').map((line) => paint(look, 'bold', line))
}

function todoLines(report: Report, look: Look, lines: number): string[] {
  const first = leadingPromise(report)
  const what = (first?.got ?? '').replace(/^.*?TODO:? ?/, '')
  return [...labelled('to do', what, look, lines), ...placeLines(report, first, look)]
}

const factsOf = (report: Report, told: PromiseReport, look: Look, lines: number): string[] => [
  ...labelled('expected', told.expected, look, lines),
  ...labelled('got', told.got, look, lines),
  ...placeLines(report, told, look),
]

function reasonLines({ reason }: Report, told: PromiseReport, look: Look): string[] {
  const first = reason?.split('\n')[0] ?? ''
  return first === '' || first.includes(told.got ?? ' ') ? [] : wrapText(printable(first), look.width)
}

function othersOf({ promises, verdict }: Report, told: PromiseReport | undefined, look: Look, lines: number): string[] {
  // Of a promise that we could not judge nothing is known.
  if (verdict === 'judge-error') return []
  const isLeading = (promise: PromiseReport) => promise.verdict === verdict && told === undefined
  const broken = promises.filter((one) => !one.kept && one !== told && !isLeading(one))
  const also = broken.filter((one) => one.untried !== true && (verdict !== 'todo' || one.verdict !== 'todo'))
  const untried = broken.filter((one) => one.untried === true)
  const count = (some: readonly PromiseReport[]) =>
    some.length === 1 ? some[0]?.name : `${some.length}${told === undefined ? '' : ' more'} promises`
  return [
    ...(also.length === 0 ? [] : wrapText(`Also broken: ${count(also)}`, look.width, '  ').slice(0, lines)),
    ...(untried.length === 0
      ? []
      : wrapText(`Not tried after that: ${count(untried)}`, look.width, '  ').slice(0, lines)),
  ]
}

/** The end of the simulated run, where there is one and room for it. */
function pictureLines(told: PromiseReport | undefined, room: number, look: Look): string[] | undefined {
  if (told?.trace === undefined || room < MIN_PICTURE) return undefined
  const diagram = layOut(told.trace, MAX_ROWS)
  return isDrawable(diagram, look) ? diagramLines(diagram, look, { most: room }) : undefined
}

/** The calls that lead to it; a long story keeps its opening and its end. */
function storyLines(story: readonly string[] = [], room: number, look: Look): string[] {
  const indent = '    '
  const width = look.width - indent.length
  const folded = story.map((line) => foldCode(printable(line), width, indent))
  if (folded.flat().length <= room) return folded.flat().map((line) => indent + line)
  const calls = story.map((line) => cutTo(printable(line), width))
  if (calls.length <= room) return calls.map((line) => indent + line)
  const end = calls.slice(2 - room)
  return [calls[0] ?? '', `… ${calls.length - 1 - end.length} calls …`, ...end].map((line) => indent + line)
}

function labelled(label: string, value: string | undefined, look: Look, maxLines: number): string[] {
  if (value === undefined) return []
  const lines = wrapText(printable(value), look.width - LABEL)
  const shown = lines.slice(0, maxLines)
  if (lines.length > maxLines) shown.push(cutTo(`${shown.pop()} …`, look.width - LABEL))
  return shown.map((line, i) => `  ${paint(look, 'dim', (i === 0 ? label : '').padEnd(LABEL - 2))}${line}`)
}

/** Never broken into lines: editors and terminals make a link of it. */
function placeLines({ file }: Report, promise: PromiseReport | undefined, look: Look): string[] {
  if (promise?.line === undefined) return []
  return [`  ${paint(look, 'dim', 'at'.padEnd(LABEL - 2))}${printable(file)}:${promise.line}`]
}

function problemLines({ problems = [], file }: Report, look: Look, room: number): string[] {
  const shown: string[] = []
  let left = problems.length
  for (const { line, column, member, message } of problems.slice(0, MAX_PROBLEMS)) {
    const place = `${printable(file)}:${line}:${column}${member === undefined ? '' : `  ${printable(member)}`}`
    const lines = [
      paint(look, 'bold', `✗ ${place}`),
      ...wrapText(printable(message), look.width - 4)
        .slice(0, 3)
        .map((text) => `    ${text}`),
    ]
    // A line for how many are left, and a blank one.
    if (shown.length + lines.length + 2 > room) break
    shown.push(...lines)
    left--
  }
  return stacked([[...shown, ...(left > 0 ? [`  and ${left} more`] : [])]])
}

function printedLines({ printed = [], verdict }: Report, room: number, look: Look, hasCommands: boolean): string[] {
  if (printed.length === 0 || room < 2) return []
  // Around them: what they are, how many are left, a blank line.
  const most = verdict === 'accepted' ? 0 : Math.min(MAX_PRINTED, room - 3)
  if (most < 1)
    return stacked([
      [
        `Your file printed ${printed.length === 1 ? 'a line' : `${printed.length} lines`}${hasCommands ? ' (see --json)' : ''}.`,
      ],
    ])
  const lines = printed.slice(0, most).map((line) => `    ${cutTo(printable(line), look.width - 4)}`)
  const left = printed.length - lines.length
  const more =
    left === 0
      ? []
      : [`    … and ${left === 1 ? 'one line' : `${left} lines`} more${hasCommands ? ' (all with --json)' : ''}`]
  return stacked([['Your file printed:', ...lines, ...more]])
}

function whatNext(report: Report, look: Look, recorded: boolean): string[] {
  const { verdict, kata, seed, replay, problems } = report
  const line = (label: string, command: string) => `${paint(look, 'dim', label.padEnd(8))}${command}`
  const leading = leadingPromise(report)
  const promise = !recorded && leading !== undefined ? ` --promise ${report.promises.indexOf(leading) + 1}` : ''
  const hint = line('hint', `npx kata hint ${kata}${promise}`)
  switch (verdict) {
    case 'accepted':
      return recorded
        ? [line('compare', `npx kata diff ${kata}`), line('next', 'npx kata next'), line('seed', String(seed))]
        : [...wrapText('Not recorded: this is not your own file in katas/.', look.width), line('seed', String(seed))]
    case 'todo':
      return [line('lesson', `npx kata lesson ${kata}`), hint]
    case 'rejected-source':
      return problems?.some(({ kind }) => kind === 'api')
        ? [line('stub', `npx kata diff ${kata} --with stub`)]
        : [line('again', recorded ? `npx kata check ${kata}` : replay)]
    case 'over-budget':
      // Hints about costs go by the last check that was recorded.
      return [
        line('perf', perfCommand(report, recorded)),
        line('replay', replay),
        recorded ? hint : line('lesson', `npx kata lesson ${kata}`),
      ]
    case 'judge-error':
      return [line('doctor', 'npx kata doctor'), line('again', replay)]
    default: {
      // Only of the learner's own file is the run kept.
      const trace = recorded && tracedPromise(report) !== undefined ? [line('trace', `npx kata trace ${kata}`)] : []
      return [line('replay', replay), ...trace, hint]
    }
  }
}
