// What `kata init` did to a folder, and what to type in it.

import type { InitReport } from '../../course/init-workspace.ts'
import { shellPath } from '../../course/shell-path.ts'
import { type Look, paint, sideBySide, wrapText } from './look.ts'

const MAX_NAMED = 5

export function initScreen(
  report: InitReport & {
    readonly root: string
    /** the learner is in it */
    readonly here: boolean
  },
  look: Look,
): string {
  const { added, updated, kept, conflicts, root, here } = report
  const named = (files: readonly string[]) =>
    `${files.slice(0, MAX_NAMED).join(', ')}${files.length > MAX_NAMED ? ` and ${files.length - MAX_NAMED} more` : ''}`
  const line = (files: readonly string[], what: string) =>
    files.length === 0 ? [] : wrapText(`${files.length} ${what}: ${named(files)}`, look.width, '  ')
  return [
    paint(look, 'bold', root),
    ...line(added, 'added'),
    ...line(updated, 'brought up to date'),
    ...line(kept, 'changed by you, left alone'),
    ...conflicts.flatMap(({ file, newFile }) =>
      wrapText(
        `${file} was changed by you and by the course: yours stays, the course's is beside it as ${newFile}.`,
        look.width,
        '  ',
      ),
    ),
    ...(added.length + updated.length + kept.length + conflicts.length === 0 ? ['Everything is up to date.'] : []),
    '',
    'Type now',
    ...(here ? [] : [`  cd ${shellPath(root)}`]),
    ...sideBySide(
      [
        ['  npm install', 'once, for the editor and the examples'],
        ['  npx kata next', 'what to do first, and why'],
      ],
      look,
    ),
  ].join('\n')
}
