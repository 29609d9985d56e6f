// What `kata classroom` wrote, and what an instructor does next.

import type { InitReport } from '../../course/init-workspace.ts'
import { shellPath } from '../../course/shell-path.ts'
import { changeLines } from './init-screen.ts'
import { type Look, paint, sideBySide, wrapText } from './look.ts'

export function classroomScreen(
  report: InitReport & {
    /** as one would type it */
    readonly root: string
    readonly name: string
    /** slugs */
    readonly katas: readonly string[]
    /** files of katas that are not in the list */
    readonly stays: readonly string[]
  },
  look: Look,
): string {
  const { root, name, katas, stays } = report
  const at = (path: string): string => shellPath(root === '.' ? path : `${root}/${path}`)
  return [
    ...wrapText(`${paint(look, 'bold', name)} · ${katas.join(', ')}`, look.width, '  '),
    ...changeLines(report, look),
    ...(stays.length === 0
      ? []
      : wrapText(
          'Of katas that are not in the list any more, these files stay. Learners get them, too, unless you delete them:',
          look.width,
          '  ',
        )),
    ...stays.map((path) => `  ${at(path)}`),
    '',
    'Next',
    ...sideBySide(
      [
        [`  ${at('starter')}`, 'for learners: stubs, examples, lessons, a CI workflow'],
        [`  ${at('assignment.json')}`, 'yours: points, deadline, late policy, extensions'],
        [`  ${at('README.md')}`, 'how to hand it out, take it in and grade it'],
      ],
      look,
    ),
    '',
    'Grade it',
    `  npx kata grade SUBMISSIONS --assignment ${at('assignment.json')}`,
  ].join('\n')
}
