// The order in which the course is walked: by volume, and inside a volume so that nothing comes before what it needs.

import { type Kata, LEVELS } from './kata.ts'
import { KataError } from './kata-error.ts'
import { nearest } from './nearest.ts'

export function courseOrder(katas: readonly Kata[]): Kata[] {
  const needs = allNeeds(katas)
  const ordered: Kata[] = []
  for (const volume of [...new Set(katas.map((kata) => kata.volume))].sort((a, b) => a - b)) {
    // Kahn's algorithm, always taking the easiest that is ready.
    const waiting = katas.filter((kata) => kata.volume === volume).sort(byEase)
    while (waiting.length > 0) {
      const ready = waiting.findIndex((kata) => !waiting.some((other) => needs.get(kata.slug)?.has(other.slug)))
      ordered.push(...waiting.splice(ready, 1))
    }
  }
  return ordered
}

const byEase = (a: Kata, b: Kata): number =>
  LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.minutes - b.minutes || (a.slug < b.slug ? -1 : 1)

/** For each kata everything that it needs, however far behind; through other volumes too, for a need may lead through one. */
function allNeeds(katas: readonly Kata[]): Map<string, ReadonlySet<string>> {
  const bySlug = new Map(katas.map((kata) => [kata.slug, kata]))
  const done = new Map<string, ReadonlySet<string>>()
  const path: string[] = []

  const visit = (kata: Kata): ReadonlySet<string> => {
    const known = done.get(kata.slug)
    if (known !== undefined) return known
    if (path.includes(kata.slug)) {
      const cycle = [...path.slice(path.indexOf(kata.slug)), kata.slug]
      throw new KataError(`These katas need each other: ${cycle.join(' → ')}.`, 'Remove one `after` in their lessons.')
    }
    path.push(kata.slug)
    const needs = new Set<string>()
    for (const slug of kata.after) {
      const needed = bySlug.get(slug)
      if (needed === undefined) throw unknownNeed(kata, slug, [...bySlug.keys()])
      needs.add(slug)
      for (const further of visit(needed)) needs.add(further)
    }
    path.pop()
    done.set(kata.slug, needs)
    return needs
  }

  for (const kata of katas) visit(kata)
  return done
}

function unknownNeed(kata: Kata, slug: string, slugs: readonly string[]): KataError {
  const meant = nearest(slug, slugs)
  const guess = meant.length === 0 ? '' : ` Did you mean ${meant.join(' or ')}?`
  return new KataError(
    `${kata.slug} comes after "${slug}", and there is no such kata.${guess}`,
    `See: lessons/${kata.path}.md`,
  )
}
