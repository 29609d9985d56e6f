// What an instructor may write into an assignment, and what each fault is told as.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KataError } from '../course/kata-error.ts'
import { gradedKata, parseAssignment, plainAssignment } from './assignment.ts'
import { inHundredths, percentOf, split } from './points.ts'

const SLUGS = ['token-bucket', 'lru-cache']
const parse = (value: unknown) => parseAssignment(JSON.stringify(value), 'hw.json', SLUGS)
const KATAS = [{ kata: 'token-bucket' }]

test('all that there is to say', () => {
  expect(
    parse({
      name: 'Week 3',
      deadline: '2027-03-01T23:59:00+01:00',
      katas: [
        { kata: 'token-bucket', points: 12.5, promises: { 'A refusal takes nothing': 2 }, budgets: { Cheap: 0.5 } },
        { kata: 'lru-cache' },
      ],
      late: { policy: 'per-day', percentPerDay: 12.5, maxDays: 3 },
      extensions: { ada: '2027-03-03T23:59:00Z' },
      attempts: 'latest',
    }),
  ).toEqual({
    name: 'Week 3',
    deadlineMs: Date.UTC(2027, 2, 1, 22, 59),
    katas: [
      {
        kata: 'token-bucket',
        of: 1250,
        weights: { promises: { 'A refusal takes nothing': 200 }, budgets: { Cheap: 50 } },
      },
      { kata: 'lru-cache', of: 10000, weights: { promises: {}, budgets: {} } },
    ],
    late: { policy: 'per-day', percentHundredths: 1250, maxDays: 3 },
    extensionsMs: { ada: Date.UTC(2027, 2, 3, 23, 59) },
    attempts: 'latest',
  })
  expect(parse({ name: 'x', katas: KATAS })).toEqual({ ...plainAssignment(['token-bucket']), name: 'x' })
})

describe('a fault is told with its place, and with what belongs there', () => {
  const due = { name: 'x', katas: KATAS, deadline: '2027-03-01T23:59:00Z' }
  const cases: readonly (readonly [unknown, string])[] = [
    [[], 'hw.json: must be an object, not [].'],
    [{ katas: KATAS }, 'hw.json: name: must be a text, not nothing.'],
    [{ name: 'x', katas: [] }, 'hw.json: katas: must be a list of at least one, not [].'],
    [{ name: 'x', kata: KATAS }, 'hw.json: unknown key "kata". Did you mean "katas"?'],
    [
      { name: 'x', katas: [{ kata: 'token-buket' }] },
      'katas[0].kata: there is no kata "token-buket". Did you mean token-bucket?',
    ],
    [{ name: 'x', katas: [...KATAS, ...KATAS] }, 'hw.json: katas[1].kata: token-bucket is there twice.'],
    [
      { name: 'x', katas: [{ kata: 'lru-cache', points: '10' }] },
      'katas[0].points: must be a number from 0.01 to 1000000',
    ],
    [{ name: 'x', katas: [{ kata: 'lru-cache', points: 0.001 }] }, 'with at most two decimals, not 0.001.'],
    [{ name: 'x', katas: [{ kata: 'lru-cache', points: -1 }] }, 'not -1.'],
    [
      { name: 'x', katas: [{ kata: 'lru-cache', promises: { a: -1 } }] },
      'katas[0].promises["a"]: must be a number from 0 to 1000',
    ],
    [{ ...due, deadline: '2027-03-01T23:59:00' }, 'deadline: must be a time with its zone, such as'],
    [
      { ...due, deadline: '2027-02-30T23:59:00Z' },
      'there is no such time as "2027-02-30T23:59:00Z". Correct the day, the hour',
    ],
    [{ ...due, deadline: '2027-02-03T25:00:00Z' }, 'there is no such time as "2027-02-03T25:00:00Z".'],
    [{ ...due, late: { policy: 'daily' } }, 'late.policy: must be "none", "per-day" or "late-days", not "daily".'],
    [{ ...due, late: { policy: 'per-day' } }, 'late.percentPerDay: must be a number from 0.01 to 100'],
    [{ ...due, late: { policy: 'late-days', bank: 1.5 } }, 'late.bank: must be a whole number of days, not 1.5.'],
    [{ ...due, late: { policy: 'none', bank: 3 } }, 'late: unknown key "bank".'],
    [{ name: 'x', katas: KATAS, late: { policy: 'late-days', bank: 3 } }, 'late: nothing is late without a deadline.'],
    [{ ...due, extensions: { ada: '2027-02-01T00:00:00Z' } }, 'extensions["ada"]: must be after the deadline'],
    [{ ...due, attempts: 'last' }, 'attempts: must be "best", "latest" or "first", not "last".'],
  ]
  test.each(cases)('%j', (value, says) => {
    expect(() => parse(value)).toThrow(KataError)
    expect(() => parse(value)).toThrow(says)
  })
  test('what is no JSON, and text that would command a screen', () => {
    expect(() => parseAssignment('{ "name": }', 'hw.json', SLUGS)).toThrow(/^hw\.json is no JSON: Unexpected token '}'/)
    expect(() => parse({ name: 'x', katas: KATAS, '\u001b[2J': 1 })).toThrow('unknown key "\uFFFD[2J"')
  })
  test('a weight of a name that the kata does not have', () => {
    const [one] = parse({ name: 'x', katas: [{ kata: 'lru-cache', promises: { 'It hold': 2 } }] }).katas
    expect(() => gradedKata(one as never, { title: 'T', promises: ['It holds'], budgets: [] }, 'hw.json')).toThrow(
      'hw.json: lru-cache has no promise "It hold". Its promises: "It holds"',
    )
    const [none] = parse({ name: 'x', katas: [{ kata: 'lru-cache', promises: { a: 0 } }] }).katas
    expect(() => gradedKata(none as never, { title: 'T', promises: ['a'], budgets: [] })).toThrow('weighs 0')
  })
})

