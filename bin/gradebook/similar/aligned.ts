// A pair with what it has in common as lines that stand side by side: what a person reads who must decide.

import type { Pair, Prepared, PreparedClass } from './compare.ts'
import { type Fragment, fragmentsOf, type Place } from './fragments.ts'

export interface AlignedPair {
  readonly pair: Pair
  readonly fragments: readonly AlignedFragment[]
}

export interface AlignedFragment extends Fragment {
  readonly linesA: readonly Line[]
  readonly linesB: readonly Line[]
}

export interface Line {
  /** counted from 1 */
  readonly at: number
  readonly text: string
}

/** None where one of the two is not in the class. */
export function aligned({ files }: PreparedClass, pair: Pair): AlignedPair | undefined {
  const [a, b] = pair.at.map((at) => files[at])
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

/** Without blank lines: whoever likes more of them would push the two sides apart. */
const linesOf = ({ text }: Prepared, { first, last }: Place): Line[] =>
  text
    .split(/\r?\n/)
    .slice(first - 1, last)
    .map((line, i) => ({ at: first + i, text: line }))
    .filter((line) => line.text.trim() !== '')
