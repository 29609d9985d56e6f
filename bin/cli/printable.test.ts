import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test('what commands a screen or turns the reading direction shows as U+FFFD', () => {
  expect(printable('a\u001b[31mb\u009b2Jc\u0007\r\u007f\u0085d')).toBe('a\ufffd[31mb\ufffd2Jc\ufffd\ufffd\ufffd\ufffdd')
  expect(printable('if (admin\u202e\u2066) \u200f\u061c\u2028')).toBe('if (admin\ufffd\ufffd) \ufffd\ufffd\ufffd')
})

test('everything else is kept: letters of all scripts, joined emoji, newlines, tabs', () => {
  const text = 'Grüße\tan 東京,\n👩\u200d🔬 e\u0301 ┌─┐ שלום\u00a0!'
  expect(printable(text)).toBe(text)
  expect(printable('\ufeffa\r\nb')).toBe('a\nb')
})

test('no control survives in any string', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Cs}]/u)
    }),
  )
})
