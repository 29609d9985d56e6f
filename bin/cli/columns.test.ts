import { expect, test } from 'vitest'
import { columns, graphemes } from './columns.ts'

test.each([
  ['', 0],
  ['token bucket', 12],
  ['naïve', 5],
  ['e\u0301', 1],
  ['東京', 4],
  ['ﾊﾝ', 2],
  ['ＡＢ', 4],
  ['한글', 4],
  ['\u1112\u1161\u11ab', 2],
  ['🚦', 2],
  ['⚠', 1],
  ['⚠\ufe0f', 2],
  ['1\ufe0f\u20e3', 2],
  ['🇩🇪', 2],
  ['👍🏽', 2],
  ['👩\u200d🔬', 2],
  ['❤\u200d🔥', 2],
  ['┌─┐ → ●', 7],
  ['a\u200bb', 2],
  ['क्षि', 3],
  ['\u001b[1mgraded\u001b[22m · 東京', 13],
])('%j takes %d columns', (text, expected) => {
  expect(columns(text)).toBe(expected)
})

test('a grapheme is never cut', () => {
  expect([...graphemes('a👩\u200d🔬e\u0301')]).toEqual(['a', '👩\u200d🔬', 'e\u0301'])
  expect([...graphemes('\u001b[1mab\u001b[22m')]).toEqual(['\u001b[1m', 'a', 'b', '\u001b[22m'])
})
