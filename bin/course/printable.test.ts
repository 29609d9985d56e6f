import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test('escape sequences, line ends and bidi overrides are shown, not sent; letters of any language stay', () => {
  expect(printable('a\u001b]0;t\u0007\u009b2J\r\n\u202e\u2066\u2028b')).toBe(
    `a\uFFFD]0;t\uFFFD\uFFFD2J${'\uFFFD'.repeat(5)}b`,
  )
  expect(printable('Grüße, 東京, שלום, 👩‍🚀')).toBe('Grüße, 東京, שלום, 👩‍🚀')
})

test('a long text is cut, and says so', () => {
  expect(printable('x'.repeat(11), 10)).toBe(`${'x'.repeat(10)}…`)
  expect(printable('x'.repeat(10), 10)).toBe('x'.repeat(10))
})
