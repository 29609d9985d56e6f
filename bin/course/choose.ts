// Which kata is next, and the one sentence that says why: what is due comes first, then the way through the course.

import type { Kata } from './kata.ts'
import { DAY_MS, type KataState, REDO_AFTER_MS } from './state.ts'

export interface Choice {
  readonly kata: Kata
  /** one plain sentence for the learner */
  readonly why: string
}

/**
 * @param katas in course order, as discoverKatas gives them
 * @returns undefined when nothing is due and all that is left waits for its redo (KataState.dueAtMs says when)
 */
export function chooseNext(
  katas: readonly Kata[],
  state: ReadonlyMap<string, KataState>,
  nowMs: number,
): Choice | undefined {
  return (
    chooseDue(katas, state, nowMs, 'redo') ?? chooseDue(katas, state, nowMs, 'review') ?? chooseOnward(katas, state)
  )
}

function chooseDue(
  katas: readonly Kata[],
  state: ReadonlyMap<string, KataState>,
  nowMs: number,
  kind: 'redo' | 'review',
): Choice | undefined {
  const dueAtMs = (kata: Kata): number => state.get(kata.slug)?.dueAtMs ?? 0
  // Array.sort is stable: among equally overdue katas the course order decides.
  const [kata] = katas.filter(({ slug }) => state.get(slug)?.due === kind).sort((a, b) => dueAtMs(a) - dueAtMs(b))
  if (kata === undefined) return undefined
  if (kind === 'redo') {
    const when = daysAgo(nowMs - (dueAtMs(kata) - REDO_AFTER_MS))
    return { kata, why: `You gave up on ${kata.slug} ${when}: time to build it from an empty stub.` }
  }
  const when = daysAgo(nowMs - (state.get(kata.slug)?.passedAtMs ?? nowMs))
  return { kata, why: `You passed ${kata.slug} ${when}: time to see whether you still can.` }
}

function daysAgo(elapsedMs: number): string {
  const days = Math.floor(elapsedMs / DAY_MS)
  return days <= 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`
}

function chooseOnward(katas: readonly Kata[], state: ReadonlyMap<string, KataState>): Choice | undefined {
  const bySlug = new Map(katas.map((kata) => [kata.slug, kata]))
  const standing = (slug: string): KataState['state'] => state.get(slug)?.state ?? 'new'
  // A kata that waits for its redo can't be built today; what builds on it comes only when all else is done.
  const isOpen = (kata: Kata): boolean => !['passed', 'revealed'].includes(standing(kata.slug))
  const waits = new Map<string, boolean>()
  const waitsBehind = (kata: Kata): boolean => {
    const known = waits.get(kata.slug)
    if (known !== undefined) return known
    const behind = kata.after.some((slug) => {
      const needed = bySlug.get(slug)
      return standing(slug) === 'revealed' || (needed !== undefined && isOpen(needed) && waitsBehind(needed))
    })
    waits.set(kata.slug, behind)
    return behind
  }

  const open = katas.filter(isOpen)
  const first = open.find((kata) => !waitsBehind(kata)) ?? open[0]
  if (first === undefined) return undefined
  let kata = first
  let lower = open.find((each) => kata.after.includes(each.slug))
  while (lower !== undefined) {
    kata = lower
    lower = open.find((each) => kata.after.includes(each.slug))
  }
  return { kata, why: whyOnward(kata, first, katas, standing) }
}

function whyOnward(
  kata: Kata,
  first: Kata,
  katas: readonly Kata[],
  standing: (slug: string) => KataState['state'],
): string {
  const own = standing(kata.slug)
  if (own === 'recheck') return `The tests of ${kata.slug} have changed since you passed it: check it once more.`
  if (own === 'started') return `You have begun ${kata.slug} and not passed it yet.`
  if (kata !== first) return `${first.slug}, the next in line, builds on it.`
  if (kata.after.length === 0) {
    const place = katas.find((each) => each.volume === kata.volume) === kata ? 'First' : 'Next'
    return `${place} in volume ${kata.volume}; nothing before it is needed.`
  }
  const waiting = kata.after.filter((slug) => standing(slug) === 'revealed')
  if (waiting.length > 0) return `It builds on ${listed(waiting)}, which you will build again when the redo is due.`
  return `It builds on ${listed(kata.after)}, which you passed.`
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
