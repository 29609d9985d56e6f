// What a source may be, byte for byte, and that an ordinary one is let through untouched.

import { describe, expect, test } from 'vitest'
import { takeIn } from './intake.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const refused = (text: string | Uint8Array) => {
  const intake = takeIn(typeof text === 'string' ? bytes(text) : text)
  return intake.ok ? undefined : intake.problems[0]
}

test('text goes through; line ends and a byte order mark are normalised', () => {
  expect(takeIn(bytes('\ufeffa\r\nb\rc\td\f\n'))).toEqual({ ok: true, source: 'a\nb\nc\td\f\n' })
  for (const text of ['// naïve, λ, 日本語, ﷺ', '// ⚠️ ❤️‍🔥 👩🏽‍💻 1 ≤ 2', "const a = '𝒳'", ''])
    expect(takeIn(bytes(text))).toEqual({ ok: true, source: text })
})

describe('refused', () => {
  test.each([
    ['reordering', '', '\u202e'],
    ['isolating', '', '\u2066'],
    ['an Arabic mark', '', '\u061c'],
    ['no width', '', '\u200b'],
    ['a joiner in a name', 'a', '\u200d'],
    ['a reordering after an emoji', '⚠', '\u202e'],
    ['a variation of a letter', 'a', '\ufe0f'],
    ['a letter that shows nothing', '', '\u3164'],
    ['a soft hyphen', '', '\u00ad'],
    ['a line break that editors do not show', '', '\u2028'],
    ['a tag', '', '\u{e0041}'],
    ['an escape', '', '\u001b'],
    ['a null', '', '\0'],
    ['a mark in the middle', 'a', '\ufeff'],
  ])('%s', (_, before, hidden) => {
    const place = { line: 2, column: 4 + before.length }
    expect(refused(`const a = 1\n// ${before}${hidden}b`)).toMatchObject({ kind: 'intake', ...place })
  })

  test('bytes that are no text', () => {
    for (const some of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
      expect(refused(Uint8Array.from(some))?.message).toContain('UTF-8')
  })

  test('more than anybody writes', () => {
    expect(refused(' '.repeat(64 * 1024))).toBe(undefined)
    expect(refused(' '.repeat(64 * 1024 + 1))?.message).toContain('65536')
  })
})
