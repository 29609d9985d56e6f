// What suites of simulated katas are written with: runs clusters at a distance, holds their histories against what must
// hold, and makes what fails small before anybody has to read it.

import { BrokenPromise, ForNothing } from './broken.ts'
import type { ExploreInput, ReplayInput, ScriptInput, Setup, Simulation, TimedInput, WalkInput } from './simulation.ts'
import { type Remote, SubjectThrew, type Tools } from './suite.ts'
import { type Counts, type History, type Packed, type Step, type Thrown, unpack } from './world/history.ts'
import { type Failing, schedule, shrink, size, thinOut } from './world/shrink.ts'
import { lastStep, storyOfRun, storyOfSteps } from './world/story.ts'
import type { Trace } from './world/trace.ts'

export {
  type Fault,
  type Plan,
  type Profile,
  planFor,
  type Scale,
  type Weather,
  withPartition,
} from './world/faults.ts'
export type { Counts, Entry, History, Step } from './world/history.ts'
export type { Move } from './world/script.ts'

/** Something that must hold and does not. */
export interface Broken {
  /** the entry of the history that shows it; -1: the whole run does */
  readonly entry: number
  readonly expected: string
  readonly got: string
}

/** @param setup which cluster it was */
export type Check<V, M> = (history: History<V, M>, setup: Setup) => Broken | undefined

type Asking = Pick<Tools<unknown>, 'askAll' | 'shrink'>

/** Runs in one request: histories of more would not fit into one answer. */
const BATCH = 40
const TIMED_BATCH = 6
/** A failure found by chance shrinks to what it happens to hold: the best of a few is near the best there is. */
const FAILURES = 8
/** Steps replayed to shrink one failure: about an eighth of a second. */
const MAX_REPLAYED = 25_000
const MAX_TIMED_RUNS = 60

/** Which of many runs break which of several rules, and what was counted over all of them. */
export interface Survey {
  /** by rule: places of the inputs */
  readonly failing: Readonly<Record<string, readonly number[]>>
  readonly tally: Tally
}

/** Runs all of them, and holds each against every rule: so that what is dear is done once for several promises. */
export async function survey<Input extends Setup, V, M>(
  asking: Asking,
  operation: Remote<Input, Packed<V, M>>,
  inputs: readonly Input[],
  rules: Readonly<Record<string, Check<V, M>>>,
  batch = BATCH,
): Promise<Survey> {
  const tally = newTally()
  const failing: Record<string, number[]> = Object.fromEntries(Object.keys(rules).map((rule) => [rule, []]))
  for (let at = 0; at < inputs.length; at += batch)
    for (const [i, history] of (await askAll(asking, operation, inputs.slice(at, at + batch))).entries()) {
      tally.add(history.counts)
      for (const [rule, check] of Object.entries(rules))
        if (seenIn(history, check, inputs[at + i] as Input) !== undefined) failing[rule]?.push(at + i)
    }
  return { failing, tally }
}

export interface Walks<V, M> {
  readonly walk: Remote<WalkInput, Packed<V, M>>
  readonly replay: Remote<ReplayInput, Packed<V, M>>
  readonly inputs: readonly WalkInput[]
  readonly check: Check<V, M>
}

/**
 * Walks, in no time and any order. @returns what was counted, for the suite to see that it was not all for nothing
 * @throws {BrokenPromise} with the smallest schedule found
 */
export async function everyWalk<V, M>(asking: Asking, walks: Walks<V, M>): Promise<Tally> {
  const { failing, tally } = await survey(asking, walks.walk, walks.inputs, { check: walks.check })
  await noWalk(asking, walks, failing['check'] ?? [])
  return tally
}

