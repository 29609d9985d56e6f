// What one budget came to, as it stands in a report. Plain data: screens, `--json` and the gradebook read the same.

import type { Kind } from '../../../graders/kit/budget.ts'

export interface Spent {
  /** the budget's name, a sentence */
  readonly budget: string
  readonly kind: Kind
  readonly kept: boolean
  /** what may be spent, with its unit: `O(log n) steps a call`, `0 bytes a call` */
  readonly limit: string
  /** what was spent, in the same words; for throughput how it compares */
  readonly got: string
  /** what the reference spends, where it is known */
  readonly reference?: string
  /** what grows with n, and how */
  readonly series?: Series
  /** where most of it is spent */
  readonly spendsMost?: Place & { readonly share: number }
  /** whose part of it grows with n */
  readonly growsMost?: Place & { readonly growth: string }
  /** where the bytes come from, dearest first */
  readonly allocations?: readonly (Place & { readonly share: number })[]
  /** the lines make more, or less, where they are run apart than was measured: one of them may cost nothing in truth */
  readonly allocationsAreGuessed?: true
  /** which threads touch which words of which cache lines */
  readonly cacheLines?: CacheLineMap
  /** of both, in one run */
  readonly speed?: Speed
  /** more than a figure: what was found instead, where nothing could be counted */
  readonly trouble?: string
  /** what such bytes most often are: of this size, or as the lines show that make them */
  readonly often?: string
}

/** Those that decide: speed only informs. */
export const judging = (spent: readonly Spent[]): Spent[] => spent.filter(({ kind }) => kind !== 'throughput')

/** A line of the learner's file. */
export interface Place {
  readonly line: number
  /** what stands there */
  readonly code?: string
}

export interface Series {
  /** of the values, as it stands on an axis: `steps a call` */
  readonly unit: string
  readonly points: readonly { readonly n: number; readonly value: number }[]
  /** the same of the reference */
  readonly reference?: readonly { readonly n: number; readonly value: number }[]
}

/** Calls a second of processor time: medians of rounds that took turns. */
export interface Speed {
  readonly yours: number
  readonly reference: number
}

export interface CacheLineMap {
  /** bytes in one line of the cache */
  readonly lineBytes: number
  readonly threads: readonly string[]
  /** worst first */
  readonly rows: readonly CacheLineRow[]
  /** how many more lines cause false misses */
  readonly moreRows?: number
}

export interface CacheLineRow {
  /** which line: the byte at which it begins in its buffer */
  readonly startsAt: number
  readonly words: readonly {
    readonly byteOffset: number
    /** the index that the learner's code touches it by, where one is beyond doubt */
    readonly name?: string
    /** per thread, how often it was read and written */
    readonly reads: readonly number[]
    readonly writes: readonly number[]
    /** lines of the learner's file that touch it, most often first */
    readonly places: readonly Place[]
    readonly hot: boolean
  }[]
  /** how many more words of it are touched */
  readonly moreWords?: number
  /** false misses that this line caused, an operation */
  readonly falseMisses: number
}
