import { expect, test } from 'vitest'
import { chooseNext } from './choose.ts'
import { aKata } from './course-fixture.ts'
import { DAY_MS, type KataState, REDO_AFTER_MS } from './state.ts'

const NOW_MS = Date.parse('2026-03-10T10:00:00Z')
const daysAgo = (days: number) => NOW_MS - days * DAY_MS

const is = (state: KataState['state'], more: Partial<KataState> = {}): KataState => ({
  state,
  attempts: 0,
  hints: new Map(),
  ...more,
})
const gaveUp = (days: number): KataState => {
  const dueAtMs = daysAgo(days) + REDO_AFTER_MS
  return is('revealed', { dueAtMs, ...(dueAtMs <= NOW_MS ? { due: 'redo' as const } : {}) })
}
const inReview = (passedDays: number, overdueDays: number): KataState =>
  is('passed', { passedAtMs: daysAgo(passedDays), dueAtMs: daysAgo(overdueDays), due: 'review' })

const katas = [
  aKata('fixed-window'),
  aKata('leaky-bucket'),
  aKata('token-bucket', { after: ['fixed-window', 'leaky-bucket'] }),
  aKata('hash-ring', { volume: 3 }),
]
const choose = (states: Readonly<Record<string, KataState>>, from = katas) => {
  const choice = chooseNext(from, new Map(Object.entries(states)), NOW_MS)
  return choice && [choice.kata.slug, choice.why]
}

test('the first kata of all, then onwards in course order', () => {
  const passed = is('passed')
  expect(choose({})).toEqual(['fixed-window', 'First in volume 2; nothing before it is needed.'])
  expect(choose({ 'fixed-window': passed })).toEqual(['leaky-bucket', 'Next in volume 2; nothing before it is needed.'])
  expect(choose({ 'fixed-window': passed, 'leaky-bucket': passed })).toEqual([
    'token-bucket',
    'It builds on fixed-window and leaky-bucket, which you passed.',
  ])
  const volume2 = { 'fixed-window': passed, 'leaky-bucket': passed, 'token-bucket': passed }
  expect(choose(volume2)).toEqual(['hash-ring', 'First in volume 3; nothing before it is needed.'])
  expect(choose({ ...volume2, 'hash-ring': passed })).toBeUndefined()
})

test('a due redo comes before a due review, and both before anything new; the most overdue first', () => {
  const states = { 'fixed-window': inReview(8, 1), 'leaky-bucket': inReview(40, 3), 'hash-ring': gaveUp(1) }
  expect(choose(states)).toEqual([
    'hash-ring',
    'You gave up on hash-ring yesterday: time to build it from an empty stub.',
  ])
  expect(choose({ ...states, 'token-bucket': gaveUp(5) })).toEqual([
    'token-bucket',
    'You gave up on token-bucket 5 days ago: time to build it from an empty stub.',
  ])
  expect(choose({ ...states, 'hash-ring': is('new') })).toEqual([
    'leaky-bucket',
    'You passed leaky-bucket 40 days ago: time to see whether you still can.',
  ])
})

test('what is begun, or was passed in an older form, is said so', () => {
  expect(choose({ 'fixed-window': is('started') })).toEqual([
    'fixed-window',
    'You have begun fixed-window and not passed it yet.',
  ])
  expect(choose({ 'fixed-window': is('passed'), 'leaky-bucket': is('recheck') })).toEqual([
    'leaky-bucket',
    'The tests of leaky-bucket have changed since you passed it: check it once more.',
  ])
})

test('an unmet prerequisite, even of a later volume, is taken first, the lowest one', () => {
  const course = [
    aKata('top', { volume: 1, after: ['middle'] }),
    aKata('bottom', { volume: 2 }),
    aKata('middle', { volume: 2, after: ['bottom'] }),
  ]
  expect(choose({}, course)).toEqual(['bottom', 'top, the next in line, builds on it.'])
  expect(choose({ bottom: is('passed') }, course)).toEqual(['middle', 'top, the next in line, builds on it.'])
})

test('a kata given up today is not offered again today, and what builds on it comes last, and honestly', () => {
  const states = { 'fixed-window': gaveUp(0.5), 'leaky-bucket': is('passed') }
  expect(choose(states)?.[0]).toBe('hash-ring')
  expect(choose({ ...states, 'hash-ring': is('passed') })).toEqual([
    'token-bucket',
    'It builds on fixed-window, which you will build again when the redo is due.',
  ])
  expect(choose({ ...states, 'hash-ring': is('passed'), 'token-bucket': is('passed') })).toBeUndefined()
})

test('a part of the course may be chosen from, though needs lead out of it', () => {
  expect(choose({}, katas.slice(2))?.[0]).toBe('token-bucket')
})

test('many ways to the same need are not walked one by one', () => {
  // 60 layers of two: 2^60 paths.
  const layers = Array.from({ length: 60 }, (_, n) =>
    ['a', 'b'].map((side) => aKata(`${side}${n}`, { after: n === 0 ? [] : [`a${n - 1}`, `b${n - 1}`] })),
  ).flat()
  expect(choose({}, layers.toReversed())?.[0]).toBe('b0')
})
