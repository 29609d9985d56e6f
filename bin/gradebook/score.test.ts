// Policies on real shapes of results: late work, attempts, extensions, what is missing and what is our own fault. And what
// holds whatever the class: sums are exact, nothing is negative, more kept promises never earn less.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../course/verdict.ts'
import type { Report } from '../judge/report.ts'
import type { Assignment, LatePolicy } from './assignment.ts'
import { nobodysExtensions } from './extensions.ts'
import type { GradedKata } from './grades.ts'
import { type Attempt, type ClassRecord, type Outcome, scoreClass } from './score.ts'

const DAY_MS = 86_400_000
const DUE = Date.UTC(2027, 2, 1)
const PROMISES = ['p1', 'p2', 'p3']

const kataOf = (kata: string): GradedKata => ({
  kata,
  title: kata,
  of: 1000,
  promises: PROMISES.map((name, i) => ({ name, of: i === 0 ? 400 : 200 })),
  budgets: [{ name: 'b1', of: 200 }],
})
const KATAS = [kataOf('one'), kataOf('two')]

/** Keeps so many promises; all of them and the budget for 4. */
function reportOf(
  kept: number,
  verdict: Verdict = kept === 4 ? 'accepted' : kept === 3 ? 'over-budget' : 'wrong-answer',
): Report {
  return {
    kata: 'one',
    file: 'katas/one.ts',
    verdict,
    promises: PROMISES.map((name, i) => ({ name, kept: i < kept })),
    spent: kept < 3 ? [] : [{ budget: 'b1', kind: 'steps', kept: kept === 4, limit: 'O(1)', got: 'O(1)' }],
    seed: 1,
    replay: '',
    ms: 1,
    revision: '',
  }
}
const WORTH = [0, 400, 600, 800, 1000]

const assignment = (more: Partial<Assignment> = {}): Assignment => ({
  name: 'x',
  deadlineMs: DUE,
  katas: KATAS.map(({ kata, of }) => ({ kata, of, weights: { promises: {}, budgets: {} } })),
  late: { policy: 'none' },
  extensionsMs: {},
  attempts: 'best',
  ...more,
})

interface Handed {
  readonly kata?: string
  readonly learner?: string
  /** days after the deadline */
  readonly days?: number
  readonly unknownTime?: boolean
  readonly markedLateBy?: string
  readonly outcome: Outcome
}
const kept = (n: number): Outcome => ({ state: 'graded', report: reportOf(n) })

function record(handed: readonly Handed[], more: Partial<ClassRecord> = {}): ClassRecord {
  const attempts = handed.map(
    ({ kata = 'one', learner = 'ada', days = -1, unknownTime, markedLateBy }, i): Attempt => ({
      learner,
      kata,
      origin: `${learner}/${i}`,
      ...(unknownTime === true ? {} : { atMs: DUE + days * DAY_MS }),
      ...(markedLateBy === undefined ? {} : { markedLateBy }),
      seenMs: DUE + 100 * DAY_MS,
      content: `content-${i}`,
      order: i,
    }),
  )
  return {
    learners: [{ id: 'ada' }],
    attempts,
    notTaken: [],
    runs: [],
    outcomeOf: (_, content) => (handed[Number(content.split('-')[1])] as Handed).outcome,
    ...more,
  }
}

function ada(handed: readonly Handed[], more: Partial<Assignment> = {}, beside: Partial<ClassRecord> = {}) {
  const [first] = scoreClass(assignment(more), KATAS, record(handed, beside)).learners
  return first ?? expect.unreachable()
}
const one = (handed: readonly Handed[], more: Partial<Assignment> = {}) =>
  ada(handed, more).katas[0] ?? expect.unreachable()

test('a promise or budget that is kept earns its points; what was not measured is unknown', () => {
  expect([0, 1, 2, 3, 4].map((n) => one([{ outcome: kept(n) }]).points)).toEqual(WORTH)
  expect(one([{ outcome: kept(1) }])).toMatchObject({
    promises: [{ state: 'kept', points: 400 }, { state: 'broken', points: 0 }, { state: 'broken' }],
    budgets: [{ state: 'unknown', points: 0, of: 200 }],
  })
})

