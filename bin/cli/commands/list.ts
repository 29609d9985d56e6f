// `kata list`: what there is, and how the learner stands.

import { LEVELS } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import { type Values, wholeNumber } from '../arguments.ts'
import { type Context, progress, say, sayJson } from '../context.ts'
import { type ListedKata, listScreen } from '../screens/list-screen.ts'

const STATES = ['new', 'started', 'passed', 'recheck', 'revealed', 'due']

export function list(context: Context, words: readonly string[], values: Values): number {
  const volume = values.volume === undefined ? undefined : wholeNumber('volume', values.volume, 0, 99)
  oneOf('level', values.level, LEVELS)
  oneOf('state', values.state, STATES)
  const state = progress(context)
  const katas = context.katas
    .map((kata): ListedKata => {
      const one = state.get(kata.slug)
      return {
        kata: kata.slug,
        title: kata.title,
        volume: kata.volume,
        folder: kata.path.split('/')[0] ?? '',
        level: kata.level,
        minutes: kata.minutes,
        state: one?.state ?? 'new',
        due: one?.due ?? null,
        after: kata.after,
      }
    })
    .filter((one) => volume === undefined || one.volume === volume)
    .filter((one) => values.level === undefined || one.level === values.level)
    .filter(
      (one) => values.state === undefined || one.state === values.state || (values.state === 'due' && one.due !== null),
    )
    .filter((one) =>
      words.every((word) => `${one.kata} ${one.title} ${one.folder}`.toLowerCase().includes(word.toLowerCase())),
    )
  if (context.json) sayJson(context, katas)
  else say(context, listScreen(katas, context.look))
  return EXIT.accepted
}

function oneOf(flag: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value))
    throw new KataError(`--${flag} takes ${allowed.join(', ')}, not "${value.slice(0, 40)}".`)
}
