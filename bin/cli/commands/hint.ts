// `kata hint`: one rung at a time, of the ladder that belongs to the promise that fails, or to what it costs.

import { costHints } from '../../course/cost-hints.ts'
import { KataError } from '../../course/kata-error.ts'
import { type Lesson, readLesson } from '../../course/lesson.ts'
import type { HintStage } from '../../course/lesson-hints.ts'
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
      `For one that you choose: npx kata hint ${kata.slug} --promise N`,
    )
  const failing = lesson.promises.find(({ name }) => name === state?.failing)?.number
  // Before any check, the first promise of the lesson.
  const number = asked ?? failing ?? (state?.isOverBudget === true ? undefined : 1)
  const { stage, place } = number === undefined ? costStage(lesson) : stageOf(lesson, number)
  const rung = Math.min((state?.hints.get(place) ?? 0) + 1, stage.rungs.length)
  const { title, text } = stage.rungs[rung - 1] ?? { title: '', text: '' }
  record(context, 'hint', kata, { stage: place, rung })
  const data = {
    kata: kata.slug,
    promise: number === undefined ? null : { number, name: lesson.promises[number - 1]?.name ?? '' },
    stage: stage.title,
    rung,
    of: stage.rungs.length,
    title,
    text,
    why: whyThis({ asked, failing, number }),
  }
  if (context.json) sayJson(context, data)
  else say(context, hintScreen(data, context.look))
  return EXIT.accepted
}

/** @returns place from 1 on, as progress keeps it */
function stageOf({ hints }: Lesson, promise: number): { readonly stage: HintStage; readonly place: number } {
  const at = Math.max(
    0,
    hints.findIndex(({ promises }) => promises.includes(promise)),
  )
  const stage = hints[at]
  if (stage === undefined) throw new Error('The lesson has no hints.')
  return { stage, place: at + 1 }
}

/** After those of the promises. */
const costStage = (lesson: Lesson) => ({ stage: costHints(lesson), place: lesson.hints.length + 1 })

function whyThis({ asked, failing, number }: Record<'asked' | 'failing' | 'number', number | undefined>): string {
  if (asked !== undefined) return 'asked for'
  if (failing !== undefined) return 'the promise that fails'
  return number === undefined ? 'a budget is over' : 'nothing was judged yet'
}
