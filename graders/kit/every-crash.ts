// What suites of katas of kind `disk` are written with: cuts the power everywhere at a distance, holds every outcome
// against what is allowed, and makes what fails small before anybody has to read it.

import { BrokenPromise, ForNothing } from './broken.ts'
import type { Crashes, Outcome, Retold, Tried, Workload } from './crash-lab.ts'
import { storyOfCrashes, type Telling } from './disk/story.ts'
import type { Remote, Tools } from './suite.ts'

export type { Outcome, Tried, Workload } from './crash-lab.ts'
export type { Telling } from './disk/story.ts'

/** What must hold and does not. */
export interface NotAllowed {
  readonly expected: string
  readonly got: string
}

/** @returns undefined for an outcome that is allowed */
export type Allowed<S, N> = (outcome: Outcome<N>, workload: Workload<S>) => NotAllowed | undefined

type Asking = Pick<Tools<unknown>, 'askAll' | 'shrink'>

export interface Lab<S, N> {
  readonly everyCrash: Remote<Workload<S>, Crashes<N>>
  readonly retell: Remote<Workload<S> & { readonly failures: Outcome<N>['failures'] }, Retold<S, N>>
  readonly telling: Telling<S, N>
}

export interface CrashSurvey {
  /** by rule: places of the workloads that break it */
  readonly failing: Readonly<Record<string, readonly number[]>>
  readonly tried: Tried
}

/** Workloads in one request: each may bring hundreds of outcomes. */
const BATCH = 8
/** Workloads tried to make one that fails small. */
const MAX_SHRUNK = 80

/** Cuts the power everywhere in all of them, and holds each outcome against every rule: what is dear is done once. */
export async function surveyCrashes<S, N>(
  asking: Asking,
  lab: Lab<S, N>,
  workloads: readonly Workload<S>[],
  rules: Readonly<Record<string, Allowed<S, N>>>,
): Promise<CrashSurvey> {
  const tried = { points: 0, states: 0, openings: 0, cut: 0 }
  const failing: Record<string, number[]> = Object.fromEntries(Object.keys(rules).map((rule) => [rule, []]))
  for (let at = 0; at < workloads.length; at += BATCH)
    for (const [i, crashes] of (await crashesOf(asking, lab, workloads.slice(at, at + BATCH))).entries()) {
      for (const key of Object.keys(tried) as (keyof Tried)[]) tried[key] += crashes.tried[key]
      for (const [rule, allowed] of Object.entries(rules))
        if (worstOf(crashes, allowed, workloads[at + i] as Workload<S>) !== undefined) failing[rule]?.push(at + i)
    }
  return { failing, tried }
}

/**
 * @param failing places of workloads that are known to break the rule
 * @throws {BrokenPromise} where there are any: with the shortest workload found, and one way to cut the power
 */
export async function noCrash<S, N>(
  asking: Asking,
  lab: Lab<S, N>,
  workloads: readonly Workload<S>[],
  allowed: Allowed<S, N>,
  failing: readonly number[],
): Promise<void> {
  const [place] = failing
  if (place === undefined) return
  const first = await worst(asking, lab, [workloads[place] as Workload<S>], allowed)
  if (first === undefined) throw new Error('the same workload came out differently: the lab is not deterministic')
  const { workload, outcome, seen } = asking.shrink ? await shrunk(asking, lab, allowed, first) : first
  const [retold] = await asking.askAll(lab.retell, [{ ...workload, failures: outcome.failures }])
  throw new BrokenPromise(storyOfCrashes(retold as Retold<S, N>, lab.telling), seen.expected, seen.got)
}

/** Both at once, for one rule. @returns what was tried, for the suite to see that it was not all for nothing */
export async function everyCrash<S, N>(
  asking: Asking,
  lab: Lab<S, N>,
  workloads: readonly Workload<S>[],
  allowed: Allowed<S, N>,
): Promise<Tried> {
  const { failing, tried } = await surveyCrashes(asking, lab, workloads, { allowed })
  await noCrash(asking, lab, workloads, allowed, failing['allowed'] ?? [])
  return tried
}