/** @param failing places of inputs that are known to fail. @throws {BrokenPromise} where there are any */
export async function noWalk<V, M>(asking: Asking, walks: Walks<V, M>, failing: readonly number[]): Promise<void> {
  const { walk, replay, inputs, check } = walks
  let best: { failing: Failing<Seen>; input: WalkInput } | undefined
  for (const place of failing.slice(0, asking.shrink ? FAILURES : 1)) {
    const input = inputs[place] as WalkInput
    const [whole] = await askAll(asking, walk, [{ ...input, wants: { steps: true } }])
    const first = failingIn(whole as History<V, M>, check, input)
    if (first === undefined) throw new Error('the same walk came out differently: the world is not deterministic')
    if (!asking.shrink) throw errorOf(first.broken, [`a walk of ${input.nodes} nodes`], undefined)
    const small = await shrink(first, attemptWith(asking, replay, check, stageOf(input)), MAX_REPLAYED)
    if (best === undefined || size(small) < size(best.failing)) best = { failing: small, input }
  }
  if (best !== undefined) throw await broken(asking, replay, stageOf(best.input), best.failing)
}

/** @typeParam Input schedules found in another way are held against what must hold just the same */
export interface Scripts<V, M, Input extends Stage = ScriptInput> {
  readonly script: Remote<Input, Packed<V, M>>
  readonly replay: Remote<ReplayInput, Packed<V, M>>
  readonly inputs: readonly Input[]
  readonly check: Check<V, M>
}

/**
 * Schedules written by hand. A check that says nothing of `stuckAt` takes no offence where a move could not be made.
 * @throws {BrokenPromise} for the first that does not hold, without what it can do without
 */
export async function everyScript<V, M, Input extends Stage = ScriptInput>(
  asking: Asking,
  given: Scripts<V, M, Input>,
): Promise<Tally> {
  const { script, replay, inputs, check } = given
  const tally = newTally()
  for (const [i, history] of (await askAll(asking, script, inputs)).entries()) {
    tally.add(history.counts)
    const failing = failingIn(history, check, inputs[i] as Input)
    if (failing === undefined) continue
    const stage = stageOf(inputs[i] as Input)
    // What shows that a move could not be made is the whole of it: without it, others could not be made either.
    const shrinks = asking.shrink && history.stuckAt === undefined
    const small = shrinks ? await shrink(failing, attemptWith(asking, replay, check, stage), MAX_REPLAYED) : failing
    throw await broken(asking, replay, stage, small)
  }
  return tally
}

export interface Schedules<V, M> {
  readonly explore: Remote<ExploreInput, ReturnType<Simulation<M, V>['explore']>>
  readonly replay: Remote<ReplayInput, Packed<V, M>>
  readonly input: ExploreInput
  readonly check: Check<V, M>
}

/** Which rules some schedule of a small cluster breaks, of how many states, and whether those were all. */
export async function surveySchedules<V, M>(
  { explore, input }: Omit<Schedules<V, M>, 'check' | 'replay'>,
  rules: Readonly<Record<string, Check<V, M>>>,
): Promise<{ readonly broken: readonly string[]; readonly states: number; readonly complete: boolean }> {
  const { ends, states, complete } = await explore(input)
  const histories = ends.map(unpack)
  const broken = Object.entries(rules).flatMap(([rule, check]) =>
    histories.some((history) => seenIn(history, check, input) !== undefined) ? [rule] : [],
  )
  return { broken, states, complete }
}

/**
 * Every schedule of a small cluster.
 * @throws {BrokenPromise} with the shortest one that does not hold; {Error}, our own fault, if not all of them were tried
 */
export async function everySchedule<V, M>(
  asking: Asking,
  { explore, replay, input, check }: Schedules<V, M>,
): Promise<void> {
  const { ends, complete } = await explore(input)
  if (!complete) throw new Error(`There are more than ${input.most} states: the exploration proves nothing.`)
  let best: Failing<Seen> | undefined
  for (const end of ends) {
    const failing = failingIn(unpack(end), check, input)
    if (failing !== undefined && (best === undefined || size(failing) < size(best))) best = failing
  }
  if (best === undefined) return
  const stage = stageOf(input)
  const small = asking.shrink ? await shrink(best, attemptWith(asking, replay, check, stage), MAX_REPLAYED) : best
  throw await broken(asking, replay, stage, small)
}

