// What a submission costs, budget by budget. Each kind is measured in a process with flags of its own, on code made ready
// for it; raw figures come back and are judged here. Nothing of this depends on how busy the machine is, so that the
// processes run side by side.

import { type Budget, type Growth, type Kind, kindOf } from '../../../graders/kit/budget.ts'
import type { Isolation } from '../../sandbox/isolation.ts'
import type { Modules } from '../../sandbox/prepare.ts'
import type { Profile } from '../../sandbox/profile.ts'
import type { Threw } from '../../sandbox/protocol.ts'
import { type Deadlines, type Death, openSession, type Session } from '../../sandbox/session.ts'
import { steppingAside } from '../../sandbox/step-aside.ts'
import { variantFor } from '../../sandbox/variants.ts'
import { bytesOf, explained, judgeBytesPerCall, judgeBytesPerEntry } from './bytes.ts'
import { limitOf } from './limits.ts'
import { judgeQuality } from './quality.ts'
import { middleOf, oneMoreSize, otherSeeds } from './second-look.ts'
import { judgeSharedCacheLines } from './shared-cache-lines.ts'
import type { Spent } from './spent.ts'
import { type Answers, DEFAULT_SIZES, judgeSteps, type StepsVerdict } from './steps.ts'

/** A submission that keeps its promises, ready to be measured. */
export interface Measurable {
  readonly url: string
  /** JavaScript without a gauge */
  readonly script: string
}

export interface Course {
  /** the kit's side, loaded before the realm is closed */
  readonly kit: Modules
  /** the kata's `budgets.ts` */
  readonly budgets: { readonly url: string; readonly modules: Modules }
  readonly isolation?: Isolation
  /** steps a call of the reference at the largest size, by budget: where its author has counted them */
  readonly spends?: ReadonlyMap<string, number>
}

/** What became of one budget; or of the submission, while it was measured. */
export type Measured =
  | { readonly spent: Spent; readonly steps?: CountedSteps }
  | { readonly budget: string; readonly death: Death }
  /** its answers are not the reference's where the contract leaves no choice: fast by being wrong */
  | { readonly budget: string; readonly differs: string }

/** Beside what is told of a budget of steps: what the verdict is about, and all that was counted. */
export type CountedSteps = Pick<StepsVerdict, 'part' | 'at' | 'counted'>

type MeasuringProfile = Exclude<Profile, 'suite' | 'work'>

const PROFILES: Record<Exclude<Kind, 'throughput'>, MeasuringProfile> = {
  steps: 'steps',
  bytesPerCall: 'bytes',
  bytesPerEntry: 'bytes',
  sharedCacheLines: 'threads',
  quality: 'bytes',
}

/** In which order a learner should hear of them. */
const ORDER: readonly MeasuringProfile[] = ['steps', 'threads', 'bytes', 'allocations']

export interface MeasureOptions {
  /** go on after the first budget that is not kept: for who wants to see everything, and has the time. What is far too
   * dear in one way is often slow to measure in all the others. */
  readonly everything?: boolean
  /** run what makes too much garbage once more, to tell on which lines: unless told not to */
  readonly isExplained?: boolean
  /** subjects that were opened ahead of need; those that are used are taken out */
  readonly spares?: Spare[]
  /** for a test that cannot wait for what takes too long */
  readonly deadlines?: Deadlines
}

export interface Spare {
  readonly profile: MeasuringProfile
  readonly session: Session
}

/** The processes that measuring these budgets begins with; each takes 50 ms to start. */
export const openSpares = (course: Course, budgets: readonly Budget[]): Spare[] =>
  ORDER.filter((profile) => indicesFor(profile, budgets).length > 0).map((profile) => ({
    profile,
    session: openSession(course.kit, undefined, profile, course.isolation),
  }))

/**
 * Measures the budgets that judge (not throughput, see race.ts).
 * @param answers the reference's, by budget, where the contract leaves no choice
 * @returns in the order of the budgets; none after the first that is not kept, unless everything is wanted
 */