interface Failing<S, N> {
  readonly workload: Workload<S>
  readonly outcome: Outcome<N>
  readonly seen: NotAllowed
}

const crashesOf = <S, N>(asking: Asking, { everyCrash, telling }: Lab<S, N>, workloads: readonly Workload<S>[]) =>
  asking.askAll(everyCrash, workloads, ({ lives }) => [telling.opening, ...(lives[0] ?? []).map(telling.step)])

/** For the rule that it belongs to: an error where the contract has none. */
export function nothingThrown({ threw }: Outcome<unknown>): NotAllowed | undefined {
  return threw === undefined ? undefined : { expected: 'no error', got: `throws ${threw.threw}: ${threw.message}` }
}

const pointsOf = ({ failures }: Outcome<unknown>): number =>
  failures.reduce((sum, { point }) => sum + point, 1_000_000 * failures.length)

/** The outcome that is soonest told, of those that are not allowed. */
function worstOf<S, N>(
  { outcomes }: Crashes<N>,
  allowed: Allowed<S, N>,
  workload: Workload<S>,
): Failing<S, N> | undefined {
  let found: Failing<S, N> | undefined
  for (const outcome of outcomes) {
    if (found !== undefined && pointsOf(outcome) >= pointsOf(found.outcome)) continue
    const seen = allowed(outcome, workload)
    if (seen !== undefined) found = { workload, outcome, seen }
  }
  return found
}

/** The first of some workloads that fails. */
async function worst<S, N>(
  asking: Asking,
  lab: Lab<S, N>,
  workloads: readonly Workload<S>[],
  allowed: Allowed<S, N>,
): Promise<Failing<S, N> | undefined> {
  for (const [i, crashes] of (await crashesOf(asking, lab, workloads)).entries()) {
    const found = worstOf(crashes, allowed, workloads[i] as Workload<S>)
    if (found !== undefined) return found
  }
  return undefined
}

/** Leaves out lives and steps, and takes smaller steps, as long as it still fails. */
async function shrunk<S, N>(
  asking: Asking,
  lab: Lab<S, N>,
  allowed: Allowed<S, N>,
  first: Failing<S, N>,
): Promise<Failing<S, N>> {
  let smallest = first
  for (let left = MAX_SHRUNK; left > 0; ) {
    const candidates = smallerThan(smallest.workload, lab.telling.smaller ?? (() => []))
    let found: Failing<S, N> | undefined
    for (let at = 0; at < candidates.length && found === undefined && left > 0; at += BATCH) {
      const batch = candidates.slice(at, at + BATCH)
      left -= batch.length
      found = await worst(asking, lab, batch, allowed)
    }
    if (found === undefined) break
    smallest = found
  }
  return smallest
}

function smallerThan<S>(workload: Workload<S>, smaller: (step: S) => readonly S[]): Workload<S>[] {
  const { lives } = workload
  const withLives = (changed: readonly (readonly S[])[]) => ({ ...workload, lives: changed })
  const changed = (life: number, steps: readonly S[]) => withLives(lives.map((old, i) => (i === life ? steps : old)))
  return [
    ...(lives.length > 1 ? lives.map((_, gone) => withLives(lives.filter((_, i) => i !== gone))) : []),
    ...lives.flatMap((steps, life) =>
      steps.map((_, gone) =>
        changed(
          life,
          steps.filter((_, i) => i !== gone),
        ),
      ),
    ),
    ...lives.flatMap((steps, life) =>
      steps.flatMap((step, at) =>
        smaller(step).map((less) =>
          changed(
            life,
            steps.map((old, i) => (i === at ? less : old)),
          ),
        ),
      ),
    ),
  ]
}

/**
 * Holds that the power was cut often enough to mean something.
 * @throws {Error} our own fault, never the learner's
 */
export function mustHaveTried({ openings, points }: Tried, atLeast: { openings: number; points: number }): void {
  if (openings < atLeast.openings || points < atLeast.points)
    throw new ForNothing(`The power was hardly ever cut: ${points} points, ${openings} openings.`)
}
