// `kata perf`: what a file costs, in full: every budget with its series, its place, and speed beside the reference.

import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { stubFile } from '../../course/files.ts'
import { KataError } from '../../course/kata-error.ts'
import { exitCodeOf } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, say, sayJson, shown } from '../context.ts'
import { perfScreen } from '../screens/perf-screen.ts'
import { whichKata } from '../which-kata.ts'
import { judgeOne } from './check.ts'

export async function perf(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const { kataBudgets } = await import('../../judge/budgets/course-budgets.ts')
  const budgets = await kataBudgets(context.ws, kata)
  if (budgets === undefined)
    throw new KataError(`${kata.slug} has no budgets: nothing of it is measured.`, `Judge it: kata check ${kata.slug}`)
  const report = await judgeOne(context, kata, values, { inFull: true })
  const file = values.from === undefined ? stubFile(context.ws, kata) : resolve(context.io.cwd, values.from)
  const written = values.html === undefined ? undefined : await writePage(context, values.html, report, file)
  if (context.json) sayJson(context, { ...report, ...(written === undefined ? {} : { html: written }) })
  else if (written !== undefined) say(context, `Written to ${written}.`)
  else say(context, perfScreen(report, context.look, values.from === undefined))
  return exitCodeOf(report.verdict)
}

async function writePage(
  context: Context,
  path: string,
  report: Parameters<typeof perfScreen>[0],
  source: string,
): Promise<string> {
  const { perfPage } = await import('../perf-page.ts')
  const file = resolve(context.io.cwd, path)
  try {
    writeFileSync(file, perfPage(report, readFileSync(source, 'utf8')))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new KataError(`${shown(context, file)} cannot be written (${code}).`, 'Name a file in a folder of yours.')
  }
  return shown(context, file)
}