test('what tampers earns nothing, whatever it seems to keep', () => {
  const { points, flags } = one([
    { outcome: { state: 'graded', report: { ...reportOf(4, 'tampered'), reason: 'It spoke.' } } },
  ])
  expect([points, flags]).toEqual([0, ['It tampered with its judge, and earns nothing: It spoke.']])
})

describe('attempts', () => {
  const three: Handed[] = [
    { days: -3, outcome: kept(2) },
    { days: -2, outcome: kept(4) },
    { days: -1, outcome: kept(1) },
  ]
  test.each([
    ['best', 1000, 2],
    ['latest', 400, 3],
    ['first', 600, 1],
  ] as const)('%s', (attempts, points, number) => {
    expect(one(three, { attempts })).toMatchObject({ state: 'graded', points, attempt: { number, of: 3 } })
  })
  test('the best is the best after the late policy; of two alike the first', () => {
    const late: LatePolicy = { policy: 'per-day', percentHundredths: 50_00 }
    expect(one([{ outcome: kept(3) }, { days: 0.5, outcome: kept(4) }], { late })).toMatchObject({
      points: 800,
      attempt: { number: 1 },
    })
    expect(one([{ outcome: kept(3) }, { outcome: kept(3) }], { late })).toMatchObject({ attempt: { number: 1 } })
  })
  test('one that is not judged yet may be better, and one that we failed to judge costs nobody an attempt', () => {
    expect(one([{ outcome: kept(3) }, { outcome: { state: 'pending' } }])).toMatchObject({ state: 'pending' })
    expect(one([{ outcome: kept(3) }, { outcome: { state: 'pending' } }])).not.toHaveProperty('points')
    expect(one([{ outcome: kept(4) }, { outcome: { state: 'pending' } }])).toMatchObject({
      state: 'graded',
      points: 1000,
    })
    const fault: Outcome = { state: 'judge-error', report: reportOf(0, 'judge-error') }
    expect(one([{ outcome: fault }, { outcome: kept(3) }])).toMatchObject({
      state: 'graded',
      points: 800,
      flags: [expect.stringContaining('attempt 1 of 2')],
    })
    expect(one([{ outcome: fault }])).toMatchObject({ state: 'judge-error' })
    expect(one([{ outcome: kept(3) }, { outcome: fault }], { attempts: 'latest' })).toMatchObject({
      state: 'judge-error',
    })
    const learner = ada([{ outcome: fault }, { kata: 'two', outcome: kept(4) }])
    expect(learner).toMatchObject({ points: 1000, of: 2000, isComplete: false })
  })
})

