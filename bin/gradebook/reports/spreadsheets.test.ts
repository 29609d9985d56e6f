// The two CSV files, read back by a parser that is not ours, and what a spreadsheet would make of hostile text in them.

import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canvasCsv, canvasRemarks } from './canvas-csv.ts'
import { csv, harmless } from './csv.ts'
import { decimal, decimalNumber } from './decimal.ts'
import { gradebookCsv } from './gradebook-csv.ts'
import { A_KATA, aClass, aGrade, aLearner, aReport, hostileClass } from './grades-fixture.ts'
import { COMMAND_LEFT, FORMULAS, HOSTILE } from './hostile-text-fixture.ts'

const rowsOf = (text: string): string[][] => parse(text, { bom: false, relax_column_count: false })

test('points are exact decimals, whatever they sum to', () => {
  expect([1250, 300, 5, 0, 10, -125, 30].map(decimal)).toEqual(['12.5', '3', '0.05', '0', '0.1', '-1.25', '0.3'])
  expect(() => decimal(0.5)).toThrow(RangeError)
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (points) => {
      expect(Math.round(Number(decimal(points)) * 100)).toBe(points)
      expect(String(decimalNumber(points))).toBe(decimal(points) === '-0' ? '0' : decimal(points))
    }),
  )
})

test('a text without commands and formulas comes back as it was, whatever separators and quotes it holds', () => {
  const plain = fc
    .string({ unit: 'grapheme' })
    .filter(
      (text) => !COMMAND_LEFT.test(text) && !/[\n\t\r]|(^|[;,|])[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text),
    )
  fc.assert(
    fc.property(fc.array(plain, { minLength: 2, maxLength: 5 }), (cells) => {
      expect(rowsOf(csv([cells, cells]))).toEqual([cells, cells])
    }),
  )
  expect(rowsOf(csv([['Lovelace, Ada "Countess"', 'Zoë; 東京', "O'Brien"]]))).toEqual([
    ['Lovelace, Ada "Countess"', 'Zoë; 東京', "O'Brien"],
  ])
})

test('numbers that are ids stay what they are', () => {
  expect(['-12', '+4930123', '12.5', '007'].map(harmless)).toEqual(['-12', '+4930123', '12.5', '007'])
})

/** No cell begins a formula, at whichever separator a program splits that takes quotes for nothing special. */
function computesNothing(text: string): void {
  for (const separator of [',', ';', '\t', '|'])
    for (const cell of text.split('\r\n').flatMap((line) => line.split(separator)))
      if (!/^[+-]?\d+(\.\d+)?$/.test(cell)) expect(cell).not.toMatch(/^["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/)
}

test.each(HOSTILE)('hostile text %# is neither a formula nor a command in either file', (text) => {
  for (const file of [gradebookCsv(hostileClass(text)), canvasCsv(hostileClass(text))]) {
    computesNothing(file)
    expect(file.replaceAll('\r\n', '\n')).not.toMatch(COMMAND_LEFT)
    const rows = rowsOf(file)
    expect(new Set(rows.map((row) => row.length)).size).toBe(1)
  }
})

test('every formula of the corpus is one until it is made harmless', () => {
  for (const formula of FORMULAS) {
    expect(() => computesNothing(formula.replaceAll('\n', '\r\n'))).toThrow()
    expect(() => computesNothing(harmless(formula))).not.toThrow()
  }
})

test('gradebook.csv: a row a learner, points, state, verdict and lateness of each kata', () => {
  const late = { days: 2, lateDaysUsed: 1, off: 125 }
  const grades = aClass([
    aLearner('ada', aGrade('graded', aReport('accepted', ''), { points: 1125, rawPoints: 1250, late })),
    aLearner('bob', aGrade('pending')),
  ])
  expect(gradebookCsv(grades)).toBe(
    [
      '\uFEFFid,name,email,section,ID,SIS Login ID,SIS User ID,points,of,complete,late days used,flags,token-bucket,token-bucket state,token-bucket verdict,token-bucket days late',
      'ada,ada,ada@example.org,A,17,ada,s17,11.25,12.5,yes,1,0,11.25,graded,accepted,2',
      'bob,bob,bob@example.org,A,17,bob,s17,0,12.5,no,0,0,,pending,,',
      '',
    ].join('\r\n'),
  )
})

test('canvas.csv: headers, points possible and ids as Canvas has them; what is not known is empty, never 0', () => {
  const states = ['graded', 'missing', 'not-taken', 'pending', 'judge-error'] as const
  const grades = aClass(
    states.map((state) => aLearner(state, aGrade(state, state === 'graded' ? aReport('wrong-answer', '') : undefined))),
  )
  const lines = canvasCsv(grades).split('\r\n')
  expect(lines).toEqual([
    'Student,ID,SIS User ID,SIS Login ID,Section,Token bucket',
    '"    Points Possible",,,,,12.5',
    'graded,17,s17,graded,A,5',
    'missing,17,s17,missing,A,',
    'not-taken,17,s17,not-taken,A,',
    'pending,17,s17,pending,A,',
    'judge-error,17,s17,judge-error,A,',
    '',
  ])
  expect(
    canvasCsv(grades, { zeroWhereMissing: true })
      .split('\r\n')
      .filter((line) => line.endsWith(',0')),
  ).toEqual(['missing,17,s17,missing,A,0'])
})

test('canvas.csv: a header that Canvas has is used; a title never ends as an id of some other assignment does', () => {
  const titled = (title: string, kata = 'token-bucket') => ({ ...A_KATA, kata, title })
  const head = (katas: (typeof A_KATA)[], headers?: Record<string, string>) =>
    canvasCsv({ ...aClass([]), assignment: { name: 'Week 3', katas } }, headers === undefined ? {} : { headers }).split(
      '\r\n',
    )[0]
  expect(head([titled('Token bucket')], { 'token-bucket': 'Token bucket (4711)' })).toMatch(/,Token bucket \(4711\)$/)
  expect(head([titled('Buckets (2)')])).toMatch(/,Buckets 2$/)
  expect(head([titled('Twin'), titled('Twin', 'twin')])).toMatch(/,Twin,Twin: twin$/)
})

test('canvas.csv: whom Canvas can find by name alone is said before it guesses', () => {
  const class_ = (...ids: (Readonly<Record<string, string>> | undefined)[]) => {
    const learners = ids.map((each, i) => ({
      ...aLearner(`l${i}`, aGrade('graded')),
      learner: { id: `l${i}`, ...(each === undefined ? {} : { ids: each }) },
    }))
    return canvasRemarks(aClass(learners))
  }
  expect(class_({ ID: '1' }, { 'SIS Login ID': 'ada' }, { 'SIS User ID': '0007' })).toEqual([])
  expect(class_()).toEqual([])
  expect(class_(undefined, { github_username: 'ada' }, { ID: '' })).toEqual([
    expect.stringMatching(/^No learner has an id that Canvas knows: of canvas\.csv it goes by names alone there/),
  ])
  expect(class_({ ID: '1' }, undefined)).toEqual([
    expect.stringMatching(/^1 of 2 learners has no id that Canvas knows: /),
  ])
})
