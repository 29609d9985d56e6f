// `kata init`: a folder of the learner's own; run again, it brings the folder up to date and loses nothing.

import { resolve } from 'node:path'
import { initWorkspace } from '../../course/init-workspace.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import { type Context, say, sayJson, shown } from '../context.ts'
import { initScreen } from '../screens/init-screen.ts'

export async function init(context: Context, dir: string | undefined): Promise<number> {
  const chosen = dir ?? (await askFolder(context))
  if (chosen === undefined) throw new KataError('kata init needs a folder.', 'For example: npx kata init ~/katas')
  const root = resolve(context.io.cwd, chosen)
  const report = initWorkspace(context.ws.course, root, context.katas)
  if (context.json) sayJson(context, { root, course: context.ws.course, ...report })
  else say(context, initScreen({ root: shown(context, root), ...report }, context.look))
  return EXIT.accepted
}

async function askFolder(context: Context): Promise<string | undefined> {
  if (!context.interactive) return undefined
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await text({ message: 'Which folder shall your katas live in?', placeholder: '../my-katas' })
  return isCancel(answer) || answer.trim() === '' ? undefined : answer.trim()
}
