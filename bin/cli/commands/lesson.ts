// `kata lesson`: the lesson in the terminal, or as one page.

import { EXIT } from '../../judge/report.ts'
import { toldLesson } from '../../judge/told-lesson.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, sayJson } from '../context.ts'
import { page } from '../pager.ts'
import { whichKata } from '../which-kata.ts'
import { writePage } from '../write-page.ts'

export async function lesson(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const {
    lesson: { title, promises },
    budgets,
    markdown,
  } = await toldLesson(context.ws, kata)
  if (progress(context).get(kata.slug)?.state === 'new') record(context, 'start', kata)
  const written = values.html === undefined ? undefined : await lessonPageAt(context, values.html, markdown, title)
  if (context.json) {
    sayJson(context, {
      kata: kata.slug,
      title,
      level: kata.level,
      minutes: kata.minutes,
      promises: promises.map((promise) => promise.name),
      budgets,
      markdown,
      ...(written === undefined ? {} : { html: written }),
    })
    return EXIT.accepted
  }
  if (written !== undefined) {
    say(context, `Written to ${written}.`)
    return EXIT.accepted
  }
  const { renderTerminal } = await import('../terminal-markdown.ts')
  await page(renderTerminal(markdown, context.look), { stdout: context.io.stdout, env: context.io.env })
  return EXIT.accepted
}

async function lessonPageAt(context: Context, path: string, markdown: string, title: string): Promise<string> {
  const { renderPage } = await import('../page-markdown.ts')
  return writePage(context, path, renderPage(markdown, { title }))
}
