// How sure the course's own statistical promises are. Of a share of independent trials, with the shares that were measured: how
// often does a file that is right fail, and how often does one that is wrong pass? Of a figure that nothing bounds: how far is
// it from its limit, for what it spreads?

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { QualityBudget } from '../../../graders/kit/budget.ts'
import { discoverKatas } from '../../course/discover.ts'
import { solutionFile } from '../../course/files.ts'
import { seededRandom } from '../../sandbox/subject/probes/random.mjs'
import { judgeQuality, upperTail } from './quality.ts'
import { readBudgets } from './read-budgets.ts'

const COURSE = join(import.meta.dirname, '../../..')
const ws = { course: COURSE, root: COURSE }

interface Promised {
  readonly slug: string
  readonly budget: string
  readonly trials: number
  /** share of hits, of 2,000 elections, or of all near ones on 50 graphs: of the right file that is nearest to the limit */
  readonly right: number
  /** the same of the wrong one */
  readonly wrong: number
}

const PROMISED: readonly Promised[] = [
  {
    slug: 'raft-election',
    budget: 'An election in a quiet network is one round of messages',
    trials: 40,
    right: 0.12,
    wrong: 0.99,
  },
  {
    slug: 'raft-prevote',
    budget: 'An election in a quiet network is two rounds of messages',
    trials: 40,
    right: 0.302,
    wrong: 0.993,
  },
  {
    slug: 'hnsw-recovery',
    budget: 'Of the ten nearest, 95 % are found after a recovery',
    trials: 200,
    right: 0.999,
    wrong: 0,
  },
]

test.each(PROMISED)('$slug: $budget', async ({ slug, budget: name, trials, right, wrong }) => {
  const { budget, reference } = await promised(slug, name)
  const isKept = (hits: number) => judgeQuality(budget, { hits, of: trials })?.kept
  const counts = Array.from({ length: trials + 1 }, (_, hits) => hits)
  /** Chance of a count that is judged so, where a trial is a hit with this chance. */
  const chanceOf = (kept: boolean, hit: number) =>
    counts.filter((hits) => isKept(hits) === kept).reduce((sum, hits) => sum + exactly(hits, trials, hit), 0)
  // As many trials as were reckoned with, and nothing but hits and misses.
  const sample = budget.sample(reference, { n: budget.n ?? 1_000, random: seededRandom(1, 0) })
  expect(sample).toMatchObject({ of: trials })
  expect(judgeQuality(budget, sample)?.kept).toBe(true)
  expect(counts.map(isKept)).toSatisfy((all: unknown[]) => all.includes(true) && all.includes(false))
  expect(chanceOf(false, right)).toBeLessThan(1e-9)
  expect(chanceOf(true, wrong)).toBeLessThan(1e-7)
})

test.each(['A search measures few distances', 'Eight times as many vectors take little more'])(
  'hnsw: %s',
  async (name) => {
    const { budget, reference } = await promised('hnsw', name)
    if (!('figureAtMost' in budget.quality)) throw new Error(name)
    const figures = Array.from({ length: 16 }, (_, seed) => {
      const sample = budget.sample(reference, { n: budget.n ?? 1_000, random: seededRandom(seed, 0) })
      return 'figure' in sample ? sample.figure : Number.NaN
    })
    const mean = figures.reduce((sum, one) => sum + one, 0) / figures.length
    const deviation = Math.sqrt(figures.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (figures.length - 1))
    expect((budget.quality.figureAtMost - mean) / deviation).toBeGreaterThan(8)
  },
)

async function promised(slug: string, name: string): Promise<{ budget: QualityBudget<object>; reference: object }> {
  const kata = discoverKatas(COURSE).find((one) => one.slug === slug)
  if (kata === undefined) throw new Error(slug)
  const budget = (await readBudgets(ws, kata)).find((one) => one.name === name)
  if (budget === undefined || !('quality' in budget)) throw new Error(name)
  return { budget, reference: await import(pathToFileURL(solutionFile(ws, kata)).href) }
}

/** P(X = hits) for X binomial(of, p). */
function exactly(hits: number, of: number, p: number): number {
  let ways = 1
  for (let k = 0; k < hits; k++) ways *= (of - k) / (k + 1)
  return ways * p ** hits * (1 - p) ** (of - hits)
}

test('one that only just keeps its promise fails less than once in 10^9 runs', () => {
  for (const { share, trials } of [
    { share: 1 / 4, trials: 40 },
    { share: 3 / 8, trials: 40 },
  ]) {
    const quality = { what: 'x', shareAtMost: share }
    const fails = Array.from({ length: trials + 1 }, (_, hits) => hits).find(
      (hits) => judgeQuality({ quality }, { hits, of: trials })?.kept === false,
    )
    expect(upperTail(fails ?? 0, trials, share)).toBeLessThan(1e-9)
  }
})