export async function measure(
  course: Course,
  budgets: readonly Budget[],
  submission: Measurable,
  answers: Promise<ReadonlyMap<number, Answers>>,
  seed: number,
  { everything = false, isExplained = true, spares = [], deadlines }: MeasureOptions = {},
): Promise<Measured[]> {
  const measured = new Map<number, Measured>()
  const raws = new Map<number, unknown>()
  const again = (index: number) => () => {
    const before = indicesFor('steps', budgets).filter((earlier) => earlier < index)
    return countedAgain(course, budgets, submission, { index, before }, seed, deadlines)
  }
  // The groups run side by side; one that comes after a group with a finding is ended, and whatever it has found by then
  // is dropped, so that the result does not hang on who was faster.
  const groups = ORDER.map((profile) => ({ profile, indices: indicesFor(profile, budgets) }))
    .filter(({ indices }) => indices.length > 0)
    .map((group) => ({ ...group, subject: reopening(course, submission, group.profile, spares, deadlines) }))
  let last = groups.length
  try {
    await Promise.all(
      groups.map(async ({ indices, subject }, rank) => {
        for (const index of indices) {
          const raw = await subject.measure(index, seed)
          if ('raw' in raw) raws.set(index, raw.raw)
          if (rank > last) return
          const budget = budgets[index] as Budget
          const one =
            'steps' in budget && 'raw' in raw
              ? await judgedSteps(
                  budget,
                  raw.raw,
                  (await answers).get(index),
                  course.spends?.get(budget.name),
                  again(index),
                )
              : judged(budget, raw)
          if (rank > last) return
          measured.set(index, one)
          if (everything || isKept(one)) continue
          last = Math.min(last, rank)
          for (const { subject: later } of groups.slice(rank + 1)) later.close()
          return
        }
      }),
    )
  } finally {
    for (const { subject } of groups) subject.close()
  }
  const counted = groups.slice(0, last + 1).flatMap(({ indices }) => indices)
  if (isExplained) await explainBytes(course, submission, measured, raws, seed)
  return budgets.flatMap((_, index) => (counted.includes(index) ? (measured.get(index) ?? []) : []))
}

const isKept = (one: Measured): boolean => 'spent' in one && one.spent.kept

const indicesFor = (profile: MeasuringProfile, budgets: readonly Budget[]): number[] =>
  budgets.flatMap((budget, index) => {
    const kind = kindOf(budget)
    return kind !== 'throughput' && PROFILES[kind] === profile ? [index] : []
  })

/** Says of bytes that are too many on which lines they are made. */
async function explainBytes(
  course: Course,
  submission: Measurable,
  measured: Map<number, Measured>,
  raws: ReadonlyMap<number, unknown>,
  seed: number,
): Promise<void> {
  const dear = [...measured].flatMap(([index, one]) =>
    'spent' in one && one.spent.kind === 'bytesPerCall' && !one.spent.kept ? [{ index, spent: one.spent }] : [],
  )
  if (dear.length === 0) return
  const subject = reopening(course, submission, 'allocations')
  for (const { index, spent } of dear) {
    const came = await subject.measure(index, seed)
    // It explains a figure that stands without it.
    if ('raw' in came) measured.set(index, { spent: explained(spent, came.raw, bytesOf(raws.get(index))) })
  }
  subject.close()
}

type Raw = { raw: unknown } | { threw: Threw } | { death: Death }

/** A subject that is opened again where a measurement has ended it: each budget is judged by itself. */
function reopening(
  course: Course,
  submission: Measurable,
  profile: MeasuringProfile,
  spares: Spare[] = [],
  deadlines?: Deadlines,
) {
  const open = () => openSession(course.kit, undefined, profile, course.isolation, deadlines)
  const script = variantFor(profile, submission)
  let session: Session | undefined
  let closed = false
  return {
    async measure(index: number, seed: number, sizes?: readonly number[]): Promise<Raw> {
      if (closed) return { death: { cause: 'judge-error', why: 'It is not measured any more.' } }
      if (session === undefined) {
        const at = spares.findIndex((spare) => spare.profile === profile)
        session = spares.splice(at, at < 0 ? 0 : 1)[0]?.session ?? open()
        // What our own side does beside the submission's work is not the submission's.
        const driver = profile === 'steps' ? steppingAside(course.budgets) : course.budgets
        const one = { url: submission.url, modules: script, driver }
        let loaded = await session.load(one)
        // One that waited ahead of need may have been ended by anybody, with nothing of the learner's in it: another.
        if (!loaded.alive && loaded.death.cause === 'judge-error' && !closed) {
          session = open()
          loaded = await session.load(one)
        }
        if (!loaded.alive) return lost(loaded.death)
        if ('threw' in loaded) return { threw: loaded.threw }
      }
      const answer = await session.measure(index, sizes === undefined ? { seed } : { seed, sizes })
      if (!answer.alive) return lost(answer.death)
      const [late] = answer.aftermath.late
      return late === undefined ? answer : { threw: late }
    },
    close() {
      closed = true
      session?.kill()
    },
  }

  function lost(death: Death): Raw {
    session = undefined
    return { death }
  }
}

/**
 * The counts of one budget for other inputs, each by a process of its own; none after one that has not come to its end.
 * @param before budgets that the first process had gone through by then: this one is to look the same from within
 */
async function countedAgain(
  course: Course,
  budgets: readonly Budget[],
  submission: Measurable,
  { index, before }: { readonly index: number; readonly before: readonly number[] },
  seed: number,
  deadlines?: Deadlines,
): Promise<Raw[]> {
  const { sizes = DEFAULT_SIZES } = budgets[index] as StepsBudget
  const came: Raw[] = []
  for (const other of otherSeeds(seed)) {
    const subject = reopening(course, submission, 'steps', [], deadlines)
    for (const earlier of before) await subject.measure(earlier, seed)
    came.push(await subject.measure(index, other, oneMoreSize(sizes)))
    subject.close()
    if (!('raw' in (came.at(-1) as Raw))) break
  }
  return came
}

