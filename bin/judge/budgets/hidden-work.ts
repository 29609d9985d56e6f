// Step counts, held against what no submission can touch: the processor's time, read from outside of its process. Code that
// hides work from the counters (in a pattern that backtracks, in a built-in that is charged too little) takes ever more time
// a call as n grows, while its steps say that it does not. That is no question of fast or slow: a call at a large n is
// compared with a call at a small n of the same code in the same process, and that ratio with the reference's.
//
// Time decides nothing else here, and must never meet an honest submission: processor time and not the clock's, a margin
// that no machine's caches or load come near, and several repeats that all agree.

import { type Budget, GROWTHS, type Growth, kindOf, type StepsBudget } from '../../../graders/kit/budget.ts'
import { openSession, type Session } from '../../sandbox/session.ts'
import { variantFor } from '../../sandbox/variants.ts'
import type { Course, Measurable, Measured } from './measure.ts'
import { DEFAULT_SIZES } from './steps.ts'

/** How many times as large as the largest size that steps are counted at: the first that the reference does quickly. */
const BEYOND = [16, 4] as const
const QUICK_NS = 400e6
/** Calls at the small size at most. */
const SMALL_CALLS = 32_768
const WARM_UP_CALLS = 16_384
/** To begin with, and how many times as many after that. */
const FIRST_CALLS = 64
const MORE_CALLS = 32
/** Processor time that is enough to judge by. */
const ENOUGH_NS = 60e6
/** Quicker than this, a call says nothing. */
const FLOOR_NS = 100
/** Growth beyond what is counted that nobody honest comes near (the course's highest is told by the bench). */
export const MARGIN = 32
/** Processor time beyond the margin that must really have been spent. */
const MIN_EXCESS_NS = 50e6
const REPEATS = 3

/** Processor time a call, in nanoseconds. */
interface Work {
  readonly small: number
  readonly large: number
  /** how many calls that was, at the large size */
  readonly calls: number
}

interface Reference {
  readonly work: Work
  readonly sizes: readonly [small: number, large: number]
}

export interface Growths {
  readonly budget: string
  /** of the submission, by repeat: growth of its time beyond the growth of its steps and of the reference's time */
  readonly beyond: readonly number[]
  readonly work: Work
  readonly reference: Work
  readonly counted: Growth
  readonly sizes: readonly [small: number, large: number]
  readonly excessNs: number
}

export interface Auditor {
  /**
   * @param measured of the same submission: how its steps were counted to grow
   * @param repeats `all`: also where the first of them finds nothing
   */
  growths(submission: Measurable, measured: readonly Measured[], seed: number, repeats?: 'all'): Promise<Growths[]>
  /** What `tampered` is said by. */
  audit(submission: Measurable, measured: readonly Measured[], seed: number): Promise<Measured[]>
}

/** @param reference what is known to hide nothing; measured once, and only when it is needed */
export function auditor(course: Course, budgets: readonly Budget[], reference: Measurable): Auditor {
  const known = new Map<number, Promise<Reference | undefined>>()
  const referenceOf = (index: number, steps: StepsBudget, seed: number) => {
    const found = known.get(index) ?? measureReference(index, steps, seed)
    known.set(index, found)
    return found
  }
  async function measureReference(index: number, steps: StepsBudget, seed: number): Promise<Reference | undefined> {
    const own = steps.sizes ?? DEFAULT_SIZES
    for (const beyond of BEYOND) {
      const sizes = [own[0] ?? 64, beyond * (own.at(-1) ?? 1_024)] as const
      const found = await withSession(course, reference, async (session) => {
        const work = await workOf(session, budgets, index, sizes, seed, () => 0)
        return work && { work, sizes, isQuick: (session.cpuNs() ?? 0) < QUICK_NS }
      })
      if (found !== undefined && (found.isQuick || beyond === BEYOND.at(-1))) return found
    }
    // What the reference itself cannot do at such a size says nothing about anybody.
    return undefined
  }

  async function growths(
    submission: Measurable,
    measured: readonly Measured[],
    seed: number,
    repeats?: 'all',
  ): Promise<Growths[]> {
    const all: Growths[] = []
    for (const [index, budget] of budgets.entries()) {
      if (kindOf(budget) !== 'steps') continue
      const steps = budget as Budget & StepsBudget
      const spent = measured.flatMap((one) =>
        'spent' in one && one.spent.budget === budget.name ? [one.spent] : [],
      )[0]
      if (spent === undefined) continue
      const counted = dearer(steps.steps, GROWTHS.find((growth) => spent.got.startsWith(`${growth} `)) ?? 'O(1)')
      const known = await referenceOf(index, steps, seed)
      if (known === undefined) continue
      const { work: theirs, sizes } = known
      const expected = growthOf(counted, sizes) * Math.max(1, growth(theirs) / growthOf(steps.steps, sizes))
      const limitNs = (smallNs: number) => MARGIN * expected * Math.max(FLOOR_NS, smallNs)
      const beyond: number[] = []
      let last: Work | undefined
      let excessNs = Number.POSITIVE_INFINITY
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const work = await withSession(course, submission, (session) =>
          workOf(session, budgets, index, sizes, seed + repeat, limitNs),
        )
        if (work === undefined) break
        last = work
        beyond.push(growth(work) / expected)
        excessNs = Math.min(excessNs, (work.large - limitNs(work.small)) * work.calls)
        if (repeats !== 'all' && !isBeyond(beyond, excessNs)) break
      }
      if (last === undefined) continue
      all.push({ budget: budget.name, beyond, work: last, reference: theirs, counted, sizes, excessNs })
    }
    return all
  }

  return {
    growths,
    async audit(submission, measured, seed) {
      return (await growths(submission, measured, seed)).flatMap((found): Measured[] =>
        found.beyond.length === REPEATS && isBeyond(found.beyond, found.excessNs)
          ? [{ budget: found.budget, death: { cause: 'tampered', why: told(found) } }]
          : [],
      )
    },
  }
}

