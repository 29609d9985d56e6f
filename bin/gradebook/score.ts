// From raw results to grades: pure, so that a policy can be changed and a class looked at anew without judging anything
// again. The order in which learners, attempts and results are given changes nothing.

import type { Report } from '../judge/report.ts'
import { type Assignment, asItWasAsked } from './assignment.ts'
import { deadlineFor } from './extensions.ts'
import type { GradedKata, Grades, Hundredths, ItemNames, KataGrade, LearnerGrade, Run } from './grades.ts'
import { itemsOf, pointsOf } from './items.ts'
import { credit, lateDays } from './late.ts'
import type { Learner, NotTaken } from './submitted.ts'

export interface Attempt {
  readonly learner: string
  /** slug */
  readonly kata: string
  readonly origin: string
  readonly atMs?: number
  /** the system that took it in says that it was late, and not when it came */
  readonly markedLateBy?: string
  /** when a run first saw it */
  readonly seenMs: number
  /** sha256 of the bytes */
  readonly content: string
  /** tells attempts of one instant apart: the order in which they were first seen */
  readonly order: number
}

/** What is known of one content for one kata. */
export type Outcome =
  | {
      readonly state: 'graded'
      readonly report: Report
      /** of the run that judged it */
      readonly isolation?: Run['isolation']
      /** what its grader asked for, where that is known: that is what it is worth points for */
      readonly items?: ItemNames
      readonly remarks?: readonly string[]
    }
  | { readonly state: 'judge-error'; readonly report: Report }
  | { readonly state: 'pending' }

export interface ClassRecord {
  readonly learners: readonly Learner[]
  readonly attempts: readonly Attempt[]
  readonly notTaken: readonly NotTaken[]
  readonly runs: readonly Run[]
  /** slugs that some intake has asked for; absent where nobody wrote it down */
  readonly lookedFor?: ReadonlySet<string>
  outcomeOf(kata: string, content: string): Outcome
}

const MAX_NAMED = 5