export interface Runs<V, M> {
  readonly timed: Remote<TimedInput, Packed<V, M>>
  readonly inputs: readonly TimedInput[]
  readonly check: Check<V, M>
  /** what is worth a line of the story, of what a node shows */
  readonly tellView: (view: V, node: string) => string | undefined
}

/** Runs by the clock, the first one twice: it has to come out the same. @throws {BrokenPromise} with the fewest faults found */
export async function everyRun<V, M>(asking: Asking, runs: Runs<V, M>): Promise<Tally> {
  await isRepeatable(asking, runs.timed, runs.inputs[0])
  const { failing, tally } = await survey(asking, runs.timed, runs.inputs, { check: runs.check }, TIMED_BATCH)
  await noRun(asking, runs, failing['check'] ?? [])
  return tally
}

/** Runs one input twice. @throws {Error} our own fault, where it comes out differently */
export async function isRepeatable<V, M>(
  asking: Asking,
  timed: Remote<TimedInput, Packed<V, M>>,
  input: TimedInput | undefined,
): Promise<void> {
  if (input === undefined) return
  const [one, other] = await askAll(asking, timed, [input, input])
  if (one?.hash !== other?.hash) throw new Error('the same run came out differently: the world is not deterministic')
}

/** @param failing places of inputs that are known to fail. @throws {BrokenPromise} where there are any */
export async function noRun<V, M>(asking: Asking, runs: Runs<V, M>, failing: readonly number[]): Promise<void> {
  const { timed, inputs, check, tellView } = runs
  const [place] = failing
  if (place === undefined) return
  const input = inputs[place] as TimedInput
  const [history] = await askAll(asking, timed, [{ ...input, wants: { deviations: true } }])
  const seen = history === undefined ? undefined : seenIn(history, check, input)
  if (history === undefined || seen === undefined)
    throw new Error('the same run came out differently: the world is not deterministic')
  const tell = (of: History<V, M>, { entry }: Seen) => storyOfRun(of, tellView, of.entries[entry]?.[1])
  if (!asking.shrink) throw errorOf(seen, tell(history, seen), undefined)
  const names = history.deviations ?? []
  const spared = (kept: readonly number[]) => names.filter((name) => !kept.includes(name))
  const attempt = async (candidates: readonly (readonly number[])[]) => {
    const thinner = candidates.map((kept) => ({ ...input, spared: spared(kept) }))
    return (await askAll(asking, timed, thinner)).map((one) => isSame(seen, seenIn(one, check, input)))
  }
  const kept = await thinOut(names, attempt, MAX_TIMED_RUNS)
  const [last] = await askAll(asking, timed, [{ ...input, spared: spared(kept), traced: true }])
  const small = last === undefined ? undefined : seenIn(last, check, input)
  if (last === undefined || small === undefined) throw errorOf(seen, tell(history, seen), undefined)
  throw errorOf(small, tell(last, small), traceUntil(last, small))
}

/** A trace of minutes is mostly after the fact: it ends where it was seen. */
function traceUntil({ trace, entries }: History, seen: Seen): Trace | undefined {
  if (trace === undefined) return undefined
  const at = seen.entry < 0 ? Number.POSITIVE_INFINITY : (entries[seen.entry]?.[1] ?? 0)
  const events = trace.events.filter((event) => event.at <= at)
  if (events.length === 0) return undefined
  return { ...trace, events, broken: { event: lastStep({ ...trace, events }), what: brokenWords(seen) } }
}

async function askAll<Input, V, M>(
  asking: Asking,
  operation: Remote<Input, Packed<V, M>>,
  inputs: readonly Input[],
): Promise<History<V, M>[]> {
  return (await asking.askAll(operation, inputs)).map(unpack)
}

// ---- what was seen -----------------------------------------------------------------------------------------------

type Seen = Broken & { readonly threw?: Thrown }

