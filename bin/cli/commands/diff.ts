// `kata diff`: what the learner's file has that the stub, the solution or an earlier attempt has not.

import { readFileSync } from 'node:fs'
import { createTwoFilesPatch } from 'diff'
import { listAttempts } from '../../course/attempts.ts'
import { pristineStubFile, solutionFile, stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, say, sayJson, shown } from '../context.ts'
import { page } from '../pager.ts'
import { printable } from '../printable.ts'
import { type Look, paint } from '../screens/look.ts'
import { whichKata } from '../which-kata.ts'
import { readOwn } from './check.ts'

const KINDS = ['stub', 'solution', 'attempt'] as const
type Kind = (typeof KINDS)[number]

export async function diff(context: Context, name: string | undefined, values: Values): Promise<number> {
  const kata = whichKata(context, name)
  const seen = ['passed', 'recheck', 'revealed'].includes(progress(context).get(kata.slug)?.state ?? 'new')
  const kind =
    KINDS.find((one) => one === values.with) ?? (values.with === undefined ? (seen ? 'solution' : 'stub') : undefined)
  if (kind === undefined) throw new KataError(`--with takes ${KINDS.join(', ')}, not "${values.with?.slice(0, 40)}".`)
  if (kind === 'solution' && !seen)
    throw new KataError(
      `The solution of ${kata.slug} is shown after a pass.`,
      `To see it now: npx kata solution ${kata.slug} --give-up`,
    )
  const mine = stubFile(context.ws, kata)
  const other = otherFile(context, kata, kind)
  const text = Buffer.from(readOwn(context, kata)).toString('utf8')
  const patch = createTwoFilesPatch(shown(context, other), shown(context, mine), readFileSync(other, 'utf8'), text)
  const same = !patch.includes('\n@@')
  if (context.json) sayJson(context, { kata: kata.slug, with: kind, same, patch })
  else if (same) say(context, `${shown(context, mine)} is the same as the ${kind}.`)
  else await page(coloured(patch, context.look), { stdout: context.io.stdout, env: context.io.env })
  return EXIT.accepted
}

function otherFile(context: Context, kata: Kata, kind: Kind): string {
  if (kind === 'stub') return pristineStubFile(context.ws, kata)
  if (kind === 'solution') return solutionFile(context.ws, kata)
  const [newest] = listAttempts(context.ws, kata)
  if (newest === undefined) throw new KataError(`No attempt of ${kata.slug} is kept yet.`, 'kata reset keeps one.')
  return newest.file
}

function coloured(patch: string, look: Look): string {
  return patch
    .split('\n')
    .filter((line) => !line.startsWith('====='))
    .map((line) => {
      const text = printable(line)
      if (line.startsWith('+')) return paint(look, 'green', text)
      if (line.startsWith('-')) return paint(look, 'red', text)
      return line.startsWith('@@') ? paint(look, 'cyan', text) : text
    })
    .join('\n')
}
