// `kata lesson`: the lesson in the terminal, or as one page.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import { toldLesson } from '../../judge/told-lesson.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, sayJson, shown } from '../context.ts'
import { page } from '../pager.ts'
import { whichKata } from '../which-kata.ts'

export async function lesson(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const {
    lesson: { title, promises },
    budgets,
    markdown,
  } = await toldLesson(context.ws, kata)
  if (progress(context).get(kata.slug)?.state === 'new') record(context, 'start', kata)
  const written = values.html === undefined ? undefined : await writePage(context, values.html, markdown, title)
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

async function writePage(context: Context, path: string, markdown: string, title: string): Promise<string> {
  const { renderPage } = await import('../page-markdown.ts')
  const file = resolve(context.io.cwd, path)
  try {
    writeFileSync(file, renderPage(markdown, { title }))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new KataError(`${shown(context, file)} cannot be written (${code}).`, 'Name a file in a folder of yours.')
  }
  return shown(context, file)
}
