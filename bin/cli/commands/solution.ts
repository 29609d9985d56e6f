// `kata solution`: after a pass, or as an honest way out that is recorded and comes back tomorrow.

import { readFileSync } from 'node:fs'
import { solutionFile } from '../../course/files.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, sayJson, shown } from '../context.ts'
import { page } from '../pager.ts'
import { whichKata } from '../which-kata.ts'

export async function solution(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const state = progress(context).get(kata.slug)?.state ?? 'new'
  const open = state === 'passed' || state === 'recheck' || state === 'revealed'
  if (!open) {
    if (values['give-up'] !== true) {
      if (!context.interactive)
        throw new KataError(
          `The solution of ${kata.slug} is shown after a pass.`,
          `To see it now, and build it again tomorrow: npx kata solution ${kata.slug} --give-up`,
        )
      if (!(await confirmed(kata.slug))) return EXIT.accepted
    }
    record(context, 'reveal', kata)
  }
  const file = solutionFile(context.ws, kata)
  const source = readFileSync(file, 'utf8')
  if (context.json) sayJson(context, { kata: kata.slug, file: shown(context, file), gaveUp: !open, source })
  else {
    await page(source, { stdout: context.io.stdout, env: context.io.env })
    if (!open) say(context, `\nRecorded. ${kata.slug} comes back tomorrow, from an empty stub: npx kata next`)
  }
  return EXIT.accepted
}

async function confirmed(slug: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  return (
    (await confirm({
      message: `Give up on ${slug} for today? It is recorded, and the kata comes back tomorrow from an empty stub.`,
      initialValue: false,
    })) === true
  )
}
