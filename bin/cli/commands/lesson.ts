// `kata lesson`: the lesson in the terminal, or as one page.

import { readLesson } from '../../course/lesson.ts'
import { type ToldBudget, toldBudgets } from '../../judge/budgets/told-budgets.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, sayJson } from '../context.ts'
import { page } from '../pager.ts'
import { whichKata } from '../which-kata.ts'
import { writePage } from '../write-page.ts'

/** Hints and quiz spoil the kata: they have commands of their own. */
const SPOILERS = ['Hints', 'Quiz']

/** Where the grader's budgets are told: a number is written once, where it is judged by. */
const COSTS = 'What it may cost'

function withBudgets(text: string, budgets: readonly ToldBudget[]): string {
  const told = budgets.map(({ name, limit }) => `- **${name}**: ${limit}.`)
  return told.length === 0 ? text : `${text.trimEnd()}\n\nThe judge counts:\n\n${told.join('\n')}`
}

export async function lesson(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const { sections, title, promises } = readLesson(context.ws, kata)
  const budgets = await toldBudgets(context.ws, kata)
  const shownSections = sections
    .filter((section) => !SPOILERS.includes(section.title))
    .map((section) => (section.title === COSTS ? { ...section, text: withBudgets(section.text, budgets) } : section))
  const markdown = [`# ${title}`, ...shownSections.map((section) => `## ${section.title}\n\n${section.text}`)].join(
    '\n\n',
  )
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
