// What a probe is: the part of a subject that measures one kind of cost. Types only; probes themselves are plain
// JavaScript, like all that a subject loads.

import type { Budget } from '../../../graders/kit/budget.ts'
import type { Result } from '../protocol.ts'

/** What the subject's process lends to a probe. All of it was taken before the realm is closed. */
export interface Tools {
  /** counts one pass against the fuel of this request; ends it where the fuel is gone */
  readonly burn: (line: number) => void
  /** a full tank, for a measurement that consists of several runs */
  readonly refuel: () => void
  /** one turn of the event loop: every microtask that can run has run */
  readonly turn: () => Promise<unknown>
  /** what a call came to, awaited where it is a promise */
  readonly outcomeOf: (value: unknown) => Promise<Result>
  /** a module of the probe's own, made anew: code that has not been run yet has taught the optimiser nothing */
  // biome-ignore lint/suspicious/noExplicitAny: what the text exports, only its writer knows
  readonly importText: (url: string, source: string) => Promise<any>
  /** the same, while a driver's operation is under way: it does not count as idle */
  readonly settle: () => Promise<unknown>
  /** all that the subject was given to run, for threads of its own that run the same */
  readonly loaded: () => Loaded
}

export interface Loaded {
  /** sources by URL */
  readonly modules: ReadonlyMap<string, string>
  /** URL of the submission */
  readonly submission: string
  /** URL of the driver, or of the budgets */
  readonly driver: string
  /** function entries and loop passes allowed to one call */
  readonly fuel: number
}

export interface Probe {
  /** functions that instrumented code imports from `kata:/engine`, beside `burn` */
  readonly engine: Readonly<Record<string, (...args: never[]) => unknown>>
  /** globals that stay in the closed realm for this profile, made safe by the probe */
  readonly keeps?: readonly string[]
  /** how Array.prototype is closed where freezing it would be felt, and whether anybody has written to it since */
  readonly arrays?: { readonly seal: () => void; readonly areUntouched: () => boolean }
  /** @returns raw figures as plain data; judged elsewhere */
  readonly measure: (budget: Budget, kata: Readonly<Record<string, unknown>>, parameters: never) => unknown
}
