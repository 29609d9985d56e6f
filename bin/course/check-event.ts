// What a `check` event tells of its run. Progress files are merged from anywhere, so each field is looked at.

import { printable } from './printable.ts'
import type { ProgressEvent } from './progress.ts'
import { isVerdict, type Verdict } from './verdict.ts'

export interface CheckFields {
  readonly verdict: Verdict
  readonly seed: number
  /** promises kept */
  readonly kept: number
  /** promises in all */
  readonly of: number
  /** of the kata at that time (revision.ts) */
  readonly revision: string
  /** name of the promise that the learner was shown broken */
  readonly promise?: string
  /** a save under `kata watch`: work in progress, which nobody handed in */
  readonly watch?: true
}

/** Undefined when the event is no check whose verdict we know. */
export function checkFields(event: ProgressEvent): CheckFields | undefined {
  const { verdict, seed, kept, of, revision, promise, watch }: Readonly<Record<string, unknown>> = event
  if (event.type !== 'check' || !isVerdict(verdict)) return undefined
  return {
    verdict,
    seed: count(seed),
    kept: count(kept),
    of: count(of),
    revision: typeof revision === 'string' ? printable(revision, 64) : '',
    ...(typeof promise === 'string' ? { promise: printable(promise) } : {}),
    ...(watch === true ? { watch } : {}),
  }
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) ? value : 0)
