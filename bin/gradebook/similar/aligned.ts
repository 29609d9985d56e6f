// A pair with what it has in common as lines that stand side by side: what a person reads who must decide.

import type { Pair, Prepared, PreparedClass } from './compare.ts'
import { type Fragment, fragmentsOf, type Place } from './fragments.ts'

export interface AlignedPair {
  readonly pair: Pair
  readonly fragments: readonly AlignedFragment[]
}

export interface AlignedFragment extends Fragment {
  readonly linesA: readonly string[]
  readonly linesB: readonly string[]
}

/** None where one of the two is not in the class. */
export function aligned({ files }: PreparedClass, pair: Pair): AlignedPair | undefined {
  const [a, b] = [pair.a, pair.b].map((id) => files.find(({ learner }) => learner === id))
  if (a === undefined || b === undefined) return undefined
  return {
    pair,
    fragments: fragmentsOf(a, b).map((fragment) => ({
      ...fragment,
      linesA: linesOf(a, fragment.a),
      linesB: linesOf(b, fragment.b),
    })),
  }
}

const linesOf = ({ text }: Prepared, { first, last }: Place): string[] => text.split(/\r?\n/).slice(first - 1, last)
