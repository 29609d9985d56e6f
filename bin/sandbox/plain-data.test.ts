// What crosses the border comes out as it went in, if it is plain; if it is not, as something inert.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capture, decode, encode, weighAnew } from './subject/plain-data.mjs'

/** As an answer goes: captured beside the submission, written by JSON, read by the judge. */
const answered = (value: unknown): unknown => {
  weighAnew()
  return decode(JSON.stringify(capture(value)))
}
const asked = (value: unknown): unknown => decode(encode(value))

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      undefined,
      null,
      true,
      false,
      0,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 9 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('$kata', 'v', '__proto__', 'toJSON', 'then', 'toString')),
      tie('value'),
    ),
  ),
})).value

describe.each([
  ['asked', asked],
  ['answered', answered],
])('%s', (_, cross) => {
  test('plain data comes out as it went in', () => {
    // toStrictEqual tells -0 from 0, holes from undefined, and one class from another; prototypes are asked below.
    fc.assert(
      fc.property(plain, (value) => {
        const before = structuredClone(value)
        const after = cross(value)
        expect(ordinary(after)).toStrictEqual(ordinary(before))
        expect(ordinary(value), 'and is not changed by the crossing').toStrictEqual(ordinary(before))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  test('keys that mean something to the language or to us are keys', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"$kata":"undefined","v":{"$kata":"bigint","v":"x"},"constructor":1}')
    const after = cross(value) as object
    expect(Object.keys(after)).toEqual(['__proto__', '$kata', 'v', 'constructor'])
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
    expect(JSON.stringify(after)).toBe(JSON.stringify(value))
  })

  test('what is not plain becomes a word for it', () => {
    class Bucket {}
    expect(cross([() => 1, Symbol('s'), new Map(), new Bucket(), new Date(0), new Float64Array(1)])).toEqual([
      { foreign: 'a function' },
      { foreign: 'a symbol' },
      { foreign: 'an object of class Map' },
      { foreign: 'an object of class Bucket' },
      { foreign: 'an object of class Date' },
      { foreign: 'an object of class Float64Array' },
    ])
  })

  test('a circle ends at a depth', () => {
    const circle: unknown[] = []
    circle.push(circle)
    expect(JSON.stringify(cross(circle))).toContain('deeper than 64')
  })
})

describe('an answer', () => {
  test('is read once, when it is given', () => {
    let reads = 0
    const live = {
      get granted() {
        return ++reads
      },
    }
    weighAnew()
    const captured = capture([live])
    expect(JSON.stringify(captured)).toBe('[{"granted":1}]')
    expect(JSON.stringify(captured)).toBe('[{"granted":1}]')
    expect(reads).toBe(1)
  })

  test('does not write itself', () => {
    const list: unknown[] = Object.assign([1], { toJSON: () => 'anything' })
    const hidden = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'anything' })
    expect(answered([list, hidden, { toJSON: () => 'anything' }])).toEqual([
      [1],
      { a: 1 },
      { toJSON: { foreign: 'a function' } },
    ])
  })

  test('is no typed array by prototype alone', () => {
    const fake = Object.assign(Object.create(Uint8Array.prototype), {})
    Object.defineProperty(fake, 'length', { value: 2 ** 50 })
    expect(answered(fake)).toEqual({ foreign: 'an object of class Uint8Array' })
  })

  test('has a weight that it may not exceed, however it is folded up', () => {
    let folded: unknown = 1
    for (let i = 0; i < 60; i++) folded = [folded, folded]
    for (const heavy of [
      folded,
      'x'.repeat(2 ** 23),
      new Array(2 ** 32 - 1),
      new Uint8Array(2 ** 22),
      { ['k'.repeat(2 ** 23)]: 1 },
    ])
      expect(() => answered(heavy)).toThrow(RangeError)
    // All answers to one request together.
    weighAnew()
    const half = 'x'.repeat(3 * 1024 * 1024)
    capture(half)
    expect(() => capture(half)).toThrow(RangeError)
  })

  test('that throws when it is read throws here', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('caught you')
        },
      },
    )
    expect(() => answered([trap])).toThrow('caught you')
  })
})

test('what no subject writes is not data', () => {
  for (const json of [
    '',
    '{',
    '{"$kata":"no such tag"}',
    '{"$kata":"bigint","v":"1e9"}',
    '{"$kata":"object","v":null}',
    '['.repeat(200) + ']'.repeat(200),
  ])
    expect(() => decode(json), json).toThrow()
})

/** Bytes as a list and numbers told apart: so that one equality serves for all. */
function ordinary(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(ordinary)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 'minus zero' : value
  return Object.entries(value).map(([key, field]) => [key, ordinary(field)])
}
