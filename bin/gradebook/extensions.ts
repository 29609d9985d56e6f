// Deadlines of their own: an instructor writes them by hand, beside ids that come from a roster or from names of folders.
// As in rosters, nobody is told apart by the case of letters, or by how an `é` was typed.

import { nearest } from '../course/nearest.ts'
import { printable } from '../course/printable.ts'
import type { Assignment } from './assignment.ts'
import { folded } from './folded.ts'

interface Deadlines {
  readonly deadlineMs?: number | undefined
  readonly extensionsMs: Assignment['extensionsMs']
}

/** The key by which a learner has an extension: the id itself before the same letters written in another way. */
function keyOf(extensionsMs: Assignment['extensionsMs'], learner: string): string | undefined {
  // Own keys only: a learner may be called `constructor`.
  if (Object.hasOwn(extensionsMs, learner)) return learner
  const wanted = folded(learner)
  return Object.keys(extensionsMs).find((key) => folded(key) === wanted)
}

export function deadlineFor({ deadlineMs, extensionsMs }: Deadlines, learner: string): number | undefined {
  const key = keyOf(extensionsMs, learner)
  return key === undefined ? deadlineMs : extensionsMs[key]
}

/** Whoever mistypes an id would find out from a learner who was marked late: a sentence for each key that is nobody's. */
export function nobodysExtensions({ extensionsMs }: Deadlines, learners: readonly string[]): string[] {
  const used = new Set(learners.map((learner) => keyOf(extensionsMs, learner)))
  return Object.keys(extensionsMs)
    .filter((key) => !used.has(key))
    .map((key) => {
      const [near] = nearest(key, learners)
      return `Nobody is called "${printable(key, 60)}", who has an extension.${near === undefined ? '' : ` Did you mean ${printable(near, 60)}?`}`
    })
}
