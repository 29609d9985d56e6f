// The run that broke a promise: what is broken, the picture, and how to see it again.

import type { KeptTrace } from '../kept-trace.ts'
import { printable } from '../printable.ts'
import { layOut } from '../space-time-layout.ts'
import { diagramLines, isDrawable } from '../space-time-text.ts'
import { leftOutText, plainLines } from '../space-time-words.ts'
import { type Look, paint, wrapText } from './look.ts'

/** Longer runs are folded to what led to the violation. */
const MAX_ROWS = 60

export interface TraceChoice {
  readonly plain: boolean
  readonly all: boolean
}

export function traceScreen(kept: KeptTrace, look: Look, { plain, all }: TraceChoice): string {
  const { kata, promise, seed, replay, trace } = kept
  const diagram = layOut(trace, all ? Number.POSITIVE_INFINITY : MAX_ROWS)
  const inWords = plain || !isDrawable(diagram, look)
  const cross = look.ascii === true ? 'x' : '✗'
  const broken =
    trace.broken === undefined ? [] : wrapText(`${cross} ${printable(trace.broken.what)}`, look.width, '  ')
  const leftOut = leftOutText(diagram)
  const line = (label: string, command: string) => `${paint(look, 'dim', label.padEnd(8))}${command}`
  return [
    ...wrapText(`${kata} · seed ${seed}`, look.width).map((one) => paint(look, 'dim', one)),
    ...wrapText(`${cross} ${printable(promise)}`, look.width, '  ').map((one) => paint(look, 'bold', one)),
    '',
    ...(inWords ? plainLines(diagram) : diagramLines(diagram, look)),
    ...(inWords ? [] : ['', ...broken.map((one) => paint(look, 'red', one))]),
    ...(inWords || leftOut === undefined ? [] : wrapText(leftOut, look.width)),
    '',
    ...(leftOut === undefined ? [] : [line('all', `npx kata trace ${kata} --all`)]),
    line('page', `npx kata trace ${kata} --html trace.html`),
    line('replay', printable(replay)),
  ].join('\n')
}
