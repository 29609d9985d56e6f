import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMMAND_LEFT, HOSTILE } from '../gradebook/reports/hostile-text-fixture.ts'
import { jsonText } from './json-text.ts'

test.each(HOSTILE)('hostile text %# neither commands a terminal nor is another text to a program', (text) => {
  for (const indent of [undefined, 2]) {
    const said = jsonText({ [text]: [text] }, indent)
    expect(said).not.toMatch(COMMAND_LEFT)
    expect(JSON.parse(said)).toEqual({ [text]: [text] })
  }
})

test('any value is read back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(jsonText(value, 2))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('marks that turn text around are escaped, and letters of all scripts are not', () => {
  expect(jsonText('nib\u202egnp.exe\u009b Grüße 東京')).toBe('"nib\\u202egnp.exe\\u009b Grüße 東京"')
})
