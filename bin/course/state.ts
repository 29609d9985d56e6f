// How each kata stands, as a fold over the learner's events: no state file of its own that could disagree with them.

import { type CheckFields, checkFields } from './check-event.ts'
import type { Kata } from './kata.ts'
import type { ProgressEvent } from './progress.ts'

export interface KataState {
  /**
   * `recheck`: passed, but only an older revision of the kata. `revealed`: the learner gave up and has not begun the
   * redo; a pass in that time is the solution's, not theirs, and does not count.
   */
  readonly state: 'new' | 'started' | 'passed' | 'recheck' | 'revealed'
  /** checks that judged an answer, since the last redo; an empty stub and faults of ours are none */
  readonly attempts: number
  /** highest rung shown (from 1) for each stage (from 1), since the last redo */
  readonly hints: ReadonlyMap<number, number>
  readonly lastCheck?: CheckFields & { readonly atMs: number }
  /** name of the promise that was shown broken by the last check that judged any: what a hint is about */
  readonly failing?: string
  /** the last check that judged any kept all, and went over a budget: then a hint is about costs */
  readonly isOverBudget?: true
  readonly passedAtMs?: number
  /** when it comes back */
  readonly dueAtMs?: number
  /** that it is back now, and as what */
  readonly due?: 'redo' | 'review'
}

export const DAY_MS = 24 * 60 * 60 * 1000
/** A night's sleep after reading the solution. */
export const REDO_AFTER_MS = DAY_MS
/** Expanding intervals: each successful recall makes the next one rarer. */
const REVIEW_AFTER_MS = [7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 180 * DAY_MS]

interface Tally {
  touched: boolean
  attempts: number
  readonly hints: Map<number, number>
  lastCheck: (CheckFields & { readonly atMs: number }) | undefined
  failing: string | undefined
  isOverBudget: boolean
  /** revisions of the kata that were passed */
  readonly passed: Set<string>
  passedAtMs: number | undefined
  revealed: boolean
  /** index into REVIEW_AFTER_MS */
  interval: number
  dueAtMs: number | undefined
}

/**
 * @param events in order of time, as readProgress gives them
 * @param revisionOf reads files, so it is called only for katas that were passed
 */
export function deriveState(
  events: readonly ProgressEvent[],
  katas: readonly Kata[],
  revisionOf: (kata: Kata) => string,
  nowMs: number,
): Map<string, KataState> {
  const tallies = new Map(katas.map((kata) => [kata.slug, emptyTally()]))
  for (const event of events) {
    const tally = tallies.get(event.kata?.slice(event.kata.lastIndexOf('/') + 1) ?? '')
    if (tally !== undefined) count(tally, event)
  }
  return new Map(katas.map((kata) => [kata.slug, stateOf(tallies.get(kata.slug)!, () => revisionOf(kata), nowMs)]))
}

const emptyTally = (): Tally => ({
  touched: false,
  attempts: 0,
  hints: new Map(),
  lastCheck: undefined,
  failing: undefined,
  isOverBudget: false,
  passed: new Set(),
  passedAtMs: undefined,
  revealed: false,
  interval: 0,
  dueAtMs: undefined,
})

function count(tally: Tally, event: ProgressEvent): void {
  const atMs = Date.parse(event.at)
  switch (event.type) {
    case 'start':
      tally.touched = true
      return
    case 'hint':
      countHint(tally, event)
      return
    case 'check':
      countCheck(tally, checkFields(event), atMs)
      return
    case 'reveal':
      // Earlier passes go too: whoever gives up at a review starts the ladder again.
      tally.passed.clear()
      tally.passedAtMs = undefined
      tally.revealed = true
      tally.dueAtMs = atMs + REDO_AFTER_MS
      return
    case 'redo':
      // The redo of a passed kata is practice: it stays passed, and its reviews keep their rung.
      tally.touched = true
      tally.attempts = 0
      tally.hints.clear()
      tally.lastCheck = undefined
      tally.failing = undefined
      tally.isOverBudget = false
      if (tally.revealed) tally.dueAtMs = undefined
      tally.revealed = false
      return
    default:
      return
  }
}

const MAX_STAGE = 99
const MAX_RUNG = 4

function countHint(tally: Tally, event: ProgressEvent): void {
  const { stage, rung }: Readonly<Record<string, unknown>> = event
  tally.touched = true
  if (!isCount(stage, MAX_STAGE) || !isCount(rung, MAX_RUNG)) return
  tally.hints.set(stage, Math.max(rung, tally.hints.get(stage) ?? 0))
}

const isCount = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max

function countCheck(tally: Tally, check: CheckFields | undefined, atMs: number): void {
  // A fault of the judge never counts for or against anyone.
  if (check === undefined || check.verdict === 'judge-error') return
  tally.touched = true
  tally.lastCheck = { ...check, atMs }
  // A source that was refused says nothing of the promises: what failed before it is still what fails.
  if (check.of > 0) {
    tally.failing = check.promise
    tally.isOverBudget = check.verdict === 'over-budget'
  }
  if (check.verdict === 'todo') return
  tally.attempts++
  if (tally.revealed) return
  const due = tally.dueAtMs !== undefined && atMs >= tally.dueAtMs
  if (check.verdict === 'accepted') {
    if (tally.dueAtMs === undefined) schedule(tally, 0, atMs)
    else if (due) schedule(tally, tally.interval + 1, atMs)
    tally.passed.add(check.revision)
    tally.passedAtMs = atMs
  } else if (due && check.watch !== true) schedule(tally, 0, atMs) // half-written code is no failed recall
}

function schedule(tally: Tally, interval: number, atMs: number): void {
  tally.interval = Math.min(interval, REVIEW_AFTER_MS.length - 1)
  tally.dueAtMs = atMs + REVIEW_AFTER_MS[tally.interval]!
}

function stateOf(tally: Tally, revision: () => string, nowMs: number): KataState {
  const { attempts, hints, lastCheck, failing, isOverBudget, passedAtMs, dueAtMs } = tally
  const due = dueAtMs !== undefined && nowMs >= dueAtMs
  return {
    state: nameOf(tally, revision),
    attempts,
    hints,
    ...(lastCheck === undefined ? {} : { lastCheck }),
    ...(failing === undefined ? {} : { failing }),
    ...(isOverBudget ? { isOverBudget } : {}),
    ...(passedAtMs === undefined ? {} : { passedAtMs }),
    ...(dueAtMs === undefined ? {} : { dueAtMs }),
    ...(due ? { due: tally.revealed ? 'redo' : 'review' } : {}),
  }
}

function nameOf(tally: Tally, revision: () => string): KataState['state'] {
  if (tally.revealed) return 'revealed'
  if (tally.passed.size > 0) return tally.passed.has(revision()) ? 'passed' : 'recheck'
  return tally.touched ? 'started' : 'new'
}
