// The screen that a learner sees most: what holds, what breaks first and how, and what to type next. At most 20 lines.

import type { Verdict } from '../../course/verdict.ts'
import type { PromiseReport, Report } from '../../judge/report.ts'
import { printable } from '../printable.ts'
import { cutTo, type Look, paint, wrapText } from './look.ts'

const MAX_STORY = 8
const MAX_PROBLEMS = 4
const MAX_PRINTED = 3

export function verdictScreen(report: Report, look: Look): string {
  const broken = report.promises.filter(({ kept }) => !kept)
  return [
    headline(report, look),
    '',
    ...(report.problems === undefined ? whatBroke(report, look) : problemLines(report, look)),
    ...printedLines(report, look),
    ...whatNext(report, broken, look),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
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

function headline({ verdict, kata, promises, ms }: Report, look: Look): string {
  const kept = promises.filter((promise) => promise.kept).length
  const count = promises.length === 0 ? '' : ` · ${kept} of ${promises.length} promises kept`
  return `${paint(look, ['bold', COLOURS[verdict]], verdict)} · ${kata}${count} · ${paint(look, 'dim', duration(ms))}`
}

export const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)

/** What the verdict is about: the first promise that the verdict's own kind of trouble broke. */
function whatBroke(report: Report, look: Look): string[] {
  const reason = report.reason === undefined ? [] : wrapText(printable(report.reason.split('\n')[0] ?? ''), look.width)
  if (report.verdict === 'judge-error')
    return [...reason, ...wrapText('This is our fault, not yours: it costs you no attempt.', look.width), '']
  const first = leading(report)
  if (first === undefined) return reason.length === 0 ? [] : [...reason, '']
  if (report.verdict === 'todo') return todoLines(report, first, look)
  const others = report.promises.filter((promise) => !promise.kept && promise !== first)
  return [
    ...wrapText(`✗ ${first.name}`, look.width, '  ').map((line) => paint(look, 'bold', line)),
    '',
    ...storyLines(first, look),
    '',
    ...labelled('expected', first.expected, look),
    ...labelled('got', first.got, look),
    ...(first.line === undefined ? [] : labelled('at', `${report.file}:${first.line}`, look)),
    '',
    ...(reason.length > 0 && !report.reason?.includes(first.got ?? ' ') ? [...reason, ''] : []),
    ...(others.length === 0
      ? []
      : [
          ...wrapText(
            `Also broken: ${others.length === 1 ? others[0]?.name : `${others.length} more promises`}`,
            look.width,
            '  ',
          ),
          '',
        ]),
  ]
}

function leading({ promises, verdict }: Report): PromiseReport | undefined {
  const broken = promises.filter(({ kept }) => !kept)
  const isTodo = (promise: PromiseReport) => promise.got?.includes('TODO') === true
  return (verdict === 'todo' ? broken.find(isTodo) : broken.find((promise) => !isTodo(promise))) ?? broken[0]
}

function todoLines(report: Report, first: PromiseReport, look: Look): string[] {
  const what = (first.got ?? '').replace(/^.*?TODO:? ?/, '')
  const where = first.line === undefined ? report.file : `${report.file}:${first.line}`
  return [...labelled('to do', printable(what), look), ...labelled('at', where, look), '']
}

/** The calls that lead to it; a long story keeps its opening and its end. */
function storyLines({ counterexample = [] }: PromiseReport, look: Look): string[] {
  const lines = counterexample.map((line) => `    ${cutTo(printable(line), look.width - 4)}`)
  if (lines.length <= MAX_STORY) return lines
  const end = lines.slice(-(MAX_STORY - 2))
  return [lines[0] ?? '', `    … ${lines.length - 1 - end.length} calls …`, ...end]
}

function labelled(label: string, value: string | undefined, look: Look): string[] {
  if (value === undefined) return []
  const [first = '', ...more] = wrapText(printable(value), look.width - 12)
  return [
    `  ${paint(look, 'dim', label.padEnd(10))}${first}`,
    ...more.slice(0, 2).map((line) => `${' '.repeat(12)}${line}`),
  ]
}

function problemLines({ problems = [], file }: Report, look: Look): string[] {
  const shown = problems.slice(0, MAX_PROBLEMS).flatMap(({ line, column, member, message }) => [
    paint(look, 'bold', `✗ ${file}:${line}:${column}${member === undefined ? '' : `  ${printable(member)}`}`),
    ...wrapText(printable(message), look.width - 4)
      .slice(0, 3)
      .map((text) => `    ${text}`),
  ])
  const left = problems.length - MAX_PROBLEMS
  return [...shown, ...(left > 0 ? [`  and ${left} more`] : []), '']
}

function printedLines({ printed = [], verdict }: Report, look: Look): string[] {
  if (printed.length === 0 || verdict === 'accepted') return []
  const lines = printed.slice(0, MAX_PRINTED).map((line) => `    ${cutTo(printable(line), look.width - 4)}`)
  const left = printed.length - MAX_PRINTED
  return ['Your file printed:', ...lines, ...(left > 0 ? [`    … and ${left} lines more (all with --json)`] : []), '']
}

function whatNext({ verdict, kata, seed }: Report, broken: readonly PromiseReport[], look: Look): string[] {
  const line = (label: string, command: string) => `${paint(look, 'dim', label.padEnd(8))}${command}`
  const replay = broken[0]?.replay
  switch (verdict) {
    case 'accepted':
      return [line('seed', String(seed)), line('compare', `npx kata diff ${kata}`), line('next', 'npx kata next')]
    case 'todo':
      return [line('lesson', `npx kata lesson ${kata}`), line('hint', `npx kata hint ${kata}`)]
    case 'rejected-source':
      return [line('diff', `npx kata diff ${kata}`)]
    case 'judge-error':
      return [line('doctor', 'npx kata doctor'), line('again', replay ?? `npx kata check ${kata} --seed ${seed}`)]
    default:
      return [line('replay', replay ?? `npx kata check ${kata} --seed ${seed}`), line('hint', `npx kata hint ${kata}`)]
  }
}