test('points are split evenly, or by weight, in whole hundredths', () => {
  const known = { title: 'T', promises: ['a', 'b'], budgets: ['c'] }
  const worth = (kata: object) => {
    const graded = gradedKata(parse({ name: 'x', katas: [{ kata: 'lru-cache', ...kata }] }).katas[0] as never, known)
    return [...graded.promises, ...graded.budgets].map(({ of }) => of)
  }
  expect(worth({ points: 10 })).toEqual([334, 333, 333])
  expect(worth({ points: 10, promises: { a: 0 }, budgets: { c: 3 } })).toEqual([0, 250, 750])
  expect(worth({ points: 0.02 })).toEqual([1, 1, 0])
  const odd = { title: 'T', promises: ['constructor', 'b'], budgets: ['toString'] }
  const [one] = parse({ name: 'x', katas: [{ kata: 'lru-cache', promises: { b: 2 } }] }).katas
  expect(gradedKata(one as never, odd).promises.map(({ of }) => of)).toEqual([2500, 5000])
})

test('a split comes to exactly what was split, and nobody is a whole hundredth off their share', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), weights, (of, all) => {
      fc.pre(all.some((weight) => weight > 0))
      const sum = all.reduce((a, b) => a + b, 0)
      const parts = split(of, all)
      expect(parts.reduce((a, b) => a + b, 0)).toBe(of)
      parts.forEach((part, i) => {
        expect(Number.isInteger(part)).toBe(true)
        expect(Math.abs(part - (of * (all[i] ?? 0)) / sum)).toBeLessThan(1)
      })
    }),
    { numRuns: 300 },
  )
})

test('hundredths and percentages are whole numbers', () => {
  expect([0.1, 12.5, 3.07, 1e6].map(inHundredths)).toEqual([10, 1250, 307, 100_000_000])
  expect([0.001, Number.NaN, Number.POSITIVE_INFINITY, 1e300].map(inHundredths)).toEqual(Array(4).fill(undefined))
  expect([percentOf(333, 50_00), percentOf(1, 49_99), percentOf(100_000_000, 99_99)]).toEqual([167, 0, 99_990_000])
})
