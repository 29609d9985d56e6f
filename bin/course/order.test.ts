import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aKata } from './course-fixture.ts'
import { courseOrder } from './order.ts'

const slugsOf = (katas: Parameters<typeof courseOrder>[0]) => courseOrder(katas).map((kata) => kata.slug)

test('by volume, then by need, then level, minutes and slug', () => {
  expect(
    slugsOf([
      aKata('z-later', { volume: 10 }),
      aKata('needs-hard', { after: ['hard'] }),
      aKata('hard', { level: 'hard' }),
      aKata('medium-b', { level: 'medium', minutes: 20 }),
      aKata('medium-a', { level: 'medium', minutes: 20 }),
      aKata('medium-quick', { level: 'medium', minutes: 10 }),
      aKata('easy', { minutes: 90 }),
    ]),
  ).toEqual(['easy', 'medium-quick', 'medium-a', 'medium-b', 'hard', 'needs-hard', 'z-later'])
})

test('a need that leads through another volume still orders its own', () => {
  const through = [aKata('a', { after: ['b'] }), aKata('b', { volume: 3, after: ['c'] }), aKata('c', { level: 'hard' })]
  expect(slugsOf(through)).toEqual(['c', 'a', 'b'])
})

test('a cycle is named', () => {
  const katas = [
    aKata('start', { after: ['a'] }),
    aKata('a', { after: ['leaf', 'b'] }),
    aKata('leaf'),
    aKata('b', { volume: 3, after: ['a'] }),
  ]
  expect(() => courseOrder(katas)).toThrow('These katas need each other: a → b → a.')
  expect(() => courseOrder([aKata('self', { after: ['self'] })])).toThrow('self → self')
})

test('an unknown slug is named, with what was meant', () => {
  const katas = [aKata('fixed-window'), aKata('token-bucket', { after: ['fixed-windw'] })]
  expect(() => courseOrder(katas)).toThrow(
    'token-bucket comes after "fixed-windw", and there is no such kata. Did you mean fixed-window?',
  )
})

test('holds for any course without cycles, whatever the order of its files', () => {
  const course = fc
    .array(fc.record({ volume: fc.integer({ min: 1, max: 3 }), after: fc.array(fc.nat(), { maxLength: 3 }) }), {
      maxLength: 12,
    })
    .map((rows) =>
      rows.map(({ volume, after }, at) =>
        aKata(`k${at}`, { volume, after: at === 0 ? [] : [...new Set(after.map((n) => `k${n % at}`))] }),
      ),
    )
  fc.assert(
    fc.property(
      course.chain((katas) => fc.tuple(fc.constant(katas), fc.shuffledSubarray(katas, { minLength: katas.length }))),
      ([katas, shuffled]) => {
        const ordered = courseOrder(katas)
        expect(courseOrder(shuffled)).toEqual(ordered)
        expect(ordered).toHaveLength(katas.length)
        const place = new Map(ordered.map((kata, at) => [kata.slug, at]))
        for (const [at, kata] of ordered.entries()) {
          expect(kata.volume).toBeGreaterThanOrEqual(ordered[at - 1]?.volume ?? 0)
          for (const slug of kata.after) {
            const needed = katas.find((each) => each.slug === slug)
            if (needed?.volume === kata.volume) expect(place.get(slug)).toBeLessThan(at)
          }
        }
      },
    ),
  )
})
