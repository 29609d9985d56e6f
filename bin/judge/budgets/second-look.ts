// A cost that is over its class by a few steps may be over it by the luck of the inputs: three sizes, and at each the dearest
// call of one structure that chance has balanced. Before anybody is refused for that, the same is counted for other inputs,
// at a fourth size, too, each time by a process of its own (whose submission cannot know that it is asked again), and judged
// by the averages.
//
// The depths of a ring in a treap were refused on 109 of 1,000 seeds by the dearest call alone, and on none when looked at
// again. What grows faster than it may is refused again: chance does not take its growth away.

import { type Counts, isCounts, judgeCounts, type Limits, type Sample, type StepsVerdict } from './steps.ts'

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
 * @param raws as the probes have said them
 * @returns undefined where one of them has come to no end (it is as dear as it was taken for), or is none of ours
 */
export function judgeAveraged(budget: Limits, raws: readonly unknown[]): StepsVerdict | undefined {
  const all = raws.filter((raw): raw is Counts => isCounts(raw) && raw.failed === undefined)
  const [first] = all
  if (first === undefined || all.length < raws.length) return undefined
  if (all.some(({ series }) => series.length !== first.series.length || series.length < 2)) return undefined
  const mean = (at: number, of: (sample: Sample) => number) =>
    all.reduce((sum, { series }) => sum + of(series[at] as Sample), 0) / all.length
  const series = first.series.map((sample, at) => ({
    ...sample,
    n: Math.round(mean(at, ({ n }) => n)),
    setUp: mean(at, ({ setUp }) => setUp),
    total: mean(at, ({ total, calls }) => total / calls) * sample.calls,
    worst: mean(at, ({ worst }) => worst),
  }))
  return judgeCounts(budget, { importSteps: first.importSteps, series })
}
