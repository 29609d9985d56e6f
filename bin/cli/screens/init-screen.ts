// What `kata init` did to a folder, and what to type in it.

import type { InitReport } from '../../course/init-workspace.ts'
import { shellPath } from '../../course/shell-path.ts'
import { type Look, paint, sideBySide, wrapText } from './look.ts'

const MAX_NAMED = 5

export function initScreen(
  report: InitReport & {
    /** as one would type it */
    readonly root: string
  },
  look: Look,
): string {
  const { root } = report
  return [
    paint(look, 'bold', root === '.' ? 'This workspace' : root),
    ...changeLines(report, look),
    '',
    'Type now',
    ...(root === '.' ? [] : [`  cd ${shellPath(root)}`]),
    ...sideBySide(
      [
        ['  npm install', 'once, for the editor and the examples'],
        ['  npx kata next', 'what to do first, and why'],
      ],
      look,
    ),
  ].join('\n')
}

/** What was written and what was left alone. */
export function changeLines({ added, updated, kept, conflicts }: InitReport, look: Look): string[] {
  const named = (files: readonly string[]) =>
    `${files.slice(0, MAX_NAMED).join(', ')}${files.length > MAX_NAMED ? ` and ${files.length - MAX_NAMED} more` : ''}`
  const line = (files: readonly string[], what: string) =>
    files.length === 0 ? [] : wrapText(`${files.length} ${what}: ${named(files)}`, look.width, '  ')
  return [
    ...line(added, 'added'),
    ...line(updated, 'brought up to date'),
    ...line(kept, 'changed by you, left alone'),
    ...(conflicts.length === 0
      ? []
      : wrapText(
          `${conflicts.length} changed by you and by the course: yours stays. Compare it with the course's, then delete that:`,
          look.width,
          '  ',
        )),
    ...conflicts.map(({ newFile }) => `  ${newFile}`),
    ...(added.length + updated.length + kept.length + conflicts.length === 0 ? ['Everything is up to date.'] : []),
  ]
}
