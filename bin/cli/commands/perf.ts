// `kata perf`: what a file costs, in full: every budget with its series, its place, and speed beside the reference.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { stubFile } from '../../course/files.ts'
import { KataError } from '../../course/kata-error.ts'
import { exitCodeOf, type Report } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, say, sayJson } from '../context.ts'
import { perfScreen } from '../screens/perf-screen.ts'
import { whichKata } from '../which-kata.ts'
import { writePage } from '../write-page.ts'
import { judgeOne } from './check.ts'

export async function perf(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const { kataBudgets } = await import('../../judge/budgets/course-budgets.ts')
  const budgets = await kataBudgets(context.ws, kata)
  if (budgets === undefined)
    throw new KataError(
      `${kata.slug} has no budgets: nothing of it is measured.`,
      `Judge it: npx kata check ${kata.slug}`,
    )
  const report = await judgeOne(context, kata, values, { budgets: 'in-full' })
  const file = values.from === undefined ? stubFile(context.ws, kata) : resolve(context.io.cwd, values.from)
  const written = values.html === undefined ? undefined : await perfPageAt(context, values.html, report, file)
  if (context.json) sayJson(context, { ...report, ...(written === undefined ? {} : { html: written }) })
  else if (written !== undefined) say(context, `Written to ${written}.`)
  else say(context, perfScreen(report, context.look, values.from === undefined))
  return exitCodeOf(report.verdict)
}

async function perfPageAt(context: Context, path: string, report: Report, source: string): Promise<string> {
  const { perfPage } = await import('../perf-page.ts')
  return writePage(context, path, perfPage(report, readFileSync(source, 'utf8')))
}
