// What has been done, in a dozen lines.

import { count, type Look, pad, paint, wrapText } from './look.ts'

export interface Stats {
  readonly katas: number
  readonly passed: number
  readonly recheck: number
  readonly started: number
  readonly revealed: number
  readonly checks: number
  readonly hints: number
  readonly days: number
  readonly due: readonly string[]
  readonly dueWithin7Days: readonly string[]
  readonly byVolume: readonly { readonly folder: string; readonly katas: number; readonly passed: number }[]
  readonly damagedLines: number
  readonly merged: { readonly added: number; readonly skipped: number } | null
}

export function statsScreen(stats: Stats, look: Look): string {
  const later = stats.dueWithin7Days.filter((slug) => !stats.due.includes(slug))
  const width = Math.max(...stats.byVolume.map(({ folder }) => folder.length)) + 2
  const others = [
    [stats.started, 'begun'],
    [stats.recheck, 'to recheck'],
    [stats.revealed, 'given up, coming back'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return [
    ...(stats.merged === null ? [] : [`${count(stats.merged.added, 'event')} added from the other file.`, '']),
    paint(look, 'bold', `${stats.passed} of ${stats.katas} katas passed`) +
      (others.length === 0 ? '' : ` · ${others.join(' · ')}`),
    `${count(stats.checks, 'check')} · ${count(stats.hints, 'hint')} · ${count(stats.days, 'day')}`,
    '',
    ...stats.byVolume.map(({ folder, katas, passed }) => `  ${pad(folder, width)}${passed} of ${katas}`),
    '',
    ...wrapText(`Due now: ${stats.due.join(', ') || 'nothing'}`, look.width, '  '),
    ...(later.length === 0 ? [] : wrapText(`Within a week: ${later.join(', ')}`, look.width, '  ')),
    ...(stats.damagedLines === 0
      ? []
      : [
          '',
          ...wrapText(
            `${count(stats.damagedLines, 'line')} of .kata/progress.jsonl cannot be read and ${stats.damagedLines === 1 ? 'is' : 'are'} left alone.`,
            look.width,
          ),
        ]),
  ].join('\n')
}