export function scoreClass(assignment: Assignment, katas: readonly GradedKata[], record: ClassRecord): Grades {
  const { learners, attempts, notTaken, runs, lookedFor } = record
  const byLearner = new Map<string, Attempt[]>(learners.map(({ id }) => [id, []]))
  /** by kata and content: who holds it, and from where */
  const holders = new Map<string, Map<string, Set<string>>>()
  for (const attempt of attempts) {
    const { learner, kata, content, origin } = attempt
    if (!katas.some((one) => one.kata === kata)) continue
    byLearner.set(learner, [...(byLearner.get(learner) ?? []), attempt])
    const key = `${kata} ${content}`
    const held = holders.get(key) ?? new Map<string, Set<string>>()
    holders.set(key, held.set(learner, (held.get(learner) ?? new Set()).add(origin)))
  }
  const known = new Map(learners.map((learner) => [learner.id, learner]))
  const { name, deadlineMs } = assignment
  return {
    assignment: { name, ...(deadlineMs === undefined ? {} : { deadlineMs }), katas },
    learners: [...byLearner.keys()].sort(byText).map((id) =>
      learnerGrade({
        assignment,
        katas,
        learner: known.get(id) ?? { id },
        attempts: byLearner.get(id) ?? [],
        notTaken: notTaken.filter(({ learner }) => learner === id),
        wasLookedFor: (kata) => lookedFor?.has(kata) ?? true,
        outcomeOf: record.outcomeOf,
        alike(kata, content) {
          const held = holders.get(`${kata} ${content}`) ?? new Map<string, Set<string>>()
          const own = held.get(id) ?? new Set<string>()
          // Those who handed in together hold one and the same file, which is no copy of itself.
          return [...held]
            .filter(([one, origins]) => one !== id && origins.isDisjointFrom(own))
            .map(([one]) => one)
            .sort(byText)
        },
      }),
    ),
    notTaken,
    runs,
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Case {
  readonly assignment: Assignment
  readonly katas: readonly GradedKata[]
  readonly learner: Learner
  /** all of this learner's */
  readonly attempts: readonly Attempt[]
  /** the same */
  readonly notTaken: readonly NotTaken[]
  wasLookedFor(kata: string): boolean
  outcomeOf: ClassRecord['outcomeOf']
  /** others who handed in the same bytes, and not together with this one */
  alike(kata: string, content: string): readonly string[]
}

/** One attempt at one kata, with all that the policies ask of it. */
interface Candidate {
  readonly attempt: Attempt
  readonly number: number
  readonly outcome: Outcome
  readonly raw: Hundredths
  readonly days: number
}

/** What stands for a kata while its attempts are gone through. */
interface Standing {
  readonly candidate: Candidate
  readonly points: Hundredths
  /** late days that it has used up */
  readonly spent: number
  readonly tooLate: boolean
}

function learnerGrade(given: Case): LearnerGrade {
  const { assignment, katas, learner } = given
  const deadlineMs = deadlineFor(assignment, learner.id)
  const byKata = new Map(katas.map((kata) => [kata.kata, candidatesFor(given, kata, deadlineMs)]))
  const standings = chosen(assignment, [...byKata.values()])
  const grades = katas.map((kata) =>
    kataGrade(given, kata, byKata.get(kata.kata) ?? [], standings.get(kata.kata), deadlineMs),
  )
  const scored = grades.filter(({ points }) => points !== undefined)
  const sum = (of: (grade: KataGrade) => number) => grades.reduce((total, grade) => total + of(grade), 0)
  return {
    learner,
    points: sum(({ points }) => points ?? 0),
    of: sum((grade) => grade.of),
    isComplete: scored.length === grades.length,
    lateDaysUsed: sum(({ late }) => late?.lateDaysUsed ?? 0),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    katas: grades,
  }
}

const timeOf = ({ atMs, seenMs }: Attempt): number => atMs ?? seenMs

const inTime = (a: Attempt, b: Attempt): number =>
  timeOf(a) - timeOf(b) || a.seenMs - b.seenMs || a.order - b.order || byText(a.content, b.content)

function candidatesFor(given: Case, kata: GradedKata, deadlineMs: number | undefined): Candidate[] {
  return given.attempts
    .filter((attempt) => attempt.kata === kata.kata)
    .sort(inTime)
    .map((attempt, i) => {
      const outcome = given.outcomeOf(kata.kata, attempt.content)
      return {
        attempt,
        number: i + 1,
        outcome,
        raw: outcome.state === 'graded' ? pointsOf(itemsOf(askedOf(given, kata, outcome), outcome.report)) : 0,
        days: lateDays(attempt.atMs, deadlineMs),
      }
    })
}

/**
 * Goes through all attempts of a learner in order of time, over all katas, because late days are spent in that order.
 * An attempt that comes too late to be worth anything takes the place of no other but an empty stub: a repository holds
 * that before its owner has begun, and whoever did everything too late is to be told so, and not that nothing was done.
 */
function chosen({ late, attempts }: Assignment, byKata: readonly (readonly Candidate[])[]): Map<string, Standing> {
  const standings = new Map<string, Standing>()
  let daysLeft = late.policy === 'late-days' ? late.bank : 0
  const eligible = byKata.flatMap((all, place) =>
    (attempts === 'first' ? firstOf(all) : all).map((candidate) => ({ candidate, place })),
  )
  eligible.sort((a, b) => timeOf(a.candidate.attempt) - timeOf(b.candidate.attempt) || a.place - b.place)
  for (const { candidate } of eligible) {
    const { kata } = candidate.attempt
    const before = standings.get(kata)
    const spentBefore = before?.spent ?? 0
    const comes = credit(late, candidate.raw, candidate.days, daysLeft + spentBefore)
    const known = candidate.outcome.state === 'graded'
    const replaces =
      before === undefined ||
      (!comes.tooLate && before.tooLate) ||
      (!comes.tooLate && (attempts !== 'best' || (known && isBetter(comes.points, before))))
    const isBegun = known && !isEmptyStub(candidate) && before !== undefined && isEmptyStub(before.candidate)
    if (!replaces && !isBegun) continue
    // A file of which nothing is known spends nothing: it may yet turn out to be worth nothing.
    const spent = !replaces || comes.tooLate || !known ? spentBefore : Math.max(spentBefore, comes.daysSpent)
    daysLeft -= spent - spentBefore
    standings.set(kata, { candidate, points: comes.points, spent, tooLate: comes.tooLate })
  }
  return standings
}

/** What everybody was given is nobody's first attempt, unless it is all there is. */
function firstOf(all: readonly Candidate[]): readonly Candidate[] {
  const begun = all.findIndex((candidate) => !isEmptyStub(candidate))
  return begun < 0 ? all.slice(0, 1) : all.slice(begun, begun + 1)
}

const isEmptyStub = ({ outcome, raw }: Candidate): boolean =>
  outcome.state === 'graded' && outcome.report.verdict === 'todo' && raw === 0

const isBetter = (points: Hundredths, { candidate, points: before }: Standing): boolean =>
  points > before || candidate.outcome.state !== 'graded'

function kataGrade(
  given: Case,
  kata: GradedKata,
  candidates: readonly Candidate[],
  standing: Standing | undefined,
  deadlineMs: number | undefined,
): KataGrade {
  const base = { kata: kata.kata, of: kata.of }
  if (standing === undefined) return { ...base, ...nothingTaken(given, kata) }
  const { candidate, points, spent, tooLate } = standing
  const { attempt, number, outcome, raw, days } = candidate
  const { origin, atMs, markedLateBy, content } = attempt
  const when = atMs !== undefined ? { atMs } : markedLateBy === undefined ? {} : { markedLateBy }
  const isBest = given.assignment.attempts === 'best'
  // The best is only known when all are: what is not judged yet may be better.
  const isOpen = isBest && points < kata.of && candidates.some((one) => one.outcome.state === 'pending')
  const state = isOpen ? 'pending' : outcome.state
  const of = {
    ...base,
    state,
    attempt: { origin, ...when, content, number, of: candidates.length },
  }
  if (outcome.state !== 'graded')
    return {
      ...of,
      ...(outcome.state === 'judge-error' ? { report: outcome.report } : {}),
      ...itemsOf(kata, undefined),
      flags: [],
    }
  const late = days === 0 ? {} : { late: { days, lateDaysUsed: spent, off: raw - points } }
  const { report } = outcome
  const flags = [
    ...(outcome.remarks ?? []),
    ...reportFlags(report, raw, kata.of),
    ...timeFlags(attempt, deadlineMs, tooLate),
    ...(report.verdict === 'todo' ? [] : alikeFlags(given.alike(kata.kata, content))),
    ...faultFlags(isBest ? candidates : []),
  ]
  return {
    ...of,
    ...(isOpen ? {} : { points, rawPoints: raw, ...late }),
    report,
    ...(outcome.isolation === undefined ? {} : { isolation: outcome.isolation }),
    ...itemsOf(askedOf(given, kata, outcome), report),
    flags,
  }
}

/** A result keeps its worth when the grader changes: what is asked for now, only a regrade asks. */
const askedOf = ({ assignment }: Case, kata: GradedKata, { items }: { readonly items?: ItemNames }): GradedKata =>
  items === undefined ? kata : asItWasAsked(assignment, kata, items)

function nothingTaken({ notTaken, wasLookedFor }: Case, kata: GradedKata): Omit<KataGrade, 'kata' | 'of'> {
  if (!wasLookedFor(kata.kata))
    return {
      state: 'pending',
      ...itemsOf(kata, undefined),
      flags: ['The class was taken in without this kata: take it in again, so that it is looked for.'],
    }
  const about = notTaken.filter(({ katas }) => katas.includes(kata.kata))
  return {
    state: about.length > 0 ? 'not-taken' : 'missing',
    points: 0,
    rawPoints: 0,
    ...itemsOf(kata, undefined),
    flags: about.slice(0, MAX_NAMED).map(({ origin, why }) => `${origin}: ${why}`),
  }
}

function reportFlags({ verdict, reason, promises }: Report, raw: Hundredths, of: Hundredths): string[] {
  if (verdict === 'tampered') return [`It tampered with its judge, and earns nothing: ${reason ?? 'no more is known'}`]
  const broken = promises.some(({ kept }) => !kept)
  if (verdict !== 'accepted' && raw === of && !broken)
    return [`No promise and no budget is broken, and yet it ${verdict === 'crashed' ? 'crashed' : `is ${verdict}`}.`]
  return []
}

function timeFlags(attempt: Attempt, deadlineMs: number | undefined, tooLate: boolean): string[] {
  const { atMs, markedLateBy, seenMs } = attempt
  if (tooLate) return ['It came too late to be worth anything.']
  if (atMs === undefined && markedLateBy !== undefined)
    return [`${markedLateBy} marked it as late; nothing says by how much.`]
  return deadlineMs !== undefined && atMs === undefined && seenMs > deadlineMs
    ? ['Nothing says when it was handed in: it is taken to be in time.']
    : []
}

function alikeFlags(others: readonly string[]): string[] {
  if (others.length === 0) return []
  const named = others.slice(0, MAX_NAMED).join(', ')
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : ''
  return [`The same file, byte for byte, was handed in by ${named}${more}.`]
}

function faultFlags(candidates: readonly Candidate[]): string[] {
  const faults = candidates.filter(({ outcome }) => outcome.state === 'judge-error').map(({ number }) => number)
  return faults.length === 0
    ? []
    : [
        `We failed to judge attempt ${faults.join(', ')} of ${candidates.length}: the grade may rise when that is repaired.`,
      ]
}
