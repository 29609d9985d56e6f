// What stood in the way of taking something: gathered while a submission is gone through, and told once, in sentences.

import type { Kata } from '../../course/kata.ts'

export interface Trouble {
  readonly origin: string
  readonly why: string
  /** of which it may have been the file; all that were not taken, where that cannot be told */
  readonly katas: readonly Kata[] | 'any'
}

const MAX_TROUBLES = 40

/** What stands in the way of both states of a repository is said once. */
export function onceEach(troubles: readonly Trouble[]): readonly Trouble[] {
  const said = new Map<string, Trouble>()
  for (const trouble of troubles) {
    const key = JSON.stringify([trouble.origin, trouble.why])
    if (!said.has(key)) said.set(key, trouble)
  }
  return [...said.values()]
}

/** A thousand crafted names of one learner must not bury what happened to the others. */
export function capped(troubles: readonly Trouble[]): readonly Trouble[] {
  if (troubles.length <= MAX_TROUBLES) return troubles
  const left = troubles.slice(MAX_TROUBLES)
  const katas = left.some(({ katas: may }) => may === 'any')
    ? 'any'
    : [...new Set(left.flatMap((each) => (each.katas === 'any' ? [] : each.katas)))]
  return [
    ...troubles.slice(0, MAX_TROUBLES),
    { origin: `${left.length} more`, why: 'were not taken either, for reasons like those above', katas },
  ]
}

/** `It is a link; …` or, of several, `Each is …`. */
export function sentence(why: string, origin: string): string {
  const several = origin.includes(', ') || / more$/.test(origin)
  const verb = /^(?:is|has|leads|occurs|holds|cannot|comes|kept|keeps|borrows|was|grew|names) /.test(why)
  return verb ? `${several ? 'Each' : 'It'} ${why}.` : `They ${why}.`
}
