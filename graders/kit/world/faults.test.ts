// What is done to a cluster is drawn; that a seed's runs divide it at all is not left to chance.

import { expect, test } from 'vitest'
import { electionRuns } from '../raft/election-runs.ts'
import { logRuns } from '../raft/log-runs.ts'
import type { TimedInput } from '../simulation.ts'
import { type Plan, planFor, withPartition } from './faults.ts'

const SEEDS = Array.from({ length: 400 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) | 0)
const SCALE = { nodes: 3, chaosMs: 1_800, quietMs: 500, patienceMs: 300 }

/** Both sides have nodes, and a quarter of the faults' time is left to lose messages in. */
const divides = ({ faults, healMs }: Plan): boolean =>
  faults.some(
    (one) =>
      one.what === 'partition' && one.atMs <= 0.75 * healMs && one.groups.filter(({ length }) => length > 0).length > 1,
  )
const without = (all: readonly { readonly plan: Plan }[]) => !all.some(({ plan }) => divides(plan))

test.each<[string, (seed: number) => TimedInput[]]>([
  ['elections', electionRuns],
  ['logs', (seed) => logRuns(seed, 70, 4_500)],
])('on each seed one of the runs of %s divides the nodes', (_, runsFor) => {
  expect(SEEDS.filter((seed) => without(runsFor(seed)))).toEqual([])
})

test('drawn plans are often without, and only the first of those is changed', () => {
  const drawn = SEEDS.map((seed) => [seed, seed + 1].map((one) => ({ nodes: 3, plan: planFor('swarm', one, SCALE) })))
  const bare = drawn.filter(without)
  expect(bare.length).toBeGreaterThan(SEEDS.length / 10)
  expect(bare.length).toBeLessThan(SEEDS.length)
  for (const runs of drawn) {
    const made = withPartition(runs)
    expect(without(made)).toBe(false)
    expect(made.slice(1)).toEqual(runs.slice(1))
    if (!bare.includes(runs)) expect(made).toEqual(runs)
  }
})
