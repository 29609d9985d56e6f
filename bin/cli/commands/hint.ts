// `kata hint`: one rung at a time, of the ladder that belongs to the promise that fails.

import { KataError } from '../../course/kata-error.ts'
import { readLesson } from '../../course/lesson.ts'
import { EXIT } from '../../judge/report.ts'
import { type Values, wholeNumber } from '../arguments.ts'
import { type Context, progress, record, say, sayJson } from '../context.ts'
import { hintScreen } from '../screens/hint-screen.ts'
import { whichKata } from '../which-kata.ts'

export function hint(context: Context, name: string | undefined, values: Values): number {
  const kata = whichKata(context, name)
  const lesson = readLesson(context.ws, kata)
  const state = progress(context).get(kata.slug)
  const asked =
    values.promise === undefined ? undefined : wholeNumber('promise', values.promise, 1, lesson.promises.length)
  if (asked === undefined && state?.lastCheck?.verdict === 'accepted')
    throw new KataError(
      `The last check of ${kata.slug} kept every promise.`,
      `For one that you choose: kata hint ${kata.slug} --promise N`,
    )
  const failing = lesson.promises.find(({ name }) => name === state?.failing)?.number
  // Before any check, the first of the lesson.
  const number = asked ?? failing ?? 1
  const at = Math.max(
    0,
    lesson.hints.findIndex((stage) => stage.promises.includes(number)),
  )
  const stage = lesson.hints[at]
  if (stage === undefined) throw new Error(`${kata.slug} has no hints`)
  const rung = Math.min((state?.hints.get(at + 1) ?? 0) + 1, stage.rungs.length)
  const { title, text } = stage.rungs[rung - 1] ?? { title: '', text: '' }
  record(context, 'hint', kata, { stage: at + 1, rung })
  const data = {
    kata: kata.slug,
    promise: { number, name: lesson.promises[number - 1]?.name ?? '' },
    stage: stage.title,
    rung,
    of: stage.rungs.length,
    title,
    text,
    why:
      asked !== undefined ? 'asked for' : failing === undefined ? 'nothing was judged yet' : 'the promise that fails',
  }
  if (context.json) sayJson(context, data)
  else say(context, hintScreen(data, context.look))
  return EXIT.accepted
}
