// `kata new`: an author's first minute.

import { KataError } from '../../course/kata-error.ts'
import { scaffold } from '../../course/scaffold.ts'
import { EXIT } from '../../judge/report.ts'
import { type Context, say, sayJson } from '../context.ts'

export function newKata(context: Context, path: string | undefined): number {
  if (path === undefined)
    throw new KataError('kata new needs a path.', 'For example: npx kata new 3-deep-dive/bloom-filter')
  const files = scaffold(context.ws.course, path, context.katas)
  if (context.json) sayJson(context, { files })
  else
    say(
      context,
      [
        ...files.map((file) => `  ${file}`),
        '',
        `What is missing is said by: npx kata verify ${path.split('/')[1]}`,
      ].join('\n'),
    )
  return EXIT.accepted
}
