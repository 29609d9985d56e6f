// A cost that is over its class by a few steps may be over it by the luck of the inputs: three sizes, and at each the dearest
// call of one structure that chance has balanced. Before anybody is refused for that, the same is counted for other inputs,
// at a fourth size, too, each time by a process of its own that has gone through all that the first one had gone through by
// then (so that a submission does not know that it is asked again), and judged by what is in the middle. So it is where few
// calls are counted: what an array pays when it doubles may fall into them, or not. Everything else is held to the first look.
//
// The depths of a ring in a treap were refused on 109 of 1,000 seeds by the dearest call alone, and on none when looked at
// again. What grows faster than it may is refused again: chance does not take its growth away.

import { type Counts, isCounts, type Sample } from './steps.ts'

const LOOKS = 4
const SIZES_APART = 4
const STRIDE = 0x9e3779b9

/** Seeds that are as good as any, and others for each seed. */
export const otherSeeds = (seed: number): number[] =>
  Array.from({ length: LOOKS }, (_, i) => (seed + (i + 1) * STRIDE) >>> 0)

/** @param sizes of the budget @returns one more, as far from the largest as that is from the one before */
export function oneMoreSize(sizes: readonly number[]): number[] {
  const [before, largest] = [sizes.at(-2), sizes.at(-1) ?? 1]
  return [...sizes, Math.round(largest * (before === undefined ? SIZES_APART : largest / before))]
}

/**
 * Figures of the middle, size by size: of one seed in a hundred an array doubles in the few calls that are counted, and neither
 * that nor its absence is what others cost.
 * @param raws as the probes have said them
 * @returns undefined where one of them has come to no end (it is as dear as it was taken for), or is none of ours
 */
export function middleOf(raws: readonly unknown[]): Counts | undefined {
  const all = raws.filter((raw): raw is Counts => isCounts(raw) && raw.failed === undefined)
  const [first] = all
  if (first === undefined || all.length < raws.length) return undefined
  if (all.some(({ series }) => series.length !== first.series.length || series.length < 2)) return undefined
  const middle = (at: number, of: (sample: Sample) => number) => {
    const sorted = all.map(({ series }) => of(series[at] as Sample)).sort((a, b) => a - b)
    const half = sorted.length / 2
    return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2
  }
  const series = first.series.map((sample, at) => ({
    ...sample,
    n: Math.round(middle(at, ({ n }) => n)),
    setUp: middle(at, ({ setUp }) => setUp),
    total: middle(at, ({ total, calls }) => total / calls) * sample.calls,
    worst: middle(at, ({ worst }) => worst),
  }))
  return { importSteps: first.importSteps, series }
}