function seenIn<V, M>(history: History<V, M>, check: Check<V, M>, setup: Setup): Seen | undefined {
  const { threw } = history
  if (threw === undefined) {
    try {
      return check(history, setup)
    } catch (error) {
      // A TypeError met a message or a view of another shape than the types say: as with any answer (see forAll).
      if (!(error instanceof TypeError)) throw error
      return { entry: -1, expected: 'messages, views and writes of the agreed shape', got: 'others' }
    }
  }
  // It is told as what it threw; the last entry is where it did.
  return { entry: -1, expected: 'no error', got: `${threw.name}: ${threw.message}`, threw }
}

const isSame = (a: Seen, b: Seen | undefined): boolean =>
  b !== undefined && (a.threw === undefined ? b.threw === undefined : b.threw?.message === a.threw.message)

function failingIn<V, M>(history: History<V, M>, check: Check<V, M>, setup: Setup): Failing<Seen> | undefined {
  const seen = seenIn(history, check, setup)
  if (seen === undefined) return undefined
  const steps = history.steps?.length ?? 0
  const through = seen.entry < 0 ? steps - 1 : (history.entries[seen.entry]?.[0] ?? steps - 1)
  return { ...schedule(history, through), broken: seen }
}

/** A cluster and what clients ask of it: all of a replay but its steps. */
type Stage = Omit<ReplayInput, 'steps'>

function stageOf({ nodes, seed, peers, clients, disks, commands, keepsAll }: Stage): Stage {
  return {
    nodes,
    seed,
    ...(peers === undefined ? {} : { peers }),
    ...(clients === undefined ? {} : { clients }),
    ...(disks === undefined ? {} : { disks }),
    ...(commands === undefined ? {} : { commands }),
    ...(keepsAll === undefined ? {} : { keepsAll }),
  }
}

function attemptWith<V, M>(
  asking: Asking,
  replay: Remote<ReplayInput, Packed<V, M>>,
  check: Check<V, M>,
  stage: Stage,
) {
  return async (schedules: readonly (readonly Step[])[]) => {
    const inputs = schedules.map((steps) => ({ ...stage, steps }))
    const histories = await askAll(asking, replay, inputs)
    return histories.map((history) => failingIn(history, check, stage))
  }
}

async function broken<V, M>(
  asking: Asking,
  replay: Remote<ReplayInput, Packed<V, M>>,
  stage: Stage,
  { steps, broken }: Failing<Seen>,
): Promise<Error> {
  const [last] = await askAll(asking, replay, [{ ...stage, steps, traced: true }])
  const trace = last?.trace
  if (trace === undefined) return errorOf(broken, [], undefined)
  const event = lastStep(trace)
  return errorOf(broken, storyOfSteps(trace), { ...trace, broken: { event, what: brokenWords(broken) } })
}

const brokenWords = ({ got }: Seen): string => got

function errorOf(seen: Seen, story: readonly string[], trace: Trace | undefined): Error {
  if (seen.threw !== undefined) return new SubjectThrew({ kind: 'threw', ...seen.threw }, story)
  return new BrokenPromise(story, seen.expected, seen.got, trace)
}

// ---- not for nothing ---------------------------------------------------------------------------------------------

export interface Tally {
  readonly counts: Readonly<Record<keyof Omit<Counts, 'byKind'>, number>>
  add(counts: Counts): void
}

function newTally(): Tally {
  const { byKind: _, ...counts } = {
    steps: 0,
    sent: 0,
    bytes: 0,
    delivered: 0,
    repeated: 0,
    lost: 0,
    timers: 0,
    crashes: 0,
    cuts: 0,
    unsynced: 0,
    partitions: 0,
    byKind: 0,
  }
  return {
    counts,
    add(more) {
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += more[key]
    },
  }
}

/**
 * Holds that the world did what the suite set out to do: a run in which nothing was lost proves nothing about loss.
 * @throws {ForNothing}
 */
export function mustHaveSeen({ counts }: Tally, ...what: (keyof Tally['counts'])[]): void {
  for (const one of what) if (counts[one] === 0) throw new ForNothing(`The runs were for nothing: ${one} is 0.`)
}
