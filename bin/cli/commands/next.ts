// `kata next`: which kata, why this one, what it is about, what must hold, and what to type now.

import { existsSync } from 'node:fs'
import { chooseNext } from '../../course/choose.ts'
import { stubFile } from '../../course/files.ts'
import { readLesson } from '../../course/lesson.ts'
import { shellPath } from '../../course/shell-path.ts'
import { EXIT } from '../../judge/report.ts'
import { type Context, progress, say, sayJson, shown } from '../context.ts'
import { nextScreen } from '../screens/next-screen.ts'

export function next(context: Context): number {
  const state = progress(context)
  const choice = chooseNext(context.katas, state, context.io.now())
  if (choice === undefined) {
    const dueAtMs = Math.min(...[...state.values()].flatMap((one) => one.dueAtMs ?? []))
    const when = Number.isFinite(dueAtMs) ? new Date(dueAtMs).toISOString().slice(0, 10) : null
    if (context.json) sayJson(context, { kata: null, nextDue: when })
    else {
      // A kata that was given up waits for its redo: nothing to do is not all done.
      const waits = [...state.values()].some((one) => one.state === 'revealed')
      say(context, waits ? 'Nothing is left to do today.' : 'Everything is done.')
      if (when !== null) say(context, `The next kata comes back on ${when}.`)
      say(context, 'See: npx kata list')
    }
    return EXIT.accepted
  }
  const { kata, why } = choice
  const file = stubFile(context.ws, kata)
  const { opening, promises } = readLesson(context.ws, kata)
  const one = state.get(kata.slug)
  const data = {
    kata: kata.slug,
    title: kata.title,
    path: kata.path,
    volume: kata.volume,
    level: kata.level,
    minutes: kata.minutes,
    state: one?.state ?? 'new',
    due: one?.due ?? null,
    why,
    file: shown(context, file),
    init: existsSync(file) ? null : `npx kata init ${shellPath(shown(context, context.ws.root))}`,
    opening,
    promises: promises.map(({ name }) => name),
  } as const
  if (context.json) sayJson(context, data)
  else say(context, nextScreen(data, context.look))
  return EXIT.accepted
}
