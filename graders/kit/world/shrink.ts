// Makes a failing schedule small. Steps are named by their causes, so that any part of a schedule is a schedule, and a step
// that is left out takes all that only it has led to along. What is tried is counted, not timed: the same failure comes to
// the same end everywhere.

import type { History, Step } from './history.ts'

/** A schedule that ends where it was seen to fail. */
export interface Failing<B> {
  readonly steps: readonly Step[]
  readonly causes: readonly number[]
  readonly places: readonly number[]
  readonly broken: B
}

/** Replays schedules and judges them. @returns for each what was left of it where it still fails the same way */
export type Attempt<B> = (schedules: readonly (readonly Step[])[]) => Promise<(Failing<B> | undefined)[]>

/** How many are tried in one request: some for nothing, but a request costs as much as twenty short replays. */
const BATCH = 12
const MAX_PAIRED = 32

/** @param maxSteps how many steps may be replayed for it */
export async function shrink<B>(first: Failing<B>, attempt: Attempt<B>, maxSteps: number): Promise<Failing<B>> {
  let smallest = first
  let left = maxSteps

  /** Tries candidates in their order, a batch at a time. @returns the place of the first that still fails */
  async function firstThatFails(candidates: readonly (readonly Step[])[]): Promise<number> {
    for (let at = 0; at < candidates.length && left > 0; at += BATCH) {
      const batch = candidates.slice(at, at + BATCH)
      for (const steps of batch) left -= steps.length
      const results = await attempt(batch)
      const found = results.findIndex((one) => one !== undefined && isSmaller(one, smallest))
      if (found < 0) continue
      smallest = results[found] as Failing<B>
      return at + found
    }
    return -1
  }

  const without = (gone: (i: number) => boolean) => smallest.steps.filter((step, i) => isFirstBoot(step) || !gone(i))
  await firstThatFails(coneOf(smallest))
  for (let before = Number.POSITIVE_INFINITY; size(smallest) < before && left > 0; ) {
    before = size(smallest)
    const nodes = [...new Set(smallest.places)]
    await firstThatFails(nodes.map((node) => without((i) => smallest.places[i] === node)))
    await firstThatFails([without((i) => ['crash', 'restart'].includes((smallest.steps[i] as Step)[0]))])
    for (let chunk = smallest.steps.length >> 1; chunk >= 1; chunk >>= 1) {
      for (let at = 0; at < smallest.steps.length && left > 0; ) {
        const starts: number[] = []
        for (let start = at; start < smallest.steps.length && starts.length < BATCH; start += chunk) starts.push(start)
        const found = await firstThatFails(starts.map((start) => without((i) => i >= start && i < start + chunk)))
        at = found < 0 ? at + chunk * starts.length : (starts[found] as number)
      }
    }
    await firstThatFails(smallest.steps.flatMap((step, i) => (cutIn(step) ? [withoutCut(smallest.steps, i)] : [])))
    if (size(smallest) < before || smallest.steps.length > MAX_PAIRED) continue
    const pairs = smallest.steps.flatMap((_, i) => smallest.steps.slice(i + 1).map((_, j) => [i, i + 1 + j] as const))
    await firstThatFails(pairs.map(([a, b]) => without((i) => i === a || i === b)))
  }
  return smallest
}

const isFirstBoot = (step: Step): boolean => step[0] === 'restart' && step[2] === 0

/** Steps, and crashes in the midst of steps: what has to be understood. First boots go without saying. */
export const size = ({ steps }: { readonly steps: readonly Step[] }): number =>
  steps.reduce((sum, step) => sum + (isFirstBoot(step) ? 0 : cutIn(step) ? 2 : 1), 0)

const isSmaller = (a: { readonly steps: readonly Step[] }, b: { readonly steps: readonly Step[] }): boolean =>
  size(a) < size(b)

const cutIn = (step: Step): boolean =>
  (step[0] === 'deliver' && step[2] !== undefined) ||
  (step[0] === 'timer' && step[4] !== undefined) ||
  (step[0] === 'ask' && step[3] !== undefined)

function withoutCut(steps: readonly Step[], at: number): Step[] {
  return steps.map((step, i) => {
    if (i !== at) return step
    if (step[0] === 'deliver') return ['deliver', step[1]]
    if (step[0] === 'ask') return ['ask', step[1], step[2]]
    return step[0] === 'timer' ? ['timer', step[1], step[2], step[3]] : step
  })
}

/** What the last step hangs on by messages alone, then that with all that happened to the nodes concerned. */
function coneOf({ steps, causes, places }: Failing<unknown>): Step[][] {
  const cone = new Set<number>()
  for (let at = steps.length - 1; at >= 0; at = causes[at] ?? -1) cone.add(at)
  const nodes = new Set([...cone].map((i) => places[i]))
  const other = (i: number) => !['deliver', 'timer'].includes((steps[i] as Step)[0])
  return [
    steps.filter((step, i) => isFirstBoot(step) || cone.has(i)),
    steps.filter((step, i) => isFirstBoot(step) || cone.has(i) || (other(i) && nodes.has(places[i]))),
    steps.filter((step, i) => isFirstBoot(step) || nodes.has(places[i])),
  ]
}

/**
 * Thins out what a timed run did beyond the calm course, as far as it still fails.
 * @param attempt runs with only these deviations. @returns which still fail
 */
export async function thinOut(
  deviations: readonly number[],
  attempt: (kept: readonly (readonly number[])[]) => Promise<boolean[]>,
  maxRuns: number,
): Promise<readonly number[]> {
  let kept = deviations
  let left = maxRuns
  const tryAll = async (candidates: readonly (readonly number[])[]): Promise<boolean> => {
    for (let at = 0; at < candidates.length && left > 0; at += 4) {
      const batch = candidates.slice(at, at + 4)
      left -= batch.length
      const found = (await attempt(batch)).indexOf(true)
      if (found < 0) continue
      kept = batch[found] as readonly number[]
      return true
    }
    return false
  }
  // Faults have names below 0, fates of messages above: without all of one kind is soonest understood.
  await tryAll([[], kept.filter((name) => name < 0), kept.filter((name) => name >= 0)])
  for (let chunk = Math.max(1, kept.length >> 1); kept.length > 0 && left > 0; ) {
    const candidates: number[][] = []
    for (let at = 0; at < kept.length; at += chunk) candidates.push(kept.filter((_, i) => i < at || i >= at + chunk))
    if (await tryAll(candidates)) chunk = Math.max(1, Math.min(chunk, kept.length >> 1))
    else if (chunk === 1) break
    else chunk >>= 1
  }
  return kept
}

export const schedule = ({ steps = [], causes = [], places = [] }: History, through: number) => ({
  steps: steps.slice(0, through + 1),
  causes: causes.slice(0, through + 1),
  places: places.slice(0, through + 1),
})