type StepsBudget = Extract<Budget, { steps: Growth }>

function judged(budget: Budget, came: Raw): Measured {
  const { name } = budget
  const kind = kindOf(budget)
  const over = (got: string, trouble: string): Measured => ({
    spent: { budget: name, kind, kept: false, limit: limitOf(budget), got, trouble },
  })
  if ('death' in came) return lostTo(came.death)
  if ('threw' in came) {
    const { name: error, message, line } = came.threw
    const why = `${error}: ${message}, while "${name}" was measured`
    return { budget: name, death: { cause: 'crashed', why, ...(line === undefined ? {} : { line }) } }
  }
  const spent = figures(budget, came.raw)
  if (spent === undefined)
    return { budget: name, death: { cause: 'tampered', why: `It said what no probe says of "${name}".` } }
  return { spent: { budget: name, kind, ...spent } }

  /**
   * It keeps its promises and did not live through this. What it ran out of is a finding about it where that was counted;
   * what was not counted is told with the budget's name.
   */
  function lostTo(death: Death): Measured {
    const isOutOfFuel = death.cause === 'timed-out' && death.at === undefined && death.line !== undefined
    if (isOutOfFuel && kind === 'steps') return over('more steps than are counted', death.why)
    const isOutOfMemory = death.cause === 'crashed' && death.of === 'memory'
    if (isOutOfMemory && (kind === 'bytesPerCall' || kind === 'bytesPerEntry'))
      return over('more memory than is counted', death.why)
    if (death.cause === 'judge-error' || death.cause === 'tampered') return { budget: name, death }
    return { budget: name, death: { ...death, why: `${death.why} (While "${name}" was measured.)` } }
  }
}

async function judgedSteps(
  budget: StepsBudget,
  raw: unknown,
  answers: Answers | undefined,
  spends: number | undefined,
  again: () => Promise<Raw[]>,
): Promise<Measured> {
  const { name } = budget
  const verdict = judgeSteps(budget, raw, answers, spends)
  if (verdict === undefined)
    return { budget: name, death: { cause: 'tampered', why: `It said what no probe says of "${name}".` } }
  if (verdict.isClose !== true || verdict.wrongAnswer !== undefined) return toldSteps(budget, verdict)
  const came = await again()
  const raws = came.flatMap((one) => ('raw' in one ? [one.raw] : []))
  const dead = came.find((one) => !('raw' in one))
  if (dead !== undefined) {
    // Whatever it does not live through at a size four times as large: it is as dear as it was taken for.
    const end = judged(budget, dead)
    const isOurs = 'death' in end && (end.death.cause === 'judge-error' || end.death.cause === 'tampered')
    return isOurs ? end : toldSteps(budget, verdict)
  }
  const middle = middleOf(raws)
  return toldSteps(budget, (middle && judgeSteps(budget, raw, answers, spends, middle)) ?? verdict)
}

function toldSteps(budget: StepsBudget, verdict: StepsVerdict): Measured {
  const { name } = budget
  const { part, at, counted, wrongAnswer, isClose: _, ...spent } = verdict
  if (spent.trouble !== undefined)
    return { budget: name, death: { cause: 'crashed', why: `While "${name}" was counted: ${spent.trouble}` } }
  if (wrongAnswer !== undefined) {
    const { n, call, got, expected } = wrongAnswer
    const where = `At n = ${n.toLocaleString('en-US')}, call ${(call + 1).toLocaleString('en-US')}`
    return { budget: name, differs: `${where} answers ${got} and not ${expected}. (While "${name}" was counted.)` }
  }
  const isGrowth = part === 'steps' || part === 'worstCall' || part === 'setUp'
  const unit = isGrowth ? ` ${spent.series?.unit}` : ''
  const limit = spent.kept ? limitOf(budget) : `${spent.limit}${unit}`
  return {
    spent: { budget: name, kind: 'steps', ...spent, limit, got: `${spent.got}${unit}` },
    steps: { part, ...(at === undefined ? {} : { at }), ...(counted === undefined ? {} : { counted }) },
  }
}

function figures(budget: Budget, raw: unknown): Omit<Spent, 'budget' | 'kind'> | undefined {
  if ('bytesPerCall' in budget) return judgeBytesPerCall(budget, raw)
  if ('bytesPerEntry' in budget) return judgeBytesPerEntry(budget, raw)
  if ('sharedCacheLines' in budget) return judgeSharedCacheLines(budget, raw)
  if ('quality' in budget) return judgeQuality(budget, raw)
  throw new Error(`"${budget.name}" is not measured by counting.`)
}