describe('late work', () => {
  const perDay: LatePolicy = { policy: 'per-day', percentHundredths: 20_00, maxDays: 2 }
  test('a day that has begun is a day; to the millisecond of the deadline it is in time', () => {
    const points = [0, 1 / DAY_MS, 1, 1.001, 2.5].map(
      (days) => one([{ days, outcome: kept(4) }], { late: perDay }).points,
    )
    expect(points).toEqual([1000, 800, 800, 600, 0])
    expect(one([{ days: 1.5, outcome: kept(3) }], { late: perDay })).toMatchObject({
      points: 480,
      rawPoints: 800,
      late: { days: 2, lateDaysUsed: 0, off: 320 },
    })
    expect(one([{ days: 9, outcome: kept(4) }], { late: perDay }).flags).toEqual([
      'It came too late to be worth anything.',
    ])
  })
  test('no policy loses nothing, and is late all the same', () => {
    expect(one([{ days: 9, outcome: kept(4) }])).toMatchObject({ points: 1000, late: { days: 9, off: 0 } })
  })
  test('what comes too late takes the place of nothing that counts', () => {
    const handed: Handed[] = [{ outcome: kept(2) }, { days: 5, outcome: kept(4) }]
    expect(one(handed, { late: perDay, attempts: 'latest' })).toMatchObject({ points: 600, attempt: { number: 1 } })
  })
  test('an empty stub in time hides nobody who came too late, and is nobody’s first attempt', () => {
    const stub: Handed = { outcome: { state: 'graded', report: reportOf(0, 'todo') } }
    const handed: Handed[] = [stub, { days: 5, outcome: kept(4) }]
    const tooLate = {
      points: 0,
      rawPoints: 1000,
      late: { days: 5, lateDaysUsed: 0, off: 1000 },
      attempt: { number: 2, of: 2 },
      report: { verdict: 'accepted' },
      flags: ['It came too late to be worth anything.'],
    }
    for (const attempts of ['best', 'latest', 'first'] as const) {
      expect(one(handed, { late: perDay, attempts })).toMatchObject(tooLate)
      expect(one(handed, { late: { policy: 'late-days', bank: 4 }, attempts })).toMatchObject(tooLate)
    }
    expect(one(handed, { attempts: 'first' })).toMatchObject({ points: 1000, attempt: { number: 2 } })
    expect(one([stub, stub], { attempts: 'first' })).toMatchObject({ points: 0, attempt: { number: 1 } })
    // What earns nothing spends nothing where it is not the best, and is shown all the same.
    expect(one([stub, { days: 1, outcome: kept(0) }], { late: { policy: 'late-days', bank: 4 } })).toMatchObject({
      late: { days: 1, lateDaysUsed: 0, off: 0 },
      report: { verdict: 'wrong-answer' },
    })
  })
  test('late by an unknown time is flagged, and costs nothing', () => {
    const handed = { markedLateBy: 'Canvas', outcome: kept(4) }
    const flags = ['Canvas marked it as late; nothing says by how much.']
    expect(one([{ ...handed, unknownTime: true }], { late: perDay })).toMatchObject({ points: 1000, flags })
    expect(one([{ ...handed, days: 0.5 }], { late: perDay })).toMatchObject({ points: 800, flags: [] })
  })
  test('an extension is a deadline of their own', () => {
    const extensionsMs = { ada: DUE + 5 * DAY_MS }
    expect(one([{ days: 4.5, outcome: kept(4) }], { late: perDay, extensionsMs })).toMatchObject({ points: 1000 })
    expect(one([{ days: 5.5, outcome: kept(4) }], { late: perDay, extensionsMs })).toMatchObject({ points: 800 })
    expect([ada([], { extensionsMs }).deadlineMs, ada([]).deadlineMs]).toEqual([DUE + 5 * DAY_MS, DUE])
  })
  test('an extension is found whatever the case of its letters, and one that is nobody’s is told', () => {
    const extensionsMs = { Ada: DUE + 5 * DAY_MS, bub: DUE + 5 * DAY_MS, constructor: DUE + 5 * DAY_MS }
    expect(one([{ days: 4.5, outcome: kept(4) }], { late: perDay, extensionsMs })).toMatchObject({ points: 1000 })
    expect(nobodysExtensions({ extensionsMs }, ['ada', 'bob'])).toEqual([
      'Nobody is called "bub", who has an extension. Did you mean bob?',
      'Nobody is called "constructor", who has an extension.',
    ])
  })
  test.each(['constructor', 'toString', '__proto__'])('a learner may be called %s', (learner) => {
    const { learners } = scoreClass(
      assignment({ late: perDay }),
      KATAS,
      record([{ learner, days: 0.5, outcome: kept(4) }], { learners: [{ id: learner }] }),
    )
    expect(learners).toMatchObject([{ learner: { id: learner }, katas: [{ points: 800, late: { days: 1 } }, {}] }])
  })
  test('where nobody knows the time, it is in time, and somebody should look', () => {
    expect(one([{ unknownTime: true, outcome: kept(4) }], { late: perDay })).toMatchObject({
      points: 1000,
      flags: ['Nothing says when it was handed in: it is taken to be in time.'],
    })
  })
})

