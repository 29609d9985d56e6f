// `kata reset`: the empty stub again, and nothing lost.

import { resetStub, undoReset } from '../../course/attempts.ts'
import { stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, record, say, sayJson, shown } from '../context.ts'
import { whichKata } from '../which-kata.ts'

export function reset(context: Context, name: string | undefined, values: Values): number {
  const kata = whichKata(context, name)
  const file = shown(context, stubFile(context.ws, kata))
  if (values.undo === true) {
    const attempt = undoReset(context.ws, kata, context.io.now())
    record(context, 'reset', kata, { undo: true })
    if (context.json) sayJson(context, { kata: kata.slug, file, restored: shown(context, attempt.file) })
    else say(context, `${file} is back as it was kept in\n  ${shown(context, attempt.file)}`)
    return EXIT.accepted
  }
  const kept = resetStub(context.ws, kata, context.io.now())
  record(context, 'reset', kata)
  if (context.json) sayJson(context, { kata: kata.slug, file, kept: kept === undefined ? null : shown(context, kept) })
  else {
    say(context, `${file} is the empty stub again.`)
    if (kept === undefined) say(context, 'There was nothing of yours to keep.')
    else say(context, keptLines(context, kata, kept))
  }
  return EXIT.accepted
}

/** Where the learner's text lies now, and how it comes back. Paths and commands stand alone: they are copied. */
export const keptLines = (context: Context, kata: Kata, kept: string): string =>
  `What was there is kept:\n  ${shown(context, kept)}\nBring it back: npx kata reset ${kata.slug} --undo`
