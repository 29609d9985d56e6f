// `kata redo`: build it once more, from the empty stub, without the old code in sight.

import { resetStub } from '../../course/attempts.ts'
import { findKata } from '../../course/discover.ts'
import { stubFile } from '../../course/files.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import { type Context, progress, record, say, sayJson, shown } from '../context.ts'
import { keptLines } from './reset.ts'

export function redo(context: Context, name: string | undefined): number {
  const kata = name === undefined ? mostOverdue(context) : findKata(context.katas, name)
  const kept = resetStub(context.ws, kata, context.io.now())
  record(context, 'redo', kata)
  const file = shown(context, stubFile(context.ws, kata))
  if (context.json) sayJson(context, { kata: kata.slug, file, kept: kept === undefined ? null : shown(context, kept) })
  else {
    say(context, `${file} is the empty stub again.`)
    if (kept !== undefined) say(context, keptLines(context, kata, kept))
    say(context, `\nBuild it again: npx kata watch ${kata.slug}`)
  }
  return EXIT.accepted
}

function mostOverdue(context: Context) {
  const state = progress(context)
  const [kata] = context.katas
    .filter(({ slug }) => state.get(slug)?.due !== undefined)
    .sort((a, b) => (state.get(a.slug)?.dueAtMs ?? 0) - (state.get(b.slug)?.dueAtMs ?? 0))
  if (kata === undefined) throw new KataError('Nothing is due.', 'Name a kata: npx kata redo SLUG. See: npx kata list')
  return kata
}