describe('the bank of late days is spent in order of time, over the katas', () => {
  const bank = (days: number): Partial<Assignment> => ({ late: { policy: 'late-days', bank: days } })
  const points = (handed: readonly Handed[], more: Partial<Assignment>) => {
    const { katas, lateDaysUsed } = ada(handed, more)
    return [...katas.map((kata) => kata.points), lateDaysUsed]
  }
  test('who comes first is served first, whatever the order of the katas', () => {
    const handed: Handed[] = [
      { kata: 'one', days: 2, outcome: kept(4) },
      { kata: 'two', days: 1, outcome: kept(4) },
    ]
    expect(points(handed, bank(2))).toEqual([0, 1000, 1])
    expect(points(handed, bank(3))).toEqual([1000, 1000, 3])
  })
  test('each kata spends its own days, and two that come together spend them twice', () => {
    const handed: Handed[] = ['one', 'two'].map((kata) => ({ kata, days: 1, outcome: kept(4) }))
    expect(points(handed, bank(1))).toEqual([1000, 0, 1])
    expect(points(handed, bank(2))).toEqual([1000, 1000, 2])
  })
  test('a second late attempt at one kata costs only the days beyond the first', () => {
    expect(
      points(
        [
          { days: 1, outcome: kept(2) },
          { days: 3, outcome: kept(4) },
        ],
        bank(3),
      ),
    ).toEqual([1000, 0, 3])
    expect(
      points(
        [
          { days: 1, outcome: kept(2) },
          { days: 3, outcome: kept(4) },
        ],
        bank(2),
      ),
    ).toEqual([600, 0, 1])
  })
  test('nothing is spent on what is no better', () => {
    expect(points([{ outcome: kept(4) }, { days: 1, outcome: kept(4) }], bank(2))).toEqual([1000, 0, 0])
    expect(points([{ outcome: kept(4) }, { days: 1, outcome: kept(2) }], { ...bank(2), attempts: 'latest' })).toEqual([
      600, 0, 1,
    ])
  })
})

test('missing is missing, what could not be taken is not, and neither is a zero of unknown origin', () => {
  const notTaken = [
    { learner: 'ada', origin: 'ada.zip', why: 'It is a bomb.', katas: ['two'] },
    { learner: 'ada', origin: 'package.json', why: 'It is never run.', katas: [] },
  ]
  const { katas } = ada([], {}, { notTaken })
  expect(katas).toMatchObject([
    { state: 'missing', points: 0, flags: [] },
    { state: 'not-taken', points: 0, flags: ['ada.zip: It is a bomb.'] },
  ])
})

test('the same bytes from two learners are flagged, and an empty stub from two is not', () => {
  const both = (outcome: Outcome) =>
    scoreClass(assignment(), KATAS, {
      ...record([{ outcome }, { learner: 'bob', outcome }]),
      learners: [{ id: 'ada' }, { id: 'bob' }],
      attempts: record([{ outcome }, { learner: 'bob', outcome }]).attempts.map((one) => ({
        ...one,
        content: 'content-0',
      })),
    }).learners.map(({ katas }) => katas[0]?.flags)
  expect(both(kept(2))).toEqual([[expect.stringContaining('by bob.')], [expect.stringContaining('by ada.')]])
  expect(both({ state: 'graded', report: reportOf(0, 'todo') })).toEqual([[], []])
})

