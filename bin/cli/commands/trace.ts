// `kata trace`: draws the simulated run that broke a promise in the last check.

import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, sayJson } from '../context.ts'
import { keptTrace } from '../kept-trace.ts'
import { whichKata } from '../which-kata.ts'

export function trace(context: Context, name: string | undefined, _values: Values): number {
  const kata = whichKata(context, name)
  sayJson(context, keptTrace(context.ws, kata))
  return EXIT.accepted
}
