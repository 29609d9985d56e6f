// Of a repository, the newest commit that was in time is taken. Where a deadline changes after that, another commit may be the
// one: nothing in the gradebook knows it, so whoever reads grades is told to take the repositories in again.

import { printable } from '../course/printable.ts'
import type { Assignment } from './assignment.ts'
import { deadlineFor } from './extensions.ts'
import type { Store } from './store.ts'
import type { Intake } from './submitted.ts'

type Deadlines = Pick<Assignment, 'deadlineMs' | 'extensionsMs'>

/** By the source that it was taken from. */
type Remembered = Record<string, Deadlines & { readonly learners: readonly string[] }>

const SETTING = 'deadlines that repositories were taken by'

const remembered = (store: Store): Remembered => JSON.parse(store.setting(SETTING) ?? '{}') as Remembered

/** @param ref names the commit itself: no deadline has chosen it */
export function rememberDeadlines(
  store: Store,
  source: string,
  { deadlineMs, extensionsMs }: Deadlines,
  { layout, submitted }: Intake,
  ref: string | undefined,
): void {
  const fromCommits = submitted.filter(({ atFrom }) => atFrom === 'commit' || layout === 'github-classroom')
  const learners = ref === undefined ? [...new Set(fromCommits.map(({ learner }) => learner))] : []
  const { [source]: before, ...others } = remembered(store)
  if (before === undefined && learners.length === 0) return
  const deadlines = { ...(deadlineMs === undefined ? {} : { deadlineMs }), extensionsMs }
  const now = learners.length === 0 ? others : { ...others, [source]: { ...deadlines, learners } }
  store.set(SETTING, JSON.stringify(now satisfies Remembered))
}

/** @param again the command that takes a source in @returns a sentence for each source that is to be taken in again */
export const changedDeadlines = (store: Store, now: Deadlines, again: (source: string) => string): string[] =>
  Object.entries(remembered(store)).flatMap(([source, { learners, ...then }]) => {
    const changed = learners.filter((learner) => deadlineFor(then, learner) !== deadlineFor(now, learner))
    if (changed.length === 0) return []
    const whose = changed.length === 1 ? `of ${printable(changed[0] ?? '', 60)}` : `of ${changed.length} learners`
    return [
      `The deadline ${whose} has changed since the repositories were taken in, and another commit may be in time now. Take them in again: ${again(source)}`,
    ]
  })
