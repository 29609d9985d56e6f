// What became of one promise or one budget, as plain lines for files that other systems show: what was called, what was
// expected, what came instead, where. Screens and pages of our own have their own looks.

import { printable } from '../../course/printable.ts'
import type { Spent } from '../../judge/budgets/spent.ts'
import type { PromiseReport, Report } from '../../judge/report.ts'

/** Nothing that commands a screen, one line each. */
export const safeLines = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => printable(line, Number.POSITIVE_INFINITY).toWellFormed())

const safe = (text: string): string => safeLines(text).join(' ')

/** @param promise of this report, and not kept */
export function toldPromise({ file, verdict }: Report, promise: PromiseReport): string[] {
  const { counterexample, expected, got, line } = promise
  if (promise.untried === true) return ['Not tried: judging ended before it came to this.']
  const how = promise.verdict === undefined || promise.verdict === 'wrong-answer' ? [] : [`${promise.verdict}`]
  return [
    ...how,
    ...(counterexample ?? []).flatMap((call) => safeLines(call).map((text) => `  ${text}`)),
    ...(expected === undefined ? [] : [`expected  ${safe(expected)}`]),
    ...(got === undefined ? [] : [`got       ${safe(got)}`]),
    ...(line === undefined ? [] : [`at        ${safe(file)}:${line}`]),
    ...(counterexample === undefined && expected === undefined && verdict !== 'todo'
      ? ['The inputs that show it are not told here.']
      : []),
  ]
}

export function toldSpent({ limit, got, reference, trouble, often, growsMost, spendsMost }: Spent): string[] {
  const place = growsMost ?? spendsMost
  return [
    `budget    ${safe(limit)}`,
    `yours     ${safe(got)}`,
    ...(reference === undefined ? [] : [`reference ${safe(reference)}`]),
    ...(trouble === undefined ? [] : [`why       ${safe(trouble)}`]),
    ...(often === undefined ? [] : [`often     ${safe(often)}`]),
    ...(place === undefined ? [] : [`line ${place.line}   ${safe(place.code ?? '')}`]),
  ]
}

/** What a report says beyond its promises: why it crashed, why the source was refused, that the fault is ours. */
export function toldReport({ verdict, reason, problems = [], file, printed = [] }: Report): string[] {
  return [
    ...(verdict === 'judge-error' ? ['Our own fault: it is not scored and costs no attempt.'] : []),
    ...(reason === undefined ? [] : safeLines(reason)),
    ...problems.map(({ line, column, message }) => `${safe(file)}:${line}:${column} ${safe(message)}`),
    ...(printed.length === 0 ? [] : ['The file printed:', ...printed.flatMap(safeLines).map((text) => `  ${text}`)]),
  ]
}