const isBeyond = (beyond: readonly number[], excessNs: number): boolean =>
  beyond.every((one) => one >= MARGIN) && excessNs >= MIN_EXCESS_NS

const growth = ({ small, large }: Work): number => Math.max(FLOOR_NS, large) / Math.max(FLOOR_NS, small)

const CURVES: Record<Growth, (n: number) => number> = {
  'O(1)': () => 1,
  'O(log n)': Math.log2,
  'O(√n)': Math.sqrt,
  'O(n)': (n) => n,
  'O(n log n)': (n) => n * Math.log2(n),
  'O(n²)': (n) => n * n,
}
const growthOf = (counted: Growth, [small, large]: readonly [number, number]): number =>
  CURVES[counted](large) / CURVES[counted](small)
const dearer = (one: Growth, other: Growth): Growth => (GROWTHS.indexOf(one) > GROWTHS.indexOf(other) ? one : other)

function told({ budget, beyond, work, reference, counted, sizes: [small, large] }: Growths): string {
  const us = (ns: number) => `${Number((ns / 1000).toPrecision(2))} µs`
  const times = (of: Work) => `${Math.round(growth(of)).toLocaleString('en-US')} times`
  return (
    `It hides work from the counters: "${budget}" was counted as ${counted}, but a call at n = ${large.toLocaleString('en-US')} ` +
    `takes ${times(work)} the processor time of a call at n = ${small} (${us(work.large)} against ${us(work.small)}; ` +
    `the reference's ${times(reference)}). ${beyond.length} of ${beyond.length} repeats agree.`
  )
}

async function withSession<T>(
  course: Course,
  submission: Measurable,
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const session = openSession(course.kit, undefined, 'work', course.isolation)
  try {
    const modules = variantFor('work', submission)
    const loaded = await session.load({ url: submission.url, modules, driver: course.budgets })
    return loaded.alive && !('threw' in loaded) ? await use(session) : undefined
  } finally {
    session.kill()
  }
}

/**
 * @param limitNs what a call at the large size may take, by what one at the small size takes: so many calls are made that
 * it shows on which side of it they are
 * @returns undefined where it cannot be measured: it throws, it ends, the system tells no times
 */
async function workOf(
  session: Session,
  budgets: readonly Budget[],
  index: number,
  [small, large]: readonly [number, number],
  seed: number,
  limitNs: (smallNs: number) => number,
): Promise<Work | undefined> {
  const { calls: callsAt } = budgets[index] as Budget & StepsBudget
  const callsOf = (n: number) => callsAt?.(n) ?? 2 * n
  const spent = async (n: number, calls: number, times: number): Promise<number | undefined> => {
    const before = session.cpuNs()
    const came = await session.measure(index, { seed, n, calls, times })
    // Ended by the clock, it has spent at least that.
    if (!came.alive) return came.death.cause === 'timed-out' && calls > 0 ? session.cpuMs() * 1e6 : undefined
    const after = session.cpuNs()
    if (!('raw' in came) || (came.raw as { made?: unknown } | null)?.made !== calls * times) return undefined
    return before === undefined || after === undefined ? undefined : after - before
  }
  /**
   * Ever more calls, until there is enough to judge by: what is dear shows soon, and all calls of that would take minutes.
   * Set-up is taken off where it could pass for work of the calls. At the small size it is left in: taking it off would
   * leave mostly noise, and so the growth can only come out as less than it is.
   */
  const perCall = async (
    n: number,
    most: number,
    takesOff: boolean,
    inOne = callsOf(n),
    mayTakeNs = 0,
  ): Promise<{ ns: number; calls: number } | undefined> => {
    for (let calls = Math.min(FIRST_CALLS, most); ; calls = Math.min(most, calls * MORE_CALLS)) {
      const times = Math.ceil(calls / inOne)
      const each = Math.min(calls, inOne)
      const setUp = takesOff ? await spent(n, 0, times) : 0
      const all = setUp === undefined ? undefined : await spent(n, each, times)
      if (all === undefined || setUp === undefined) return undefined
      const ns = Math.max(0, all - setUp)
      const excessNs = ns - mayTakeNs * each * times
      const decides = excessNs <= 0 || excessNs >= MIN_EXCESS_NS
      if ((ns >= ENOUGH_NS && decides) || calls >= most) return { ns: ns / (each * times), calls: each * times }
    }
  }
  // Many calls after one set-up, which then weighs little; or, where a budget has no so many to make, many set-ups.
  // Once more, to teach the optimiser first: what is slow at the small size hides what is slow at the large one.
  if ((await spent(small, callsOf(small), Math.ceil(WARM_UP_CALLS / callsOf(small)))) === undefined) return undefined
  const atSmall = (await perCall(small, SMALL_CALLS, false, SMALL_CALLS)) ?? (await perCall(small, SMALL_CALLS, false))
  const atLarge = atSmall && (await perCall(large, callsOf(large), true, callsOf(large), limitNs(atSmall.ns)))
  return atLarge && { small: atSmall.ns, large: atLarge.ns, calls: atLarge.calls }
}
