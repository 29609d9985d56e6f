// `kata trace`: draws the simulated run that broke a promise in the last check.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, say, sayJson, shown } from '../context.ts'
import { type KeptTrace, keptTrace } from '../kept-trace.ts'
import { traceScreen } from '../screens/trace-screen.ts'
import { whichKata } from '../which-kata.ts'

export async function trace(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kept = keptTrace(context.ws, whichKata(context, name))
  const written = values.html === undefined ? undefined : await writePage(context, values.html, kept, values)
  if (context.json) sayJson(context, { ...kept, ...(written === undefined ? {} : { html: written }) })
  else if (written !== undefined) say(context, `Written to ${written}.`)
  else say(context, traceScreen(kept, context.look, { plain: values.plain === true, all: values.all === true }))
  return EXIT.accepted
}

async function writePage(context: Context, path: string, kept: KeptTrace, { all }: Values): Promise<string> {
  const { tracePage } = await import('../space-time-page.ts')
  const file = resolve(context.io.cwd, path)
  try {
    writeFileSync(file, tracePage(kept, all === true))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new KataError(`${shown(context, file)} cannot be written (${code}).`, 'Name a file in a folder of yours.')
  }
  return shown(context, file)
}
