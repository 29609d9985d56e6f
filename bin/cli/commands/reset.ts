// `kata reset`: the empty stub again, and nothing lost.

import { resetStub, undoReset } from '../../course/attempts.ts'
import { stubFile } from '../../course/files.ts'
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
    else say(context, `${file} is back as it was kept in ${shown(context, attempt.file)}.`)
    return EXIT.accepted
  }
  const kept = resetStub(context.ws, kata, context.io.now())
  record(context, 'reset', kata)
  if (context.json) sayJson(context, { kata: kata.slug, file, kept: kept === undefined ? null : shown(context, kept) })
  else {
    say(context, `${file} is the empty stub again.`)
    say(
      context,
      kept === undefined ? 'There was nothing of yours to keep.' : `Your file is kept: ${shown(context, kept)}`,
    )
    if (kept !== undefined) say(context, `Bring it back: npx kata reset ${kata.slug} --undo`)
  }
  return EXIT.accepted
}
