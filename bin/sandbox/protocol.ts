// What crosses between the judge and a subject, in both directions. One request, one reply, in order; before the reply
// there may be any number of `progress`, and `out-of-fuel` comes instead of it: after that the subject is ended.

import type { Progress } from './death.ts'
import type { Profile } from './profile.ts'

/** An error or other thrown value, as text: nothing of the submission's objects crosses. */
export interface Threw {
  name: string
  message: string
  /** 1-based line of the submission's file nearest to the throw */
  line?: number
}

/** What one call of one driver operation came to. */
export type Result =
  | { ok: true; value: unknown }
  | { ok: false; threw: Threw }
  /** its promise stays pending though nothing is left that could settle it */
  | { ok: false; stuck: true }

/** What a submission did beside answering: errors that nobody caught, and lines that it printed. Both bounded. */
export interface Aftermath {
  late: Threw[]
  printed: string[]
}

export type Request =
  /** the kit's driver side, by URL; the realm is closed afterwards */
  | { type: 'open'; profile: Profile; modules: Record<string, string> }
  /** submission and driver, by URL. `fuel`: function entries and loop passes allowed to one call */
  | {
      type: 'load'
      modules: Record<string, string>
      submission: string
      driver: string
      fuel: number
      /** from where on each line leaves a crumb */
      trail?: Progress
    }
  | { type: 'call'; operation: string; inputs: unknown[] }
  /** one budget of a `budgets.ts` that was loaded as the driver, by its place in the list; raw figures come back */
  | { type: 'measure'; budget: number; parameters: unknown }
  | { type: 'end' }

export type Reply =
  | { type: 'ready' }
  | { type: 'loaded'; operations: string[] }
  | ({ type: 'load-failed'; threw: Threw } & Aftermath)
  | { type: 'driver-failed'; threw: Threw }
  | ({ type: 'results'; results: Result[] } & Aftermath)
  | ({ type: 'measured'; raw: unknown } & Aftermath)
  | ({ type: 'measure-failed'; threw: Threw } & Aftermath)
  | ({ type: 'ended' } & Aftermath)
  /** every so many inputs and passes: who burns fuel is ended by fuel, and not by a clock */
  | { type: 'progress'; item: number; passes: number; line: number }
  | { type: 'out-of-fuel'; line: number; item: number; fuel: number }
