// What a suite of simulated nodes is written with where chance is not needed: every schedule of a cluster so small that all
// of them can be tried. What fails is then made small and told like a walk.

import { type Check, noWalk } from './simulate.ts'
import type { ExploreInput, ReplayInput, Simulation, WalkInput } from './simulation.ts'
import type { Remote, Tools } from './suite.ts'
import { type Packed, type Step, unpack } from './world/history.ts'

export interface Schedules<V, M> {
  readonly explore: Remote<ExploreInput, ReturnType<Simulation<M, V>['explore']>>
  readonly replay: Remote<ReplayInput, Packed<V, M>>
  readonly input: ExploreInput
  readonly check: Check<V, M>
}

/** @throws {BrokenPromise} with the shortest schedule that fails; {Error}, our own fault, if not all of them were tried */
export async function everySchedule<V, M>(
  asking: Pick<Tools<unknown>, 'askAll' | 'shrink'>,
  { explore, replay, input, check }: Schedules<V, M>,
): Promise<void> {
  const { depth: _, most, crashes: __, mergeBy: ___, ...setup } = input
  const { complete, ends } = await explore(input)
  if (!complete) throw new Error(`There are more than ${most} states: the exploration proves nothing.`)
  let shortest: readonly Step[] | undefined
  for (const end of ends) {
    const history = unpack<V, M>(end)
    const seen = history.threw === undefined ? check(history, setup)?.entry : -1
    if (seen === undefined) continue
    const steps = history.steps ?? []
    const failing = steps.slice(0, (history.entries[seen]?.[0] ?? steps.length - 1) + 1)
    if (shortest === undefined || failing.length < shortest.length) shortest = failing
  }
  if (shortest === undefined) return
  // Replayed, a schedule is a walk that takes just these steps.
  const walk = replay as unknown as Remote<WalkInput, Packed<V, M>>
  const given: WalkInput & Pick<ReplayInput, 'steps'> = { ...setup, steps: shortest, length: shortest.length }
  await noWalk(asking, { walk, replay, inputs: [given], check }, [0])
}
