// Where logs are kept, offices are won and kept as they were before there was a log: by the schedules and the calm runs of
// raft-election's rules, on nodes that send whole AppendEntries.

import { everyScript, type Move, noRun, type Plan, planFor, survey } from '../simulate.ts'
import type { ReplayInput, ScriptInput, TimedInput } from '../simulation.ts'
import type { Remote, Tools } from '../suite.ts'
import type { Packed } from '../world/history.ts'
import { agreement } from './agreement.ts'
import type { LogMessage, LogView } from './log-referee.ts'
import { MAX_BYTES } from './log-runs.ts'
import {
  ALONE,
  ALONE_MS,
  atOnce,
  FOLLOWING,
  follows,
  isElected,
  LEADING,
  standsAgain,
  steady,
  WAITING,
  waitsFirst,
} from './office-rules.ts'

type Rule = Parameters<typeof noRun<LogView, LogMessage>>[1]['check']
type Told = Packed<LogView, LogMessage>

interface Faces {
  readonly script: Remote<ScriptInput, Told>
  readonly replay: Remote<ReplayInput, Told>
  readonly timed: Remote<TimedInput, Told>
}

/** A run in which nothing happens but what its plan adds. */
export const calmRun = (
  nodes: number,
  untilMs: number,
  more: Omit<Partial<TimedInput>, 'plan'> & Pick<TimedInput, 'maxSteps'>,
  plan: Partial<Plan> = {},
): TimedInput => ({
  nodes,
  seed: 1,
  maxBytes: MAX_BYTES,
  ...more,
  plan: { ...planFor('calm', 1, { nodes, chaosMs: 0, quietMs: untilMs, patienceMs: 300 }), ...plan },
})

/** @throws {BrokenPromise} where an office is won, or lost, otherwise */
export async function officesKeep(
  tools: Pick<Tools<unknown>, 'askAll' | 'shrink' | 'seed'>,
  { script, replay, timed }: Faces,
  maxSteps: number,
  tellView: (view: LogView, node: string) => string | undefined,
): Promise<void> {
  const { seed } = tools
  const scripts = (check: Rule, list: readonly (readonly Move[])[]) =>
    everyScript<LogView, LogMessage>(tools, {
      script,
      replay,
      check,
      inputs: list.map((moves) => ({ nodes: 3, seed: 1, moves, keepsAll: true })),
    })
  const holdsIn = async (input: TimedInput, check: Rule) => {
    const { failing } = await survey(tools, timed, [input], { check }, 1)
    await noRun(tools, { timed, inputs: [input], check, tellView }, failing['check'] ?? [])
  }
  await scripts(waitsFirst, WAITING)
  await scripts(isElected, [LEADING])
  await scripts(atOnce, [LEADING])
  for (const { moves, leader } of FOLLOWING) await scripts(follows(leader), [moves])
  const fast = { clocks: [2.2, 1, 1].map((rate) => ({ offsetMs: 0, rate })) }
  await holdsIn(calmRun(1, 1_000, { seed, maxSteps }), agreement(0))
  await holdsIn(calmRun(3, 2_000, { seed, maxSteps }, fast), steady)
  await holdsIn(calmRun(3, ALONE_MS, { seed, maxSteps }, { healMs: ALONE_MS, faults: [ALONE] }), standsAgain)
}
