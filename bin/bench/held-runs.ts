// Runs by the clock of a kata's `runs.ts`, in a subject that is open, held against its rules.

import { type Check, survey } from '../../graders/kit/simulate.ts'
import type { TimedInput } from '../../graders/kit/simulation.ts'
import type { Remote } from '../../graders/kit/suite.ts'
import type { Packed } from '../../graders/kit/world/history.ts'
import type { World } from '../sandbox/simulation-fixture.ts'

export interface RunsFile {
  /** of each run of a seed */
  readonly PROFILES: readonly string[]
  readonly runsFor: (seed: number) => readonly TimedInput[]
  readonly RUN_RULES: Readonly<Record<string, Check<unknown, unknown>>>
}

/** @returns by rule the places of the inputs that broke it; and what happened in all of them */
export function heldRuns(world: World, inputs: readonly TimedInput[], rules: RunsFile['RUN_RULES']) {
  const asking = {
    shrink: false,
    askAll: <Input, Output>({ operation }: Remote<Input, Output>, all: readonly Input[]) =>
      world.call<Output>(operation, all),
  }
  return survey(asking, { operation: 'timed' } as Remote<TimedInput, Packed>, inputs, rules, 1)
}
