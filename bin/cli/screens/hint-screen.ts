// One hint, titled as the question that the learner has.

import { renderTerminal } from '../terminal-markdown.ts'
import { type Look, paint, wrapText } from './look.ts'

export interface Hint {
  readonly kata: string
  /** null: every promise is kept, and a budget is over */
  readonly promise: { readonly number: number; readonly name: string } | null
  readonly stage: string
  readonly rung: number
  readonly of: number
  readonly title: string
  /** Markdown */
  readonly text: string
}

export function hintScreen(hint: Hint, look: Look): string {
  const about =
    hint.promise === null
      ? `Every promise is kept. Where it is spent: npx kata perf ${hint.kata}`
      : `Promise ${hint.promise.number}: ${hint.promise.name}`
  const more =
    hint.rung < hint.of
      ? `${hint.of - hint.rung} more: npx kata hint ${hint.kata}`
      : `This was the last one. An honest way out:\n  npx kata solution ${hint.kata} --give-up`
  return [
    ...wrapText(`${hint.kata} · ${hint.stage} · hint ${hint.rung} of ${hint.of}`, look.width).map((line) =>
      paint(look, 'dim', line),
    ),
    ...wrapText(about, look.width, '  '),
    '',
    ...wrapText(hint.title, look.width).map((line) => paint(look, 'bold', line)),
    '',
    renderTerminal(hint.text, look).trimEnd(),
    '',
    paint(look, 'dim', more),
  ].join('\n')
}