describe('whatever the class', () => {
  const policy: fc.Arbitrary<LatePolicy> = fc.oneof(
    fc.constant<LatePolicy>({ policy: 'none' }),
    fc.record({
      policy: fc.constant('per-day' as const),
      percentHundredths: fc.integer({ min: 1, max: 100_00 }),
      maxDays: fc.integer({ min: 0, max: 5 }),
    }),
    fc.record({ policy: fc.constant('late-days' as const), bank: fc.integer({ min: 0, max: 6 }) }),
  )
  const outcome: fc.Arbitrary<Outcome> = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 4 }).map(kept) },
    fc.constant<Outcome>({ state: 'pending' }),
    fc.constant<Outcome>({ state: 'judge-error', report: reportOf(0, 'judge-error') }),
  )
  const handed: fc.Arbitrary<Handed> = fc.record({
    kata: fc.constantFrom('one', 'two'),
    learner: fc.constantFrom('ada', 'bob'),
    days: fc.integer({ min: -4, max: 16 }).map((half) => half / 2),
    unknownTime: fc.boolean(),
    outcome,
  })
  const given = fc.record({
    late: policy,
    attempts: fc.constantFrom('best' as const, 'latest' as const, 'first' as const),
    handed: fc.array(handed, { maxLength: 12 }),
  })

  test('sums are exact, nothing is negative, nobody has more than there is, and unknown is no number', () => {
    fc.assert(
      fc.property(given, ({ late, attempts, handed }) => {
        const grades = scoreClass(assignment({ late, attempts }), KATAS, record(handed))
        for (const learner of grades.learners) {
          expect(learner.points).toBe(learner.katas.reduce((sum, { points = 0 }) => sum + points, 0))
          expect(learner.isComplete).toBe(learner.katas.every(({ points }) => points !== undefined))
          if (late.policy === 'late-days') expect(learner.lateDaysUsed).toBeLessThanOrEqual(late.bank)
          for (const { state, points, rawPoints, of, late: lost, promises, budgets } of learner.katas) {
            if (state === 'pending' || state === 'judge-error') expect(points).toBeUndefined()
            if (points === undefined) continue
            expect(Number.isInteger(points) && points >= 0 && points <= of).toBe(true)
            expect([...promises, ...budgets].reduce((sum, item) => sum + item.points, 0)).toBe(rawPoints)
            expect((rawPoints ?? 0) - (lost?.off ?? 0)).toBe(points)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('the order in which anything is given changes nothing', () => {
    fc.assert(
      fc.property(given, fc.integer(), ({ late, attempts, handed }, seed) => {
        const straight = record(handed, { learners: [{ id: 'ada' }, { id: 'bob' }] })
        const mixed = {
          ...straight,
          learners: straight.learners.toReversed(),
          attempts: straight.attempts
            .map((attempt, i) => ({ attempt, key: Math.imul(i + 1, seed | 1) >>> 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ attempt }) => attempt),
        }
        const with_ = assignment({ late, attempts })
        expect(scoreClass(with_, KATAS, mixed)).toEqual(scoreClass(with_, KATAS, straight))
      }),
      { numRuns: 200 },
    )
  })

  test('one more kept promise, or an earlier hour, never earns less (with one attempt)', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 8 }), (late, n, days) => {
        const points = (promises: number, at: number) =>
          one([{ days: at, outcome: kept(promises) }], { late }).points ?? 0
        expect(points(n + 1, days)).toBeGreaterThanOrEqual(points(n, days))
        expect(points(n, days - 0.5)).toBeGreaterThanOrEqual(points(n, days))
      }),
      { numRuns: 300 },
    )
  })

  test('another attempt never costs who is graded by the best (where late days are not spent)', () => {
    const known = handed.map((one) => ({ ...one, outcome: one.outcome.state === 'graded' ? one.outcome : kept(0) }))
    const noBank = policy.filter((late) => late.policy !== 'late-days')
    fc.assert(
      fc.property(noBank, fc.array(known, { minLength: 1, maxLength: 8 }), (late, all) => {
        const points = (these: readonly Handed[]) =>
          ada(
            these.map((one) => ({ ...one, learner: 'ada' })),
            { late },
          ).points
        expect(points(all)).toBeGreaterThanOrEqual(points(all.slice(0, -1)))
      }),
      { numRuns: 300 },
    )
  })
})

test('the same bytes are told of, but not of those who handed in together', () => {
  const handed: Handed[] = ['ada', 'bob', 'eve'].map((learner) => ({ learner, outcome: kept(4) }))
  const { attempts, ...more } = record(handed, { outcomeOf: () => kept(4) })
  const { learners } = scoreClass(assignment(), KATAS, {
    ...more,
    attempts: attempts.map((one) => ({
      ...one,
      content: 'same',
      origin: one.learner === 'eve' ? 'submission_2/one.ts' : 'submission_1/one.ts',
    })),
  })
  expect(learners.map(({ katas: [one] }) => one?.flags)).toEqual([
    ['The same file, byte for byte, was handed in by eve.'],
    ['The same file, byte for byte, was handed in by eve.'],
    ['The same file, byte for byte, was handed in by ada, bob.'],
  ])
})
